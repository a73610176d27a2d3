package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** The keys that the cluster holds are exchanged, and no device refuses anything in between. */
class OnlineKeysIT {

    private static final Duration OVERLAP = Duration.ofHours(1);

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 5: old and new keys sign before root changes and after, each time for the whole overlap")
    void all_online_keys_and_a_root_key_are_exchanged_in_one_rotation() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            var old = story.onlineKeys();
            story.declare(
                    "all",
                    "rotateOnlineKeys: [timestamp, snapshot, targets], root: {addKeys: [%s], removeKeys: [alice]}"
                            .formatted(declared(bob)));
            story.attach("all", alice);
            story.attach("all", bob);

            story.awaitPhase("all", Phase.OVERLAPPING, AT_ONCE);
            assertThat(story.whyNotComplete("all")).startsWith("Overlapping: Old and new online keys both sign");
            assertThat(story.status().pendingRotation()).isEqualTo("all");
            assertThat(story.holds(Conditions.READY)).isTrue();
            fleet.accepts(1);
            assertThat(story.signersOf("timestamp")).hasSize(2).containsAll(story.keyids(1, RoleName.TIMESTAMP));
            assertThat(story.signersOf("targets")).hasSize(2);

            clock.advance(OVERLAP.minusSeconds(30));
            story.target("meanwhile");
            eventually(SOON, () -> assertThat(story.status().targets().count()).isEqualTo(1));
            assertThat(story.status().roles().root().version()).isEqualTo(1);
            assertThat(story.signersOf("targets"))
                    .as("what is published meanwhile carries both")
                    .hasSize(2);
            fleet.accepts(1);

            clock.advance(Duration.ofSeconds(31));
            story.poke();
            eventually(AT_ONCE, () -> assertThat(story.status().roles().root().version())
                    .isEqualTo(2));
            assertThat(story.status("all").phase()).isEqualTo(Phase.OVERLAPPING);
            fleet.accepts(2, story.root(2));
            assertThat(story.signersOf("timestamp")).hasSize(2);

            clock.advance(OVERLAP);
            story.poke();
            story.awaitPhase("all", Phase.COMPLETED, AT_ONCE);
            assertOnlyNewKeysSign(story);
            fleet.accepts(2, story.root(2));
            assertThat(story.holds(Conditions.ROTATION_PENDING)).isFalse();

            clock.advance(Duration.ofMinutes(11));
            story.poke();
            eventually(SOON, () -> assertThat(story.onlineKeys())
                    .as("keys that nothing is signed with any more are gone")
                    .hasSize(3)
                    .doesNotContainAnyElementsOf(old));
        }
    }

    @Test
    @DisplayName("invariant 5: only what names the exchanged key is signed anew")
    void the_timestamp_key_alone_is_exchanged() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            story.declare("timestamp", "rotateOnlineKeys: [timestamp]");
            story.attach("timestamp", alice);
            story.awaitPhase("timestamp", Phase.OVERLAPPING, AT_ONCE);
            assertThat(story.signersOf("timestamp")).hasSize(2);
            assertThat(story.status().roles().snapshot().version()).isEqualTo(1);
            fleet.accepts(1);
            for (var step : List.of(1, 2)) {
                clock.advance(OVERLAP.plusSeconds(step));
                story.poke();
                fleet.accepts(2);
            }
            story.awaitPhase("timestamp", Phase.COMPLETED, SOON);
            assertThat(story.status().roles().snapshot().version()).isEqualTo(1);
            assertThat(root(story, 2).role(RoleName.SNAPSHOT))
                    .isEqualTo(root(story, 1).role(RoleName.SNAPSHOT));
        }
    }

    @Test
    @DisplayName("invariants 5 and 7: where the old key is lost, root and what the new key signs change in one commit")
    void a_lost_online_key_is_replaced_by_a_rotation() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            fleet.accepts(1);
            story.secret(onlineKey(story, "timestamp")).delete();
            eventually(SOON, () -> assertThat(story.holds(Conditions.STALLED)).isTrue());
            story.declare("recover", "rotateOnlineKeys: [timestamp]");
            story.attach("recover", alice);
            story.awaitPhase("recover", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(2, story.root(2));
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.READY)).isTrue());
            assertThat(story.holds(Conditions.STALLED)).isFalse();
        }
    }

    @Test
    @DisplayName("invariant 7: a new key that is lost before its root is signed ends the rotation, and another follows")
    void a_new_key_that_is_lost_while_people_sign_is_not_made_again() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var before = story.onlineKeys();
            story.declare("first", "rotateOnlineKeys: [snapshot]");
            story.awaitPayload("first");
            var fresh = new TreeSet<>(story.onlineKeys());
            fresh.removeAll(before);
            assertThat(fresh).hasSize(1);
            story.secret(fresh.first()).delete();
            story.awaitPhase("first", Phase.REJECTED, SOON);
            assertThat(story.whyNotComplete("first")).startsWith("OnlineKeyLost");
            story.attach("first", "late", Map.of("signature", Bytes.utf8("00".repeat(64))));
            assertThat(story.holds(Conditions.READY)).isTrue();
            story.declare("second", "rotateOnlineKeys: [snapshot]");
            story.attach("second", alice);
            story.awaitPhase("second", Phase.OVERLAPPING, SOON);
        }
    }

    @Test
    @DisplayName("invariant 5: on compromise every online key goes at once, in one commit with the root")
    void a_compromise_overtakes_and_exchanges_every_key_at_once() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            fleet.accepts(1);
            story.declare("slow", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.awaitPayload("slow");
            story.declare("stolen", "reason: Compromise");
            story.awaitPayload("stolen");
            eventually(SOON, () -> assertThat(story.status("slow").phase()).isEqualTo(Phase.QUEUED));
            assertThat(story.whyNotComplete("slow")).startsWith("Overtaken");
            story.attach("stolen", alice);
            story.awaitPhase("stolen", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(2, story.root(2));
            assertOnlyNewKeysSign(story);
            story.awaitPhase("slow", Phase.SUPERSEDED, SOON);
            assertThat(story.whyNotComplete("slow")).startsWith("Overtaken");
        }
    }

    @Test
    @DisplayName("invariant 5: a compromise ends an overlap in progress")
    void a_compromise_declared_in_an_overlap_lets_its_root_through_and_drops_the_old_keys() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            story.declare("calm", "rotateOnlineKeys: [timestamp]");
            story.attach("calm", alice);
            story.awaitPhase("calm", Phase.OVERLAPPING, AT_ONCE);
            story.declare("stolen", "reason: Compromise");
            story.awaitPhase("calm", Phase.COMPLETED, SOON);
            assertThat(story.signersOf("timestamp")).containsExactlyElementsOf(story.keyids(2, RoleName.TIMESTAMP));
            fleet.accepts(2);
            story.attach("stolen", alice);
            story.awaitPhase("stolen", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(3, story.root(3));
            assertThat(Set.copyOf(story.keyids(3, RoleName.TIMESTAMP)))
                    .doesNotContainAnyElementsOf(story.keyids(2, RoleName.TIMESTAMP));
        }
    }

    @Test
    @DisplayName("invariant 5: after a pause the overlap begins anew")
    void devices_have_the_whole_overlap_after_a_pause() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.declare("timestamp", "rotateOnlineKeys: [timestamp]");
            story.attach("timestamp", alice);
            story.awaitPhase("timestamp", Phase.OVERLAPPING, AT_ONCE);
            clock.advance(OVERLAP.minusMinutes(10));
            story.pause(true);
            clock.advance(Duration.ofMinutes(15));
            story.pause(false);
            assertThat(story.status().roles().root().version()).isEqualTo(1);

            clock.advance(OVERLAP.minusMinutes(1));
            story.target("meanwhile");
            eventually(SOON, () -> assertThat(story.status().targets().count()).isEqualTo(1));
            assertThat(story.status().roles().root().version()).isEqualTo(1);
            clock.advance(Duration.ofMinutes(2));
            story.poke();
            eventually(SOON, () -> assertThat(story.status().roles().root().version())
                    .isEqualTo(2));
        }
    }

    @Test
    @DisplayName(
            "invariant 7: a root that all have signed is kept though a key beside it is lost, and the next one cures it")
    void two_keys_are_lost_one_after_the_other() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            fleet.accepts(1);
            story.declare("first", "rotateOnlineKeys: [snapshot]");
            story.awaitPayload("first");
            story.secret(onlineKey(story, "timestamp")).delete();
            eventually(SOON, () -> assertThat(story.holds(Conditions.STALLED)).isTrue());
            story.attach("first", alice);
            eventually(
                    SOON, () -> assertThat(story.configMap("acme-root-2").get()).isNotNull());
            assertThat(story.status().roles().root().version()).isEqualTo(1);
            story.declare("second", "rotateOnlineKeys: [timestamp]");
            story.attach("second", alice);
            story.awaitPhase("second", Phase.COMPLETED, SOON);
            story.awaitPhase("first", Phase.COMPLETED, SOON);
            fleet.accepts(3, story.root(1));
            eventually(SOON, () -> assertThat(story.holds(Conditions.READY)).isTrue());
        }
    }

    private static String onlineKey(RotationStory story, String role) {
        return story.onlineKeys().stream()
                .filter(name -> name.startsWith("acme-" + role + '-'))
                .findFirst()
                .orElseThrow();
    }

    private static void assertOnlyNewKeysSign(RotationStory story) {
        for (var role : List.of(RoleName.TIMESTAMP, RoleName.SNAPSHOT, RoleName.TARGETS)) {
            eventually(AT_ONCE, () -> assertThat(story.signersOf(role.value()))
                    .containsExactlyElementsOf(story.keyids(2, role))
                    .doesNotContainAnyElementsOf(story.keyids(1, role)));
        }
    }

    private static Root root(RotationStory story, int version) {
        return new StandardDialect().decode(Root.class, story.root(version)).metadata();
    }
}
