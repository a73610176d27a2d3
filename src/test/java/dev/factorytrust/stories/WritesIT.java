package dev.factorytrust.stories;

import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.testing.TestClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

/** What Factories cost the API server, which has a whole cluster to serve. */
class WritesIT {

    private static final Duration QUIET = Duration.ofSeconds(3);

    private final TestClock clock = TestClock.start();

    @Test
    void a_due_refresh_costs_two_writes_and_an_idle_factory_none() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var before = settled(operator);
            fleet.poke();
            assertThat(settled(operator)).as("a look at an idle Factory").isEqualTo(before);

            clock.set(Instant.parse(
                    fleet.factory().getStatus().roles().timestamp().refreshAt()));
            fleet.poke();
            fleet.awaitTimestampAbove(1);
            settled(operator);
            assertThat(operator.writes().stream().skip(before))
                    .containsExactly(
                            "PUT /api/v1/namespaces/%s/configmaps/acme-timestamp".formatted(fleet.namespace()),
                            "PATCH /apis/factory-trust.dev/v1alpha1/namespaces/%s/factories/acme/status"
                                    .formatted(fleet.namespace()));
        }
    }

    @Test
    void a_new_target_costs_one_publication_and_writes_to_no_other_target() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.target("a", "");
            fleet.target("b", "");
            fleet.awaitTarget("a", "Published");
            fleet.awaitTarget("b", "Published");
            var before = settled(operator);
            fleet.target("c", "");
            fleet.awaitTarget("c", "Published");
            settled(operator);
            assertThat(operator.writes().stream().skip(before))
                    .as("nothing for the Targets that didn't change")
                    .noneMatch(write -> write.endsWith("/targets/a/status") || write.endsWith("/targets/b/status"))
                    .filteredOn(write -> write.contains("/configmaps"))
                    .hasSize(3);
        }
    }

    @Test
    void a_restarted_operator_writes_nothing_where_nothing_is_due() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            Fleet.await(() ->
                    assertThat(fleet.factory().getStatus().targets().count()).isEqualTo(1));
            fleet.awaitReady();
        }
        try (var operator = fleet.operator(clock)) {
            assertThat(settled(operator)).as("%s", operator.writes()).isZero();
        }
    }

    /** The number of writes, once there was none for a while. */
    private static int settled(RunningOperator operator) {
        var last = new AtomicInteger(-1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .during(QUIET)
                .until(() -> last.getAndSet(operator.writes().size())
                        == operator.writes().size());
        return operator.writes().size();
    }
}
