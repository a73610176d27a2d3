package dev.factorytrust.stories;

import dev.factorytrust.stories.Rehearsal.Disturbance;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** However the operator is interrupted, it ends where it would have ended, and no device has been refused on the way. */
class CrashIT {

    private static final List<Rehearsal> REHEARSED = new ArrayList<>();

    @TestFactory
    @DisplayName("invariants 1, 2 and 3: killed before and after every write, each flow ends as if it hadn't been")
    Stream<DynamicContainer> an_operator_that_is_killed_at_any_write_ends_where_it_would_have_ended() {
        return Flows.all().stream().limit(Integer.getInteger("flows", 99)).map(flow -> {
            var rehearsal = new Rehearsal(flow);
            REHEARSED.add(rehearsal);
            return dynamicContainer(
                    flow.name(),
                    IntStream.range(0, rehearsal.writes().size()).boxed().flatMap(point -> Stream.of(
                                    Fate.DIES_BEFORE, Fate.DIES_AFTER)
                            .map(fate -> killed(rehearsal, point, fate))));
        });
    }

    private static DynamicTest killed(Rehearsal rehearsal, int point, Fate fate) {
        var name = "%s, killed %s write %d: %s"
                .formatted(
                        rehearsal.flow(),
                        fate == Fate.DIES_BEFORE ? "before" : "after",
                        point + 1,
                        rehearsal.writes().get(point));
        return dynamicTest(name, () -> {
            var kill = new Kill(rehearsal.writes(), point, fate);
            rehearsal.play(one(kill));
            assertThat(kill.isDone()).as("the write was reached").isTrue();
        });
    }

    private static Disturbance one(Kill kill) {
        return (rehearsal, clock) -> new Supervisor(rehearsal.people().namespace(), clock, kill, Duration.ZERO)::close;
    }

    @AfterAll
    static void print_the_count() {
        REHEARSED.forEach(rehearsal -> System.out.printf(
                "%s: %d write points, %d updates of devices%n",
                rehearsal.flow(), rehearsal.writes().size(), rehearsal.updates()));
        System.out.printf(
                "crash harness: %d flows, %d write points, each killed before and after%n",
                REHEARSED.size(),
                REHEARSED.stream()
                        .mapToInt(rehearsal -> rehearsal.writes().size())
                        .sum());
    }
}
