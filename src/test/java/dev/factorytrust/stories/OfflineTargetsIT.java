package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.crypto.KeyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Targets that people sign, on the real API server and with devices of every make. */
class OfflineTargetsIT {

    private static final Duration OVERLAP_ENDS = Duration.ofMinutes(61);

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person tina = Person.withKey("tina", KeyType.ED25519);
    private final Person tom = Person.withKey("tom", KeyType.RSA_2048);
    private final Person tess = Person.withKey("tess", KeyType.ED25519);
    private final Person ted = Person.withKey("ted", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @TempDir
    private Path drawer;

    @Test
    void two_of_three_holders_sign_what_devices_may_install_and_one_hands_over() {
        try (var story = new RotationStory(clock)) {
            story.declareFactoryWith(
                    "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 2, keys: [%s]}"
                            .formatted(declared(alice), declared(tina, tom, tess)),
                    "targets: {custody: Offline}");
            for (var person : List.of(alice, tina, tom, tess)) {
                story.attach("acme-root-1", person);
            }
            eventually(
                    SOON,
                    () -> assertThat(story.condition("Reconciling"))
                            .startsWith(
                                    "Bootstrapping: Targets version 1 waits for signatures on ConfigMap acme-targets-1-payload"));
            story.attachTargets(1, tina, tom);
            story.awaitReady();
            var fleet = story.fleet();
            fleet.accepts(1);

            story.target("lmp-1");
            eventually(SOON, () -> assertThat(ready(story).reason()).isEqualTo("AwaitingSignatures"));
            assertThat(ready(story).status()).isEqualTo("Unknown");
            assertThat(ready(story).message()).contains("acme-targets-2-payload", "2 more of");
            assertThat(story.holds("Ready")).isTrue();
            assertThat(story.events())
                    .extracting(event -> event.getReason())
                    .contains("AwaitingSignatures", "SignaturesWanted");
            clock.advance(Duration.ofHours(18));
            story.poke();
            eventually(
                    AT_ONCE, () -> assertThat(story.status().roles().timestamp().version())
                            .as("kept fresh meanwhile")
                            .isEqualTo(2));
            assertThat(story.status().roles().targets().version()).isEqualTo(1);
            fleet.accepts(1);

            story.attachTargets(2, tess, tom);
            eventually(AT_ONCE, () -> assertThat(ready(story).status()).isEqualTo("True"));
            fleet.accepts(1, story.root(1));

            story.declare("hand-over", "targets: {removeKeys: [tom, tess], addKeys: [%s]}".formatted(declared(ted)));
            story.attach("hand-over", ted);
            story.attach("hand-over", alice);
            story.attachTargets(3, tina, ted);
            // The Secrets of the two arrive one after the other.
            eventually(SOON, () -> {
                var signatures = newest(story).signatures();
                assertThat(signatures.current().signed())
                        .extracting(key -> key.name())
                        .containsExactly("tina");
                assertThat(signatures.next().missing()).isEmpty();
            });
            assertThat(story.status().roles().root().version()).isEqualTo(1);
            story.attachTargets(3, tess);
            story.awaitPhase("hand-over", Phase.OVERLAPPING, AT_ONCE);
            fleet.accepts(1);
            for (var step = 0; step < 2; step++) {
                clock.advance(OVERLAP_ENDS);
                story.poke();
                fleet.accepts(2, story.root(2));
            }
            story.awaitPhase("hand-over", Phase.COMPLETED, SOON);
            assertThat(story.status().targets().payloads()).isEmpty();
        }
    }

    @Test
    void in_shared_custody_the_clusters_key_signs_after_the_holder_and_both_are_needed() throws IOException {
        try (var story = new RotationStory(clock)) {
            story.declareFactoryWith(
                    "generate: {}, targets: {threshold: 1, keys: [%s]}".formatted(declared(tina)),
                    "dialect: OTAConnect, targets: {custody: Shared}");
            story.attach("acme-root-1", tina);
            story.attachTargets(1, tina);
            story.awaitReady();
            var device =
                    OtaConnectDevice.flashed(story.root(1), story.operator().url(story.namespace(), "acme"));
            story.target("lmp-1");
            eventually(SOON, () -> assertThat(story.status().targets().payloads())
                    .extracting(OfferedTargets::version)
                    .containsExactly(2L));
            signsWithTheCommandLine(story);
            eventually(AT_ONCE, () -> assertThat(ready(story).status()).isEqualTo("True"));
            assertThat(story.signersOf("targets")).hasSize(2);
            eventually(AT_ONCE, () -> {
                assertThat(device.poll(clock.instant())).isEmpty();
                assertThat(device.offered()).containsExactly("lmp-1");
            });
            assertThat(story.status().roles().targets().threshold()).isEqualTo(2);
        }
    }

    private void signsWithTheCommandLine(RotationStory story) throws IOException {
        var kubeconfig = Files.writeString(drawer.resolve("tina"), story.kubeconfigOf("factory-key-holder"));
        var key = Files.writeString(drawer.resolve("tina.pem"), tina.key().privatePem());
        var payload = drawer.resolve("targets.json");
        var root = drawer.resolve("root.json");
        assertThat(Shell.run(kubeconfig, "status", "acme", "-n", story.namespace()))
                .contains("Targets version 2: AwaitingSignatures", "+ lmp-1 sha256", "still to sign, before", ": tina");
        Shell.run(
                kubeconfig,
                "target",
                "payload",
                "acme",
                "-n",
                story.namespace(),
                "--out",
                payload.toString(),
                "--current-out",
                root.toString());
        var signed = Files.writeString(
                drawer.resolve("signed.yaml"),
                Shell.run(
                        kubeconfig,
                        "sign",
                        payload.toString(),
                        "--current",
                        root.toString(),
                        "--key",
                        key.toString(),
                        "--yes"));
        assertThat(Shell.run(kubeconfig, "attach", signed.toString())).contains("Targets acme-targets-2: ");
        assertThat(Shell.run(kubeconfig, "attach", signed.toString())).contains("Targets acme-targets-2: Published");
        assertThatThrownBy(() -> Shell.run(
                        kubeconfig, "target", "payload", "acme", "-n", story.namespace(), "--out", payload.toString()))
                .hasMessageContaining("Factory acme offers no version of targets to be signed");
    }

    private static Condition ready(RotationStory story) {
        return story.targetNamed("lmp-1").get().getStatus().conditions().getFirst();
    }

    private static OfferedTargets newest(RotationStory story) {
        return story.status().targets().payloads().getFirst();
    }
}
