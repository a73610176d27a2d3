package dev.factorytrust;

import dev.factorytrust.stories.Disturbances;
import dev.factorytrust.stories.Kill;
import dev.factorytrust.stories.Performances;
import dev.factorytrust.stories.Performances.Performance;
import dev.factorytrust.stories.Rehearsal;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wherever the operator is killed, it ends where it would have ended, and no device has been refused on the way. In this
 * package the longest tests are the first to start.
 */
class CrashIT {

    private static Performances performances;

    @BeforeAll
    static void rehearse() throws Exception {
        performances = new Performances();
    }

    @TestFactory
    @DisplayName("invariants 1, 2 and 3: killed between any two writes, each flow ends as if it hadn't been")
    Stream<DynamicContainer> an_operator_that_is_killed_at_any_write_ends_where_it_would_have_ended() {
        return performances.played(rehearsal -> {
            var killed = new ArrayList<Performance>();
            killed.add(killed(rehearsal, 0, Fate.DIES_BEFORE));
            for (var point = 0; point < rehearsal.writes().size(); point++) {
                killed.add(killed(rehearsal, point, Fate.DIES_AFTER));
            }
            return killed;
        });
    }

    /** Dying after a write leaves what dying before the next one leaves: of the two, the one that the API server saw. */
    private static Performance killed(Rehearsal rehearsal, int point, Fate fate) {
        var name = "%s, killed %s write %d: %s"
                .formatted(
                        rehearsal.flow(),
                        fate == Fate.DIES_BEFORE ? "before" : "after",
                        point + 1,
                        rehearsal.writes().get(point));
        return new Performance(name, () -> {
            var kill = new Kill(rehearsal.writes(), point, fate);
            rehearsal.play(Disturbances.at(kill));
            assertThat(kill.isDone()).as("the write was reached").isTrue();
        });
    }

    @AfterAll
    static void print_the_count() {
        performances.close();
        System.out.printf(
                "crash harness: %d flows, %d write points, the operator killed before the first and after each%n",
                performances.rehearsed().size(),
                performances.rehearsed().stream()
                        .mapToInt(rehearsal -> rehearsal.writes().size())
                        .sum());
    }
}
