package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.DesiredTargets.Plan;
import dev.factorytrust.tuf.repository.DesiredTargets.Wanted;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.repository.Samples.NOW;
import static dev.factorytrust.tuf.repository.Samples.UID;
import static dev.factorytrust.tuf.repository.Samples.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DesiredTargetsTest {

    private static final Map<String, TargetFile> A_AND_B = Map.of("a", file("a"), "b", file("b"));
    private static final ManagedPaths A_IS_OURS = new ManagedPaths(UID, Map.of("a", "target-a"));

    @Test
    void a_target_is_added() {
        var plan = plan(A_AND_B, Optional.empty(), List.of(wanted("target-c", "c", 0)));

        assertThat(plan.content()).containsOnlyKeys("a", "b", "c");
        assertThat(plan.record()).isEqualTo(new ManagedPaths(UID, Map.of("c", "target-c")));
        assertThat(plan.changed()).isTrue();
        assertThat(plan.unmanaged()).isEqualTo(2);
    }

    @Test
    void a_path_goes_with_the_target_that_this_factory_saw_it_come_from() {
        var plan = plan(A_AND_B, Optional.of(A_IS_OURS), List.of());

        assertThat(plan.content()).containsOnlyKeys("b");
        assertThat(plan.changed()).isTrue();
        assertThat(plan.record().managed()).isEmpty();
    }

    @Test
    void a_path_stays_that_came_from_a_target_of_a_factory_object_before_this_one() {
        var before = new ManagedPaths("another-uid", Map.of("a", "target-a"));

        var plan = plan(A_AND_B, Optional.of(before), List.of());

        assertThat(plan.content()).isEqualTo(A_AND_B);
        assertThat(plan.changed()).isFalse();
        assertThat(plan.unmanaged()).isEqualTo(2);
    }

    @Test
    void a_target_that_takes_over_a_path_as_it_is_changes_the_record_alone() {
        var plan = plan(A_AND_B, Optional.empty(), List.of(wanted("target-a", "a", 0)));

        assertThat(plan.content()).isEqualTo(A_AND_B);
        assertThat(plan.changed()).isTrue();
        assertThat(plan.unmanaged()).isEqualTo(1);
    }

    @Test
    void a_target_that_takes_over_a_path_brings_its_own_content() {
        var other = new Wanted("target-a", "a", file("another"), NOW);

        assertThat(plan(A_AND_B, Optional.empty(), List.of(other)).content()).containsEntry("a", file("another"));
    }

    @Test
    void the_older_of_two_targets_wins_a_path_even_if_the_younger_has_it() {
        var held = new ManagedPaths(UID, Map.of("a", "a-younger"));

        var plan = plan(A_AND_B, Optional.of(held), List.of(wanted("a-younger", "a", 10), wanted("z-older", "a", 0)));

        assertThat(plan.record().managed()).isEqualTo(Map.of("a", "z-older"));
        assertThat(plan.conflicts()).isEqualTo(Map.of("a-younger", "z-older"));
    }

    @Test
    void of_two_targets_as_old_the_first_by_name_wins() {
        var plan = plan(
                Map.of(), Optional.empty(), List.of(wanted("z", "a", 0), wanted("b", "a", 0), wanted("c", "a", 0)));

        assertThat(plan.record().managed()).isEqualTo(Map.of("a", "b"));
        assertThat(plan.conflicts()).isEqualTo(Map.of("z", "b", "c", "b"));
    }

    @Test
    void the_loser_gets_the_path_when_the_winner_goes() {
        var committed = Map.of("a", file("a"));

        var plan = plan(committed, Optional.of(A_IS_OURS), List.of(wanted("other", "a", 5)));

        assertThat(plan.record().managed()).isEqualTo(Map.of("a", "other"));
        assertThat(plan.conflicts()).isEmpty();
    }

    @Test
    void what_would_empty_the_role_is_held() {
        var committed = Map.of("a", file("a"));

        var plan = plan(committed, Optional.of(A_IS_OURS), List.of());

        assertThat(plan.held()).isTrue();
        assertThat(plan.changed()).isFalse();
        assertThat(plan.content()).isEqualTo(committed);
        assertThat(plan.record()).isEqualTo(A_IS_OURS);
    }

    @Test
    void the_role_is_emptied_with_leave() {
        var plan = DesiredTargets.plan(Map.of("a", file("a")), Optional.of(A_IS_OURS), UID, List.of(), true);

        assertThat(plan.held()).isFalse();
        assertThat(plan.content()).isEmpty();
        assertThat(plan.changed()).isTrue();
    }

    @Test
    void a_role_that_is_empty_stays_so_without_a_new_version() {
        var plan = plan(Map.of(), Optional.empty(), List.of());

        assertThat(plan.held()).isFalse();
        assertThat(plan.changed()).isFalse();
    }

    @Property
    void planning_again_on_the_result_changes_nothing(@ForAll("cases") Case given) {
        var plan = given.plan();

        var again = DesiredTargets.plan(
                plan.content(), Optional.of(plan.record()), UID, given.wanted(), given.allowEmpty());

        assertThat(again.changed()).isFalse();
        assertThat(again)
                .isEqualTo(new Plan(
                        plan.content(), plan.record(), false, plan.held(), plan.conflicts(), plan.unmanaged()));
    }

    @Property
    void no_path_is_lost_that_this_factory_did_not_see_come(@ForAll("cases") Case given) {
        var ours = given.ours();

        assertThat(given.plan().content().keySet())
                .containsAll(given.committed().keySet().stream()
                        .filter(path -> !ours.containsKey(path))
                        .toList());
    }

    @Property
    void every_wanted_path_is_there_with_its_winners_content_unless_held(@ForAll("cases") Case given) {
        var plan = given.plan();

        for (var wanted : given.wanted()) {
            assertThat(plan.content()).containsKey(wanted.path());
            if (!plan.conflicts().containsKey(wanted.target())) {
                assertThat(plan.content()).containsEntry(wanted.path(), wanted.file());
                assertThat(plan.record().managed()).containsEntry(wanted.path(), wanted.target());
            }
        }
    }

    @Property
    void changed_says_whether_devices_or_the_next_plan_would_see_a_difference(@ForAll("cases") Case given) {
        var plan = given.plan();

        assertThat(plan.changed())
                .isEqualTo(!plan.content().equals(given.committed())
                        || !plan.record().managed().equals(given.ours()));
    }

    @Property
    void the_role_is_emptied_only_with_leave(@ForAll("cases") Case given) {
        var plan = given.plan();

        var wouldEmpty = given.wanted().isEmpty()
                && !given.committed().isEmpty()
                && given.ours().keySet().containsAll(given.committed().keySet());
        assertThat(plan.held()).isEqualTo(wouldEmpty && !given.allowEmpty());
        assertThat(plan.content().isEmpty())
                .isEqualTo(wouldEmpty && given.allowEmpty()
                        || given.committed().isEmpty() && given.wanted().isEmpty());
    }

    @Test
    void the_record_reads_back_what_it_writes() {
        var record = new ManagedPaths(UID, Map.of("b/ü \"q\"", "target-b", "a", "target-a"));

        assertThat(ManagedPaths.fromJson(record.toJson())).isEqualTo(record);
        assertThat(A_IS_OURS.toJson().utf8())
                .isEqualTo("{\"factoryUid\":\"%s\",\"managed\":{\"a\":\"target-a\"}}".formatted(UID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"managed\":{}}",
                "{\"factoryUid\":\"x\"}",
                "{\"factoryUid\":1,\"managed\":{}}",
                "{\"factoryUid\":\"x\",\"managed\":[]}",
                "{\"factoryUid\":\"x\",\"managed\":{\"a\":1}}"
            })
    void another_record_than_ours_is_refused(String json) {
        assertThatThrownBy(() -> ManagedPaths.fromJson(Bytes.utf8(json))).isInstanceOf(IllegalArgumentException.class);
    }

    record Case(
            Map<String, TargetFile> committed, Optional<ManagedPaths> record, List<Wanted> wanted, boolean allowEmpty) {

        Plan plan() {
            return DesiredTargets.plan(committed, record, UID, wanted, allowEmpty);
        }

        Map<String, String> ours() {
            return record.filter(known -> known.factoryUid().equals(UID))
                    .map(ManagedPaths::managed)
                    .orElse(Map.of());
        }
    }

    /** Few names, so that they meet; the record names only committed paths, as one that was stored with them does. */
    @Provide
    Arbitrary<Case> cases() {
        var paths = Arbitraries.of("a", "b", "c", "d");
        var contents = Arbitraries.of(file("1"), file("2"));
        var committed = Arbitraries.maps(paths, contents).ofMaxSize(4);
        var managed = Arbitraries.maps(paths, Arbitraries.of("t1", "t2", "t3", "gone"))
                .ofMaxSize(4);
        var uids = Arbitraries.of(UID, "another-uid");
        var wanted = Combinators.combine(
                        Arbitraries.of("t1", "t2", "t3"),
                        paths,
                        contents,
                        Arbitraries.integers().between(0, 2))
                .as((target, path, file, age) -> new Wanted(target, path, file, NOW.plusSeconds(age)))
                .list()
                .uniqueElements(Wanted::target)
                .ofMaxSize(3);
        return Combinators.combine(
                        committed, managed, uids, wanted, Arbitraries.of(true, false), Arbitraries.of(0, 1, 2))
                .as((content, paths2, uid, targets, allowEmpty, recorded) -> {
                    var known = new HashMap<>(paths2);
                    known.keySet().retainAll(content.keySet());
                    return new Case(
                            content,
                            recorded == 0 ? Optional.empty() : Optional.of(new ManagedPaths(uid, known)),
                            targets,
                            allowEmpty);
                });
    }

    private static Plan plan(Map<String, TargetFile> committed, Optional<ManagedPaths> record, List<Wanted> wanted) {
        return DesiredTargets.plan(committed, record, UID, wanted, false);
    }

    private static Wanted wanted(String target, String path, int age) {
        return new Wanted(target, path, file(path), NOW.plusSeconds(age));
    }
}
