package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.crypto.KeyType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** Several changes of one root: one at a time, none twice, and none that its author didn't mean (invariant 11). */
class RotationQueueIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);

    @Test
    void two_rotations_take_turns_and_the_second_changes_what_the_first_has_made() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("first", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.awaitPhase("first", Phase.AWAITING_SIGNATURES, SOON);
            story.declare("second", "root: {removeKeys: [alice]}");
            story.awaitPhase("second", Phase.QUEUED, SOON);
            assertThat(story.whyNotComplete("second")).contains("RootRotation first comes first");
            assertThat(story.configMap("second-payload").get()).isNull();
            eventually(
                    AT_ONCE, () -> assertThat(story.status().pendingRotation()).isEqualTo("first"));

            story.attach("first", alice);
            story.attach("first", bob);
            story.awaitPhase("first", Phase.COMPLETED, AT_ONCE);
            story.awaitPhase("second", Phase.AWAITING_SIGNATURES, AT_ONCE);
            assertThat(story.status("second").fromVersion()).isEqualTo(2);
            story.attach("second", bob);
            story.awaitPhase("second", Phase.COMPLETED, AT_ONCE);
            eventually(AT_ONCE, () -> assertThat(story.status().roles().root().keyids())
                    .containsExactly(bob.keyid()));
        }
    }

    @Test
    void a_rotation_for_an_older_root_is_superseded_and_one_for_a_newer_root_lets_others_pass() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("for-root-3", "fromVersion: 3, expiresAfter: 720d");
            story.awaitPhase("for-root-3", Phase.QUEUED, SOON);
            assertThat(story.whyNotComplete("for-root-3")).startsWith("AheadOfRoot: ");
            story.declare("for-root-1", "fromVersion: 1, expiresAfter: 700d");
            story.attach("for-root-1", alice);
            story.awaitPhase("for-root-1", Phase.COMPLETED, AT_ONCE);
            story.declare("late-for-root-1", "fromVersion: 1, expiresAfter: 710d");
            story.awaitPhase("late-for-root-1", Phase.SUPERSEDED, SOON);
            assertThat(story.whyNotComplete("late-for-root-1")).startsWith("RootMovedOn: ");
            assertThat(story.configMap("late-for-root-1-payload").get()).isNull();

            story.declare("for-root-2", "fromVersion: 2, expiresAfter: 710d");
            story.attach("for-root-2", alice);
            story.awaitPhase("for-root-2", Phase.COMPLETED, AT_ONCE);
            story.attach("for-root-3", alice);
            story.awaitPhase("for-root-3", Phase.COMPLETED, AT_ONCE);
            eventually(AT_ONCE, () -> assertThat(story.status().roles().root().version())
                    .isEqualTo(4));
        }
    }

    @Test
    @DisplayName("invariant 11: what a published root carries is never done again, whatever became of its status")
    void what_a_published_root_carries_is_never_done_again_whatever_became_of_its_status() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            var change = "expiresAfter: 700d, message: once";
            story.declare("longer", change);
            story.attach("longer", alice);
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
            var before = story.status("longer");

            story.rotation("longer").delete();
            story.declare("longer", change);
            var again = story.awaitPhase("longer", Phase.COMPLETED, SOON);
            assertThat(again.toVersion()).isEqualTo(2);
            assertThat(again.diff()).isEqualTo(before.diff());
            assertThat(again.signatures()).isEqualTo(before.signatures());

            story.rotation("longer").delete();
            story.declare("longer", "expiresAfter: 710d");
            story.awaitPhase("longer", Phase.REJECTED, SOON);
            assertThat(story.whyNotComplete("longer")).startsWith("NameUsed: ").contains("root version 2");
            assertThat(story.configMap("acme-root-3").get()).isNull();
            assertThat(story.status().roles().root().version()).isEqualTo(2);
        }
    }

    @Test
    void what_can_never_be_is_rejected_with_its_reason_and_lets_the_next_one_pass() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("no-such-holder", "root: {removeKeys: [zoe]}");
            story.declare("too-high", "root: {threshold: 2}");
            story.declare("nobody-left", "root: {removeKeys: [alice]}");
            story.declare("name-taken", "root: {addKeys: [%s]}".formatted(declared(new Person("alice", bob.key()))));
            story.declare("same-key", "root: {addKeys: [%s]}".formatted(declared(new Person("bob", alice.key()))));
            story.declare("nothing", "expiresAfter: 300d");
            rejected(story, "no-such-holder", "UnknownKey: can't remove \"zoe\" from root: it has alice");
            rejected(story, "too-high", "ThresholdTooHigh: root needs 2 signatures, but would have 1 keys");
            rejected(story, "nobody-left", "RoleWithoutKeys: root would have no key left");
            rejected(story, "name-taken", "NameInUse: ");
            rejected(story, "same-key", "KeyInUse: ");
            rejected(story, "nothing", "NothingChanges: ");
            story.declare("possible", "expiresAfter: 700d");
            story.awaitPayload("possible");
            eventually(
                    AT_ONCE, () -> assertThat(story.status().pendingRotation()).isEqualTo("possible"));
            assertThat(story.holds(Conditions.READY)).isTrue();
        }
    }

    private static void rejected(RotationStory story, String rotation, String why) {
        story.awaitPhase(rotation, Phase.REJECTED, SOON);
        assertThat(story.whyNotComplete(rotation)).startsWith(why);
        assertThat(story.status(rotation).conditions())
                .anyMatch(condition -> condition.type().equals(Conditions.STALLED));
        eventually(AT_ONCE, () -> assertThat(story.events())
                .anyMatch(event -> event.getInvolvedObject().getName().equals(rotation)
                        && event.getType().equals("Warning")
                        && why.startsWith(event.getReason() + ": ")));
    }
}
