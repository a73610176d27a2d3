package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.factory.Interruption.Moment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.opentest4j.AssertionFailedError;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each flow is disturbed before and after each of its writes, and comes to the same end as undisturbed. After every write
 * the {@link Ledger} is kept and every device of the {@link Field} polls.
 */
@DisplayName("invariants 1, 2, 3, 4, 11: between any two writes")
class CrashTest {

    static final List<Flow> FLOWS = Flow.ALL;

    @ParameterizedTest
    @FieldSource("FLOWS")
    void a_crash_changes_nothing_but_the_moment(Flow flow) {
        everywhere(flow, "crash", (write, moment) -> Interruption.crashAt(write, moment));
    }

    private static void everywhere(Flow flow, String what, BiFunction<Integer, Moment, Interruption> disturbance) {
        try (var start = flow.begin()) {
            var writes = new ArrayList<String>();
            var undisturbed = run(flow, start, InMemoryStory.noting(writes));
            System.out.printf("%s: %d write points, disturbed (%s) before and after each%n", flow, writes.size(), what);
            assertThat(writes).isNotEmpty();
            for (var write = 1; write <= writes.size(); write++) {
                for (var moment : Moment.values()) {
                    var where = "%s %s write %d of %d, %s"
                            .formatted(what, moment, write, writes.size(), writes.get(write - 1));
                    try {
                        assertThat(run(flow, start, disturbance.apply(write, moment)))
                                .as(where)
                                .isEqualTo(undisturbed);
                    } catch (AssertionError | RuntimeException e) {
                        throw e instanceof AssertionFailedError ? (AssertionError) e : new AssertionError(where, e);
                    }
                }
            }
        }
    }

    private static List<String> run(Flow flow, InMemoryStory start, Interruption interruption) {
        try (var story = start.fork(interruption)) {
            return flow.run(story);
        }
    }
}
