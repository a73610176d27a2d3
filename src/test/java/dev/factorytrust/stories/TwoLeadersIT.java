package dev.factorytrust.stories;

import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.testing.TestClock;
import io.micrometer.core.instrument.Counter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** A leader hangs at the worst moment, another takes over, and then the first wakes up and carries on. */
class TwoLeadersIT {

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariants 2 and 3: a commit that comes too late is dropped, and what was made for it is not adopted")
    void a_leader_that_hangs_before_its_commit_overwrites_nothing() {
        var fleet = Fleet.declared("");
        try (var late = fleet.operator(clock)) {
            fleet.awaitReady();
            var commit = late.stallBefore("PUT " + timestamp(fleet));
            fleet.target("lmp", "");
            Fleet.await(() -> assertThat(commit.isReached()).isTrue());
            assertThat(fleet.stored()).containsKeys("targets-2", "snapshot-2");
            // So that the same versions, made anew, would have other bytes.
            clock.advance(Duration.ofMinutes(1));
            try (var next = fleet.operator(clock)) {
                fleet.awaitTarget("lmp", "Published");
                assertThat(fleet.target("lmp").getStatus().publishedIn()).isEqualTo(3);
                var device = fleet.device(DeviceClient.PYTHON_TUF, next);
                fleet.awaitServed(next);
                assertThat(device.update()).isEqualTo(new Device.Updated(1, 2, 3, 3, Set.of("lmp")));
                var committed = fleet.stored();

                var conflicts = conflicts(late);
                commit.close();
                Fleet.await(() -> assertThat(conflicts(late)).isGreaterThan(conflicts));
                assertThat(fleet.stored())
                        .containsEntry("timestamp", committed.get("timestamp"))
                        .containsEntry("snapshot-3", committed.get("snapshot-3"))
                        .containsEntry("targets-3", committed.get("targets-3"));
                fleet.target("lmp-2", "");
                fleet.awaitTarget("lmp-2", "Published");
                fleet.awaitServed(next);
                assertThat(device.update())
                        .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                                .containsExactly("lmp", "lmp-2"));
            }
        }
    }

    @Test
    @DisplayName("invariant 2: before anything is signed the commit point is read live, and a newer one drops the plan")
    void a_leader_that_hangs_before_it_signs_writes_nothing_that_is_outdated() {
        var fleet = Fleet.declared("");
        try (var late = fleet.operator(clock)) {
            fleet.awaitReady();
            var liveRead = late.stallBefore("GET " + timestamp(fleet));
            fleet.target("lmp", "");
            Fleet.await(() -> assertThat(liveRead.isReached()).isTrue());
            var before = late.writes().size();
            try (var next = fleet.operator(clock)) {
                fleet.awaitTarget("lmp", "Published");
                var conflicts = conflicts(late);
                liveRead.close();
                Fleet.await(() -> assertThat(conflicts(late)).isGreaterThan(conflicts));
                assertThat(late.writes().stream().skip(before)).noneMatch(write -> write.contains("/configmaps"));
                fleet.awaitServed(next);
                assertThat(fleet.device(DeviceClient.PYTHON_TUF, next).update())
                        .isEqualTo(new Device.Updated(1, 2, 2, 2, Set.of("lmp")));
            }
        }
    }

    private static String timestamp(Fleet fleet) {
        return "/api/v1/namespaces/" + fleet.namespace() + "/configmaps/acme-timestamp";
    }

    /** How often it has tried to publish, lost, and dropped its plan. */
    private static double conflicts(RunningOperator operator) {
        return Optional.ofNullable(operator.metrics()
                        .find("factory_trust_publications_total")
                        .tag("result", "conflict")
                        .counter())
                .map(Counter::count)
                .orElse(0.0);
    }
}
