package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Each flow is disturbed between any two of its writes, and comes to the same end as undisturbed. After every write
 * the {@link Ledger} is kept and every device of the {@link Field} polls.
 */
@DisplayName("invariants 1, 2, 3, 4, 11: between any two writes")
class CrashTest {

    static final List<Flow> FLOWS = Flow.ALL;

    static Stream<Arguments> flowsInEveryDialect() {
        return Dialects.all().stream()
                .flatMap(dialect -> FLOWS.stream().map(flow -> Arguments.of(flow, Named.of(dialect.id(), dialect))));
    }

    @ParameterizedTest
    @MethodSource("flowsInEveryDialect")
    void a_crash_changes_nothing_but_the_moment(Flow flow, Dialect dialect) {
        // A crash after a write leaves what one before the next leaves.
        everywhere(
                flow,
                dialect,
                write -> write == 1 ? List.of(Moment.values()) : List.of(Moment.AFTER),
                "crash",
                (_, write, moment) -> Interruption.crashAt(write, moment));
    }

    /** The lease was lost and nobody noticed: what the first was about to write, it writes afterwards. */
    @ParameterizedTest
    @FieldSource("FLOWS")
    void another_leader_in_between_changes_nothing(Flow flow) {
        everywhere(
                flow,
                TestMetadata.TUF,
                _ -> List.of(Moment.values()),
                "another leader",
                (story, write, moment) ->
                        Interruption.atWrite(write, moment, _ -> story.settle(story.newOperator(Interruption.NONE))));
    }

    @ParameterizedTest
    @FieldSource("FLOWS")
    void of_two_that_plan_from_the_same_state_the_second_comes_too_late(Flow flow) {
        try (var start = flow.begin(TestMetadata.TUF);
                var twice = start.fork()) {
            assertThat(flow.run(twice, InMemoryStory::stalePlans)).isEqualTo(flow.run(start));
        }
    }

    private interface Disturbance {
        Interruption of(InMemoryStory story, int write, Moment moment);
    }

    private static void everywhere(
            Flow flow, Dialect dialect, IntFunction<List<Moment>> moments, String what, Disturbance disturbance) {
        try (var start = flow.begin(dialect)) {
            var writes = new ArrayList<String>();
            var undisturbed = run(flow, start, _ -> Interruption.noting(writes));
            System.out.printf(
                    "%s in %s: %d write points, disturbed (%s) %s each%n",
                    flow, dialect.id(), writes.size(), what, moments.apply(writes.size()));
            assertThat(writes).isNotEmpty();
            assertThat(undisturbed).contains(flow.goal());
            for (var write = 1; write <= writes.size(); write++) {
                for (var moment : moments.apply(write)) {
                    var number = write;
                    assertThatCode(() -> assertThat(run(flow, start, story -> disturbance.of(story, number, moment)))
                                    .isEqualTo(undisturbed))
                            .as("%s %s write %d, %s", what, moment, write, writes.get(write - 1))
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private static List<String> run(
            Flow flow, InMemoryStory start, Function<InMemoryStory, Interruption> interruption) {
        try (var story = start.fork()) {
            story.restart(interruption.apply(story));
            return flow.run(story);
        }
    }
}
