package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.tuf.crypto.PublicKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code keys rotate} against the operator's own code: what it does, and that it may be interrupted anywhere. */
class KeyRotationTest {

    private static InMemoryFactory generated;
    private static InMemoryFactory twoOfTwo;

    @TempDir
    private Path drawer;

    @BeforeAll
    static void publish() {
        generated = InMemoryFactory.published("generate: {}");
        twoOfTwo = InMemoryFactory.unwatched("generate: {keys: 2, threshold: 2}");
    }

    @AfterAll
    static void close() {
        generated.close();
        twoOfTwo.close();
    }

    private KeyHolder holder(InMemoryFactory factory) {
        return new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
    }

    @Test
    void the_root_has_a_new_key_and_the_archive_both() throws IOException {
        try (var factory = generated.fork()) {
            var holder = holder(factory);
            var old = holder.keys();
            var result = holder.rotate(KeyHolder.PLAIN);
            assertThat(result.end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(holder.fleetsKeys()).hasSize(1).doesNotContainAnyElementsOf(old);
            assertThat(holder.keys())
                    .containsAll(old)
                    .containsAll(holder.fleetsKeys())
                    .hasSize(2);
            assertThat(holder.besides()).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(drawer.resolve("keys.tgz"))))
                    .isEqualTo("rw-------");
            factory.endsWell();
        }
    }

    static Stream<KeyRotationRequest> requests() {
        return Stream.of(
                KeyHolder.PLAIN, KeyHolder.online(OnlineRole.TIMESTAMP, OnlineRole.TARGETS), KeyHolder.compromise());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void killed_at_any_moment_it_is_run_again_and_finishes(KeyRotationRequest request) throws IOException {
        everyMoment(generated, request);
    }

    @Test
    void killed_at_any_moment_all_keys_of_an_archive_are_rotated_together() throws IOException {
        everyMoment(twoOfTwo, KeyHolder.PLAIN);
    }

    private void everyMoment(InMemoryFactory begin, KeyRotationRequest request) throws IOException {
        var moment = 1;
        for (var killed = true; killed; moment++) {
            try (var factory = begin.fork()) {
                killed = oneMoment(request.compromise() ? factory.hurried() : factory, request, moment);
            }
        }
        assertThat(moment).as("moments").isGreaterThan(20);
    }

    /** Whether there was such a moment. */
    private boolean oneMoment(InMemoryFactory factory, KeyRotationRequest request, int moment) throws IOException {
        Files.createDirectories(drawer.resolve(Integer.toString(moment)));
        var holder = new KeyHolder(factory, drawer.resolve(moment + "/keys.tgz")).putInDrawer(factory.rootKeys());
        var old = holder.keys();
        var killed = "";
        try {
            holder.rotate(request, new Interruptions(moment));
        } catch (Interruptions.Killed e) {
            killed = e.getMessage();
        }
        assertThat(holder.keys()).as("the archive when killed " + killed).containsAll(old);
        assertThat(holder.allKeys())
                .as("the drawer when killed " + killed)
                .containsAll(neededBy(holder, factory.newestRoot()));
        if (!killed.isEmpty() && holder.keys().equals(old)) {
            holder.rotate(request);
        }
        holder.tidy();
        assertThat(factory.newestRoot()).as("killed " + killed).isEqualTo(2);
        assertThat(holder.keys())
                .as("killed " + killed)
                .containsAll(old)
                .containsAll(holder.fleetsKeys())
                .hasSize(2 * old.size());
        assertThat(holder.fleetsKeys()).hasSameSizeAs(old).doesNotContainAnyElementsOf(old);
        assertThat(holder.besides()).as("killed " + killed).isEmpty();
        assertThat(factory.rotations()).as("killed " + killed).hasSize(1);
        factory.endsWell();
        return !killed.isEmpty();
    }

    private static Set<PublicKey> neededBy(KeyHolder holder, long newest) {
        var needed = new HashSet<>(holder.keysOf(1));
        needed.addAll(holder.keysOf(newest));
        return needed;
    }

    @Test
    void without_waiting_the_next_run_replaces_the_archive() {
        try (var factory = generated.fork()) {
            var holder = holder(factory);
            var old = holder.keys();
            assertThat(holder.rotateWithoutWaiting(KeyHolder.online(OnlineRole.TIMESTAMP))
                            .end())
                    .isEqualTo(KeyRotationRun.End.SIGNED);
            assertThat(holder.keys()).isEqualTo(old);
            assertThat(holder.besides()).isEqualTo(List.of("keys.tgz.pending", "keys.tgz.signed"));
            assertThat(holder.rotate(KeyHolder.online(OnlineRole.TIMESTAMP)).end())
                    .isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(holder.besides()).isEmpty();
            assertThat(factory.newestRoot()).isEqualTo(2);
        }
    }

    @Test
    void again_and_again_the_archive_keeps_them_all() {
        try (var factory = generated.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.PLAIN);
            factory.hurried();
            holder.rotate(KeyHolder.compromise());
            holder.rotate(KeyHolder.onlineOnly(OnlineRole.SNAPSHOT));
            assertThat(factory.newestRoot()).isEqualTo(4);
            assertThat(holder.keys()).hasSize(3).containsAll(holder.fleetsKeys());
            assertThat(factory.all(RootRotation.class)).hasSize(3);
            factory.endsWell();
        }
    }

    @Test
    void an_expired_root_is_cured_by_it() {
        try (var factory = InMemoryFactory.unwatched("generate: {}")) {
            var holder = holder(factory);
            factory.pass(Duration.ofDays(400));
            holder.rotate(KeyHolder.PLAIN);
            assertThat(factory.newestRoot()).isEqualTo(2);
            factory.endsWell();
        }
    }
}
