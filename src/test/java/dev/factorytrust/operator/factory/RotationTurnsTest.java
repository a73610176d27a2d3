package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.PlanOutdatedException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which rotations there are, and where each of them stands, in the order of the queue. The root is Alice's. */
class RotationTurnsTest {

    private static final String BOB_JOINS = "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB));
    private static final String LONGER_LIFE = "expiresAfter: 366d";

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void ownedByAlice() {
        Flow.ownedByAlice(story);
        story.settle();
    }

    @AfterEach
    void close() {
        story.close();
    }

    /** All but the first root's own. */
    private List<String> standings() {
        return story.look().rotations().entrySet().stream()
                .filter(entry -> !entry.getKey().equals("acme-root-1"))
                .map(entry -> entry.getKey() + ": "
                        + switch (entry.getValue()) {
                            case Standing.Turn turn -> "turn" + (turn.ceremony().isBinding() ? ", binding" : "");
                            case Standing.Stored stored -> "root " + stored.version();
                            case Standing.NeedsKeys _ -> "needs keys";
                            case Standing.Overtaken overtaken -> "overtaken by " + overtaken.by();
                            case Standing.Queued queued -> "queued " + queued.reason();
                            case Standing.Rejected rejected -> "rejected " + rejected.reason();
                            case Standing.Superseded superseded -> "superseded " + superseded.reason();
                        })
                .toList();
    }

    private void declareLater(String rotation, String change) {
        story.pass(Duration.ofSeconds(1));
        story.declare(rotation, change);
    }

    private void signedByAlice(String rotation) {
        story.settle();
        story.sign(rotation, Flow.ALICE);
        story.settle();
    }

    @Test
    void the_oldest_first() {
        story.declare("z-older", BOB_JOINS);
        declareLater("a-younger", LONGER_LIFE);
        assertThat(standings()).containsExactly("z-older: turn", "a-younger: queued WaitsForTurn");
    }

    @Test
    void of_the_same_second_the_first_by_name() {
        story.declare("b", BOB_JOINS);
        story.declare("a", LONGER_LIFE);
        assertThat(standings()).containsExactly("a: turn", "b: queued WaitsForTurn");
    }

    @Test
    void one_whose_payload_is_offered_keeps_its_turn() {
        story.declare("b", BOB_JOINS);
        story.settle();
        story.declare("a", LONGER_LIFE);
        assertThat(standings()).containsExactly("b: turn", "a: queued WaitsForTurn");
    }

    @Test
    void one_that_waits_for_another_root_lets_others_pass() {
        story.declare("a", "fromVersion: 2, " + LONGER_LIFE);
        declareLater("b", BOB_JOINS);
        assertThat(standings()).containsExactly("a: queued AheadOfRoot", "b: turn");
    }

    @Test
    void one_that_was_written_for_an_older_root_is_superseded() {
        story.declare("a", LONGER_LIFE);
        signedByAlice("a");
        story.declare("b", "fromVersion: 1, expiresAfter: 367d");
        assertThat(standings()).containsExactlyInAnyOrder("a: root 2", "b: superseded RootMovedOn");
    }

    @Test
    void one_that_cannot_be_done_lets_others_pass() {
        story.declare("a", "root: {removeKeys: [nobody]}");
        declareLater("b", LONGER_LIFE);
        assertThat(standings()).element(0).asString().startsWith("a: rejected ");
        assertThat(standings()).element(1).isEqualTo("b: turn");
    }

    @Test
    void one_that_was_passed_because_it_cannot_be_done_does_not_wait_for_another_root() {
        story.declare("a", "root: {removeKeys: [bob]}");
        declareLater("b", BOB_JOINS);
        story.settle();
        story.cluster().edit(RootRotation.class, "a", unrecorded -> unrecorded.setStatus(null));
        assertThat(standings()).element(0).isEqualTo("b: turn");
        assertThat(standings()).element(1).asString().startsWith("a: rejected ");
    }

    @Test
    @DisplayName("invariant 8: a root of fewer holders than its threshold is refused")
    void too_high_a_threshold_is_rejected() {
        story.declare("a", "root: {threshold: 2}");
        assertThat(standings()).singleElement().asString().startsWith("a: rejected ");
    }

    @Test
    @DisplayName("invariant 11: a rotation that a root carries is done, whatever its status says")
    void never_twice() {
        story.declare("a", LONGER_LIFE);
        signedByAlice("a");
        var done = story.rotation("a").orElseThrow();
        story.remove(done.getClass(), "a");
        story.declare("a", LONGER_LIFE);
        assertThat(standings()).containsExactly("a: root 2");
    }

    @Test
    @DisplayName("invariant 11: the whole history, declared again in a rebuilt cluster, changes no root")
    void history_replayed_changes_nothing() {
        var changes = Map.of(
                "a",
                LONGER_LIFE,
                "b",
                "fromVersion: 2, expiresAfter: 367d",
                "c",
                "fromVersion: 1, root: {threshold: 1}");
        story.declare("a", changes.get("a"));
        signedByAlice("a");
        story.declare("b", changes.get("b"));
        signedByAlice("b");
        List.of("a", "b").forEach(rotation -> {
            story.remove(RootRotation.class, rotation);
            story.remove(ConfigMap.class, rotation + "-payload");
        });
        story.restart(Interruption.NONE);
        story.settle();
        changes.forEach(story::declare);
        story.settle();
        assertThat(standings()).containsExactlyInAnyOrder("a: root 2", "b: root 3", "c: superseded RootMovedOn");
        assertThat(story.look().state().roots().chain()).hasSize(3);
    }

    /** The informers of RootRotations and of Secrets don't keep step. */
    @Test
    @DisplayName("invariant 3: a payload isn't removed while the API server knows of signatures that the cache doesn't")
    void a_deletion_that_is_seen_before_the_signature() {
        story.declare("a", LONGER_LIFE);
        story.settle();
        story.remove(RootRotation.class, "a");
        var look = story.look();
        assertThat(look.decision()).isInstanceOf(Decision.Remove.class);
        story.sign("a", Flow.ALICE);
        assertThatThrownBy(() -> story.operator().act(look)).isInstanceOf(PlanOutdatedException.class);
        story.settle();
        assertThat(story.look().state().roots().chain()).hasSize(2);
    }

    @Test
    void another_change_under_a_name_that_a_root_carries_is_rejected() {
        story.declare("a", LONGER_LIFE);
        signedByAlice("a");
        story.remove(story.rotation("a").orElseThrow().getClass(), "a");
        story.declare("a", BOB_JOINS);
        assertThat(standings()).containsExactly("a: rejected NameUsed");
    }

    @Test
    void one_that_nobody_signed_in_time_is_superseded_and_the_next_has_its_turn() {
        story.declare("a", BOB_JOINS);
        story.settle();
        declareLater("b", LONGER_LIFE);
        story.pass(Duration.ofDays(30));
        assertThat(standings()).containsExactly("a: superseded PayloadExpired", "b: turn");
    }

    @Test
    void one_that_all_signed_in_time_is_done_however_late_it_is_seen() {
        story.declare("a", LONGER_LIFE);
        story.settle();
        story.sign("a", Flow.ALICE);
        story.pass(Duration.ofDays(31));
        assertThat(standings()).containsExactly("a: turn, binding");
    }

    @Test
    void a_deleted_payload_is_made_again_while_the_same_bytes_follow() {
        story.declare("a", LONGER_LIFE);
        story.settle();
        var offered = story.payload("a");
        story.remove(ConfigMap.class, "a-payload");
        story.pass(Duration.ofDays(1));
        story.settle();
        assertThat(story.payload("a")).isEqualTo(offered);
    }

    @Test
    void what_the_factory_has_to_allow_first_waits_and_lets_others_pass() {
        story.declare("a", "targets: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
        declareLater("b", LONGER_LIFE);
        assertThat(standings()).containsExactly("a: queued CustodyMismatch", "b: turn");
    }
}
