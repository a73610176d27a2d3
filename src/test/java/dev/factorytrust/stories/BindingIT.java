package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** What was signed can't be taken back: whoever read payload and signatures holds a root that devices accept. */
class BindingIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @Test
    void a_rotation_that_is_deleted_before_anybody_signed_is_gone() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("regretted", "rotateOnlineKeys: [timestamp], root: {addKeys: [%s]}".formatted(declared(bob)));
            story.awaitPayload("regretted");
            story.rotation("regretted").delete();
            eventually(
                    SOON,
                    () -> assertThat(story.configMap("regretted-payload").get()).isNull());
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.ROTATION_PENDING))
                    .isFalse());
            clock.advance(Duration.ofMinutes(11));
            story.poke();
            eventually(SOON, () -> assertThat(story.onlineKeys())
                    .as("the key made for it goes too")
                    .hasSize(3));
            story.fleet().accepts(1);
        }
    }

    @Test
    @DisplayName("invariant 3: a root that all have signed is published, though its RootRotation was deleted")
    void a_rotation_that_is_deleted_after_all_have_signed_is_published() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("signed", "root: {addKeys: [%s]}".formatted(declared(bob)));
            var payload = story.awaitPayload("signed");
            story.pause(true);
            story.attach("signed", alice);
            story.attach("signed", bob);
            story.rotation("signed").delete();
            story.pause(false);
            eventually(SOON, () -> assertThat(story.status().roles().root().version())
                    .isEqualTo(2));
            story.fleet().accepts(2);
            assertThat(story.root(2).utf8()).contains(payload.utf8().substring(0, 100));

            story.declare("signed", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.awaitPhase("signed", Phase.COMPLETED, SOON);
        }
    }

    @Test
    void one_that_the_present_holders_have_signed_can_be_completed_after_its_deletion_and_people_are_told() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("half", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.attach("half", alice);
            eventually(AT_ONCE, () -> assertThat(story.whyNotComplete("half")).contains("can no longer be taken back"));
            var signature = bob.sign(story.awaitPayload("half"));
            story.rotation("half").delete();
            eventually(SOON, () -> assertThat(story.condition(Conditions.ROTATION_PENDING))
                    .contains("half")
                    .contains("deleted"));
            assertThat(story.configMap("half-payload").get()).isNotNull();
            story.attach("half", "late", Map.of("signature", signature));
            eventually(SOON, () -> assertThat(story.status().roles().root().version())
                    .isEqualTo(2));
        }
    }

    @Test
    void what_was_compromised_is_offered_again_when_another_root_comes_first() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            story.declare("slow", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.attach("slow", alice);
            var late = bob.sign(story.awaitPayload("slow"));
            story.declare("stolen", "reason: Compromise");
            story.awaitPayload("stolen");
            story.attach("slow", "slow-by-bob", Map.of("signature", late));
            story.awaitPhase("slow", Phase.COMPLETED, SOON);
            eventually(
                    SOON, () -> assertThat(story.status("stolen").toVersion()).isEqualTo(3));
            story.attach("stolen", alice);
            story.awaitPhase("stolen", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(3, story.root(1));
        }
    }

    @Test
    void a_root_key_of_one_factory_is_not_taken_for_another_unless_its_owner_says_so() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declareFactory("staging", "offline: {threshold: 1, keys: [%s]}".formatted(declared(alice)));
            eventually(SOON, () -> assertThat(story.whyNotComplete("staging-root-1"))
                    .startsWith("SharedRootKey")
                    .contains("Factory " + story.namespace() + "/acme"));
            story.factory("staging")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"allowSharedRootKeys\": true}}");
            story.attach("staging-root-1", alice);
            story.awaitPhase("staging-root-1", Phase.COMPLETED, SOON);
        }
    }
}
