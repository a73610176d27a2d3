package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.model.RoleName.ROOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * {@code keys rotate --targets} against the operator's own code, in front of devices that poll after every write: a key of
 * targets that a person holds is exchanged, and it may be interrupted anywhere.
 */
class KeyRotationOfTargetsTest extends TargetsKeyHolders {

    private static InMemoryFactory offline;
    private static InMemoryFactory shared;
    private static InMemoryFactory online;

    @BeforeAll
    static void publish() {
        offline = InMemoryFactory.heldTargets(GENERATED, "Offline", TINA);
        shared = InMemoryFactory.unwatchedHeldTargets(TestMetadata.OTA_CONNECT, GENERATED, "Shared", TINA);
        online = InMemoryFactory.published("generate: {}");
    }

    @AfterAll
    static void close() {
        offline.close();
        shared.close();
        online.close();
    }

    private static Set<PublicKey> signersOfTargets(InMemoryFactory factory) {
        var targets = factory.published().targets();
        var root = factory.published().root().metadata();
        return Set.copyOf(RootHistory.keys(root, TARGETS).entrySet().stream()
                .filter(key ->
                        targets.signatures().stream().map(Signature::keyid).anyMatch(key.getKey()::equals))
                .map(Map.Entry::getValue)
                .toList());
    }

    static Stream<Arguments> evenings() {
        return Stream.of(
                arguments("both keys", false, KeyHolder.of(ROOT, TARGETS)),
                arguments("both keys, which are stolen", false, KeyHolder.compromise(ROOT, TARGETS)),
                arguments("in Shared custody and dialect OTAConnect", true, KeyHolder.of(ROOT, TARGETS)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("evenings")
    void killed_at_any_moment_it_is_run_again_and_finishes(String what, boolean inShared, KeyRotationRequest request)
            throws IOException {
        var moment = 1;
        for (var killed = true; killed; moment++) {
            try (var factory = (inShared ? shared : offline).fork()) {
                killed = oneMoment(request.compromise() ? factory.hurried() : factory, request, moment);
            }
        }
        assertThat(moment).as("moments").isGreaterThan(25);
    }

    /** Whether there was such a moment. */
    private boolean oneMoment(InMemoryFactory factory, KeyRotationRequest request, int moment) throws IOException {
        Files.createDirectories(drawer.resolve(Integer.toString(moment)));
        var holder = holder(factory, moment + "/keys.tgz");
        var old = holder.keys();
        var killed = "";
        try {
            holder.rotate(request, new Interruptions(moment));
        } catch (Interruptions.Killed e) {
            killed = "killed " + e.getMessage();
        }
        assertThat(holder.keys()).as("the archive when %s", killed).containsAll(old);
        assertThat(holder.allKeys()).as("the drawer when %s", killed).containsAll(needed(factory));
        if (!killed.isEmpty() && holder.keys().equals(old)) {
            holder.rotate(request);
        }
        holder.tidy();
        assertThat(factory.newestRoot()).as(killed).isEqualTo(2);
        assertThat(factory.published().targets().metadata().version())
                .as(killed)
                .isEqualTo(2);
        assertThat(holder.keys())
                .as(killed)
                .containsAll(old)
                .containsAll(holder.fleetsKeys())
                .hasSize(old.size() + request.roles().size());
        assertThat(holder.keysOf(2, TARGETS))
                .as(killed)
                .doesNotContain(TINA.key().publicKey());
        assertThat(signersOfTargets(factory)).as(killed).isEqualTo(holder.keysOf(2, TARGETS));
        assertThat(holder.fleetsKeys().equals(holder.keysOf(1)))
                .as(killed)
                .isEqualTo(!request.roles().contains(ROOT));
        assertThat(holder.besides()).as(killed).isEmpty();
        assertThat(factory.rotations()).as(killed).hasSize(2);
        factory.endsWell();
        return !killed.isEmpty();
    }

    /** What people hold of the root that devices have, and of the newest that is stored. */
    private static Set<PublicKey> needed(InMemoryFactory factory) {
        var needed = new HashSet<>(heldIn(factory, factory.newestRoot()));
        needed.addAll(
                heldIn(factory, factory.find(ConfigMap.class, "acme-root-2").isPresent() ? 2 : 1));
        return needed;
    }

    private static Set<PublicKey> heldIn(InMemoryFactory factory, long version) {
        var file = factory.root(version);
        var root = Dialects.recognise(file).decode(Root.class, file).metadata();
        var held = new HashSet<PublicKey>();
        RootExtras.of(root)
                .holders()
                .keySet()
                .forEach(keyid -> root.keys().get(keyid).publicKey().ifPresent(held::add));
        return held;
    }

    @Test
    void what_is_declared_afterwards_is_signed_with_the_new_key() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(RootExtras.of(factory.published().root().metadata()).holders())
                    .as("whoever held the old key holds the new one")
                    .containsValue("tina");
            factory.addTarget("lmp-1");
            factory.sign("acme-targets-3", new Person("new", newest(holder)));
            factory.settle();
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        }
    }

    private SoftwareKey newest(KeyHolder holder) {
        return holder.read().keys().stream()
                .filter(named -> named.role().equals(Optional.of(TARGETS)))
                .map(ArchivedKey::key)
                .filter(key -> !key.publicKey().equals(TINA.key().publicKey()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void targets_come_out_of_the_cluster_with_the_first_key_of_targets_in_the_archive() {
        for (var custody : List.of("Offline", "Shared")) {
            try (var factory = online.fork()) {
                var holder = new KeyHolder(factory, drawer.resolve(custody + ".tgz")).putInDrawer(factory.rootKeys());
                refused(holder, KeyHolder.of(ROOT, TARGETS), "is Online", "--online=targets", "Set it to Offline");
                factory.changeFactory("targets: {custody: %s}".formatted(custody));
                holder.rotate(KeyHolder.of(ROOT, TARGETS));
                assertThat(factory.newestRoot()).isEqualTo(2);
                assertThat(holder.keys()).hasSize(3);
                assertThat(holder.keysOf(2, TARGETS))
                        .hasSize(custody.equals("Shared") ? 2 : 1)
                        .contains(newest(holder).publicKey());
                assertThat(holder.pending()).doesNotExist();
                holder.rotate(KeyHolder.of(TARGETS));
                assertThat(factory.newestRoot()).isEqualTo(3);
                assertThat(holder.keys()).hasSize(4);
                factory.endsWell();
            }
        }
    }

    @Test
    void without_waiting_it_returns_once_root_and_targets_are_signed() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            assertThat(holder.rotateWithoutWaiting(KeyHolder.of(ROOT, TARGETS)).end())
                    .isEqualTo(KeyRotationRun.End.SIGNED);
            assertThat(holder.told())
                    .anyMatch(line -> line.startsWith("signed acme-targets-2 with 2 keys, and attached"));
            factory.pass(Duration.ofHours(1));
            factory.pass(Duration.ofHours(1));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(holder.rotate(KeyHolder.of(ROOT, TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(holder.besides()).isEmpty();
        }
    }

    @Test
    void online_keys_of_a_factory_whose_targets_people_hold() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.online(OnlineRole.values()));
            holder.rotate(KeyHolder.onlineOnly(OnlineRole.SNAPSHOT));
            factory.hurried();
            holder.rotate(KeyHolder.compromise());
            assertThat(factory.newestRoot()).isEqualTo(4);
            assertThat(holder.keysOf(4, TARGETS)).containsExactly(TINA.key().publicKey());
            factory.endsWell();
        }
    }

    @Test
    void the_online_key_of_shared_targets_is_exchanged_with_the_holders_signature() {
        try (var factory = shared.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.online(OnlineRole.TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(holder.keysOf(2, TARGETS)).hasSize(2).contains(TINA.key().publicKey());
            factory.endsWell();
        }
    }

    /** As from fioctl, whose roots name nobody. */
    @Test
    void an_adopted_fleets_archive_gets_a_named_key_of_targets() {
        try (var factory = InMemoryFactory.adoptedWithOfflineTargets()) {
            var before = factory.newestRoot();
            var holder = whoHas(
                    factory,
                    "keys.tgz",
                    archived(ROOT, TestMetadata.key("bob")),
                    archived(TARGETS, TestMetadata.key("targets")));
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(ROOT, TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(before + 1);
            assertThat(holder.keys()).hasSize(4);
            assertThat(holder.keysOf(before + 1, TARGETS))
                    .hasSize(1)
                    .isSubsetOf(holder.keys())
                    .doesNotContain(TestMetadata.key("targets").publicKey());
            assertThat(RootExtras.of(factory.published().root().metadata())
                            .holders()
                            .values())
                    .anyMatch(name -> name.matches("targets-[0-9a-f]{8}"));
        }
    }

    /** Root's holder and that of targets have an archive each, as fioctl makes them; the key of targets has no name. */
    @Test
    void online_keys_of_an_adopted_fleet_whose_key_of_targets_is_in_another_archive() {
        try (var factory = InMemoryFactory.adoptedWithOfflineTargets()) {
            var before = factory.newestRoot();
            var holder = whoHas(factory, "keys.tgz", archived(ROOT, TestMetadata.key("bob")));
            holder.rotate(KeyHolder.online(OnlineRole.values()));
            factory.hurried();
            holder.rotate(KeyHolder.compromise());
            assertThat(factory.newestRoot()).isEqualTo(before + 2);
            assertThat(holder.keysOf(before + 2, TARGETS))
                    .containsExactly(TestMetadata.key("targets").publicKey());
            assertThat(factory.rotations()).noneMatch(name -> name.endsWith("-2"));
        }
    }
}
