package dev.factorytrust.stories;

import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What another operator makes of what the last one left. */
class RestartIT {

    private final TestClock clock = TestClock.start();

    @Test
    void a_restart_has_nothing_to_say_of_what_has_not_changed() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
        }
        try (var operator = fleet.operator(clock)) {
            // By then it has looked at everything that was there before.
            fleet.target("later", "");
            fleet.awaitTarget("later", "Published");
            assertThat(operator.writes()).noneMatch(write -> write.endsWith("/targets/lmp/status"));
        }
    }
}
