package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** The bytes that people sign are theirs: nobody changes them under their hands (invariants 3 and 9). */
class PayloadIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person mallory = Person.withKey("mallory", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 9: a deleted payload comes back byte for byte, days later too")
    void a_deleted_payload_comes_back_byte_for_byte_days_later_too() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("longer", "expiresAfter: 700d");
            var payload = story.awaitPayload("longer");
            var signBefore = story.status("longer").payload().signBefore();
            clock.advance(Duration.ofHours(5));
            story.configMap("longer-payload").delete();
            eventually(SOON, () -> assertThat(story.configMap("longer-payload").get())
                    .isNotNull());
            assertThat(story.awaitPayload("longer")).isEqualTo(payload);
            assertThat(story.status("longer").payload().signBefore()).isEqualTo(signBefore);
            story.attach("longer", "by-alice", Map.of("signature", alice.sign(payload)));
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
        }
    }

    @Test
    void a_payload_that_cannot_be_made_again_ends_its_rotation_instead_of_changing_what_people_sign() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("renewal", "root: {addKeys: [%s]}".formatted(declared(mallory)));
            story.awaitPayload("renewal");
            // Without an expiresAfter of its own, the rotation's follows the Factory's.
            story.changeFactory("spec: {root: {expiresAfter: 500d}}");
            story.configMap("renewal-payload").delete();
            story.awaitPhase("renewal", Phase.SUPERSEDED, SOON);
            assertThat(story.whyNotComplete("renewal")).startsWith("PayloadLost: ");
            assertThat(story.configMap("renewal-payload").get()).isNull();
        }
    }

    @Test
    void a_payload_that_not_all_sign_in_time_is_given_up() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("longer", "expiresAfter: 700d");
            var payload = story.awaitPayload("longer");
            clock.advance(Duration.ofDays(31));
            // Late is late: the signature is what makes the operator look.
            story.attach("longer", "rubbish", Map.of("signature", mallory.sign(payload)));
            story.awaitPhase("longer", Phase.SUPERSEDED, SOON);
            assertThat(story.whyNotComplete("longer")).startsWith("PayloadExpired: ");
        }
    }

    @Test
    @DisplayName("invariant 3: a payload that somebody planted is removed with an Event, and decides nothing")
    void a_payload_that_somebody_planted_is_removed_with_an_event_and_decides_nothing() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("first", "expiresAfter: 700d");
            var planted = story.awaitPayload("first");
            plant(story, "second-payload", "payload.json", planted, "payload");
            story.declare("second", "expiresAfter: 710d");
            story.attach("first", alice);
            story.awaitPhase("first", Phase.COMPLETED, AT_ONCE);
            var payload = story.awaitPayload("second");
            assertThat(payload).isNotEqualTo(planted);
            awaitRemovalEvent(story, "second-payload");
            story.attach("second", alice);
            story.awaitPhase("second", Phase.COMPLETED, AT_ONCE);
        }
    }

    @Test
    @DisplayName("invariant 3: what is planted at the next root's name is removed with an Event, and never served")
    void what_is_planted_at_the_next_roots_name_is_removed_with_an_event_and_never_served() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            plant(story, "acme-root-2", "root.json", story.root(1), "root");
            eventually(
                    SOON, () -> assertThat(story.configMap("acme-root-2").get()).isNull());
            awaitRemovalEvent(story, "acme-root-2");
            fleet.accepts(1);
            story.declare("longer", "expiresAfter: 700d");
            story.attach("longer", alice);
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(2, story.root(2));
        }
    }

    private static ConfigMap plant(RotationStory story, String name, String entry, Bytes content, String role) {
        return story.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(story.namespace())
                        .addToLabels("factory-trust.dev/factory", "acme")
                        .addToLabels("factory-trust.dev/role", role)
                        .endMetadata()
                        .withBinaryData(Map.of(entry, content.base64()))
                        .build())
                .create();
    }

    private static void awaitRemovalEvent(RotationStory story, String configMap) {
        eventually(AT_ONCE, () -> assertThat(story.events())
                .anyMatch(event -> event.getReason().equals("Removed")
                        && event.getType().equals("Warning")
                        && event.getMessage().contains(configMap)));
    }
}
