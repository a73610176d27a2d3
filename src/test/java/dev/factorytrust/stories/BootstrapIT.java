package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.crypto.KeyType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** From a Factory in YAML to devices that update. */
class BootstrapIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ECDSA_P256);
    private final Person carol = Person.withKey("carol", KeyType.RSA_2048);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 6: the archive is stored before root 1, and says loudly that it lies in the cluster")
    void a_generated_factory_is_published_within_seconds_and_warns_that_its_root_keys_lie_in_the_cluster() {
        try (var story = new RotationStory(clock)) {
            story.declareFactory("generate: {}");
            var ready = story.awaitReady();
            assertThat(ready.trustedRootSha256()).isEqualTo(story.root(1).sha256());
            assertThat(ready.roles().root().threshold()).isEqualTo(1);
            assertThat(story.holds(Conditions.ROOT_KEYS_IN_CLUSTER)).isTrue();
            eventually(AT_ONCE, () -> assertThat(story.events())
                    .anyMatch(event -> event.getReason().equals("RootKeysInCluster")
                            && event.getType().equals("Warning")));
            assertThat(story.secret("acme-root-keys").get().getMetadata().getCreationTimestamp())
                    .isLessThanOrEqualTo(
                            story.configMap("acme-root-1").get().getMetadata().getCreationTimestamp());
            story.fleet().accepts(1);
        }
    }

    @Test
    void version_1_of_an_offline_factory_waits_for_each_of_its_holders_and_no_private_root_key_is_in_the_cluster() {
        try (var story = new RotationStory(clock)) {
            story.declareFactory("offline: {threshold: 2, keys: [%s]}".formatted(declared(alice, bob, carol)));
            story.awaitPayload("acme-root-1");
            var waiting = story.status("acme-root-1");
            assertThat(waiting.phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
            assertThat(waiting.fromVersion()).isNull();
            assertThat(waiting.toVersion()).isEqualTo(1);
            assertThat(waiting.signatures().current()).isNull();
            assertThat(waiting.signatures().next().threshold()).isEqualTo(2);
            assertThat(waiting.signatures().added().missing())
                    .extracting(KeyRef::name)
                    .containsExactlyInAnyOrder("alice", "bob", "carol");
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.RECONCILING))
                    .isTrue());
            assertThat(story.holds(Conditions.READY)).isFalse();

            story.attach("acme-root-1", carol);
            story.attach("acme-root-1", bob);
            eventually(AT_ONCE, () -> {
                var signatures = story.status("acme-root-1").signatures();
                assertThat(signatures.next().missing()).isEmpty();
                assertThat(signatures.added().missing()).containsExactly(new KeyRef(alice.keyid(), "alice"));
            });
            assertThat(story.configMap("acme-root-1").get())
                    .as("alice has not proved her key")
                    .isNull();

            story.attach("acme-root-1", alice);
            story.awaitPhase("acme-root-1", Phase.COMPLETED, AT_ONCE);
            assertThat(story.awaitReady().roles().root().keyids())
                    .containsExactlyInAnyOrder(alice.keyid(), bob.keyid(), carol.keyid());
            assertThat(story.secret("acme-root-keys").get()).isNull();
            assertThat(story.holds(Conditions.ROOT_KEYS_IN_CLUSTER)).isFalse();
            story.fleet().accepts(1);
        }
    }

    @Test
    void version_1_is_made_anew_for_holders_who_come_after_months() {
        try (var story = new RotationStory(clock)) {
            story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(declared(alice, bob)));
            var first = story.awaitPayload("acme-root-1");
            clock.advance(Duration.ofDays(200));
            story.attach("acme-root-1", "too-late", Map.of("signature", alice.sign(first)));
            eventually(SOON, () -> assertThat(story.awaitPayload("acme-root-1")).isNotEqualTo(first));
            assertThat(story.status("acme-root-1").phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
            story.attach("acme-root-1", alice);
            story.attach("acme-root-1", bob);
            story.awaitPhase("acme-root-1", Phase.COMPLETED, AT_ONCE);
        }
    }
}
