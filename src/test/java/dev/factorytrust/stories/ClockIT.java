package dev.factorytrust.stories;

import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

/** A clock that is wrong signs nothing that a right one would regret (invariant 10). */
class ClockIT {

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 10: behind the last signature nothing is signed, until the clock is right again")
    void a_clock_an_hour_behind_signs_nothing_and_says_so() {
        var fleet = Fleet.declared("targets: {allowEmpty: true}");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
        }
        var before = fleet.stored();
        clock.advance(Duration.ofHours(-1));
        fleet.target("lmp", "");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitCondition("Degraded", "True", "ClockSkewed");
            assertThat(fleet.conditions()).isEqualTo("Degraded=True Ready=True RootKeysInCluster=True");
            fleet.awaitTarget("lmp", "Pending");
            assertThat(fleet.stored()).isEqualTo(before);
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update()).isInstanceOf(Device.Updated.class);

            clock.advance(Duration.ofHours(1));
            fleet.poke();
            fleet.awaitTarget("lmp", "Published");
            Fleet.await(() -> assertThat(fleet.condition("Degraded")).isEmpty());
        }
    }

    @Test
    @DisplayName("invariant 10: half a minute behind is what clocks do")
    void a_clock_half_a_minute_behind_signs() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            clock.advance(Duration.ofSeconds(-30));
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
        }
    }

    @Test
    @DisplayName("invariant 10: a last signature from the future doesn't stop a clock that the API server confirms")
    void after_a_signature_by_a_clock_a_month_ahead_a_right_clock_goes_on() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            clock.advance(Duration.ofDays(30));
            fleet.poke();
            fleet.awaitTimestampAbove(1);
            assertThat(Instant.parse(
                            fleet.factory().getStatus().roles().timestamp().expires()))
                    .isAfter(Instant.now().plus(Duration.ofDays(30)));

            clock.advance(Duration.ofDays(-30));
            fleet.poke();
            fleet.awaitTimestampAbove(2);
            fleet.awaitReady();
            assertThat(Instant.parse(
                            fleet.factory().getStatus().roles().timestamp().expires()))
                    .as("a life by the policy, not by the clock that was wrong")
                    .isBefore(Instant.now().plus(Duration.ofDays(1)).plusSeconds(1));
            assertThat(fleet.condition("Degraded")).isEmpty();
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
        }
    }

    @Test
    @DisplayName("invariant 10: back from a month ahead to an hour ago, neither clock is believed")
    void a_clock_that_the_api_server_does_not_confirm_never_signs_below_the_last_signature() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            clock.advance(Duration.ofDays(30));
            fleet.poke();
            fleet.awaitTimestampAbove(1);
            clock.advance(Duration.ofDays(-30).minusHours(1));
            var before = fleet.stored();
            fleet.poke();
            fleet.awaitCondition("Degraded", "True", "ClockSkewed");
            assertThat(fleet.stored()).isEqualTo(before);
        }
    }
}
