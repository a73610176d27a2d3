package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Metadata stays fresh by itself (invariant 10), and what can't be kept fresh says so. */
class RefreshIT {

    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 10: the timestamp is renewed at its refreshAt, not a moment before, and nothing else is")
    void the_timestamp_is_renewed_at_its_refresh_at_and_not_before() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            var before = fleet.stored();
            var due = refreshAt(fleet, "timestamp");
            clock.set(due.minus(MOMENT));
            fleet.poke();
            fleet.awaitTimestampAbove(1);
            assertThat(fleet.signedAt()).isAfterOrEqualTo(due);
            var after = fleet.stored();
            assertThat(after.remove("timestamp")).isNotEqualTo(before.remove("timestamp"));
            assertThat(after).isEqualTo(before);
            assertThat(fleet.factory().getStatus().roles().timestamp().expires())
                    .as("a day from the second of signing")
                    .isEqualTo(fleet.signedAt()
                            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                            .plus(Duration.ofDays(1))
                            .toString());
        }
    }

    @Test
    @DisplayName("invariant 10: a snapshot or targets that falls due brings everything above it along")
    void a_role_that_falls_due_renews_the_roles_that_vouch_for_it_in_one_publication() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            clock.set(refreshAt(fleet, "snapshot"));
            fleet.poke();
            fleet.awaitTimestampAbove(1);
            assertThat(versions(fleet)).isEqualTo("root 1 targets 1 snapshot 2 timestamp 2");
            fleet.awaitServed(operator);
            assertThat(device.update(clock.instant())).isEqualTo(new Device.Updated(1, 2, 2, 1, Set.of()));
            clock.set(refreshAt(fleet, "targets"));
            fleet.poke();
            fleet.awaitTimestampAbove(2);
            assertThat(versions(fleet)).isEqualTo("root 1 targets 2 snapshot 3 timestamp 3");
            fleet.awaitServed(operator);
            assertThat(device.update(clock.instant())).isEqualTo(new Device.Updated(1, 3, 3, 2, Set.of()));
        }
    }

    @Test
    @DisplayName("invariant 10: after a week without an operator one publication makes up for all that was missed")
    void after_a_week_of_downtime_one_publication_brings_everything_up_to_date() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
        }
        clock.advance(Duration.ofDays(8));
        try (var operator = fleet.operator(clock)) {
            fleet.awaitTimestampAbove(1);
            fleet.awaitReady();
            assertThat(versions(fleet)).isEqualTo("root 1 targets 1 snapshot 2 timestamp 2");
            fleet.awaitServed(operator);
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update(clock.instant()))
                    .isInstanceOf(Device.Updated.class);
        }
    }

    @Test
    void a_paused_factory_signs_nothing_and_still_says_that_it_expired() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.patch("{\"paused\": true}");
            fleet.awaitCondition("Paused", "True", "Paused");
            assertThat(fleet.conditions()).isEqualTo("Paused=True Ready=True RootKeysInCluster=True");
            var before = fleet.stored();
            clock.set(Instant.parse(
                    fleet.factory().getStatus().roles().timestamp().expires()));
            fleet.poke();
            fleet.awaitCondition("Ready", "False", "Expired");
            assertThat(fleet.conditions()).isEqualTo("Paused=True Ready=False RootKeysInCluster=True Stalled=True");
            assertThat(fleet.stored()).isEqualTo(before);
            fleet.patch("{\"paused\": false}");
            fleet.awaitReady();
            assertThat(versions(fleet)).isEqualTo("root 1 targets 1 snapshot 1 timestamp 2");
        }
    }

    @Test
    @DisplayName("invariant 11: a policy that is changed takes effect with a new version, never under the old one")
    void a_shorter_life_takes_effect_at_once_under_a_new_version() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.patch("{\"timestamp\": {\"expiresAfter\": \"2h\"}}");
            fleet.awaitTimestampAbove(1);
            assertThat(Instant.parse(
                            fleet.factory().getStatus().roles().timestamp().expires()))
                    .isBefore(clock.instant().plus(Duration.ofHours(2)));
        }
    }

    @Test
    void monitoring_sees_each_roles_version_expiry_and_refresh_and_every_publication() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            var status = fleet.factory().getStatus().roles();
            var gauges = new HashMap<String, Double>();
            Fleet.await(() -> {
                gauges.clear();
                operator.metrics()
                        .find("factory_trust_metadata_version")
                        .gauges()
                        .forEach(gauge -> gauges.put(gauge.getId().getTag("role"), gauge.value()));
                assertThat(gauges).hasSize(4).allSatisfy((_, version) -> assertThat(version)
                        .isEqualTo(1.0));
            });
            assertThat(operator.metrics()
                            .get("factory_trust_metadata_expiration_timestamp_seconds")
                            .tag("role", "timestamp")
                            .gauge()
                            .value())
                    .isEqualTo(Instant.parse(status.timestamp().expires()).getEpochSecond());
            assertThat(operator.metrics()
                            .get("factory_trust_metadata_refresh_timestamp_seconds")
                            .tag("role", "timestamp")
                            .gauge()
                            .value())
                    .isEqualTo(Instant.parse(status.timestamp().refreshAt()).getEpochSecond());
            assertThat(operator.metrics()
                            .get("factory_trust_publications_total")
                            .tag("result", "published")
                            .counter()
                            .count())
                    .isEqualTo(1.0);
            assertThat(operator.metrics()
                            .get("factory.trust.device.root.requests")
                            .tags("namespace", fleet.namespace(), "factory", "acme", "behind", "0")
                            .counter()
                            .count())
                    .as("the device asked for root 2 and was told that there is none")
                    .isEqualTo(1.0);
        }
    }

    private static Instant refreshAt(Fleet fleet, String role) {
        FactoryStatus.Roles roles = fleet.factory().getStatus().roles();
        return Instant.parse(
                switch (role) {
                    case "timestamp" -> roles.timestamp().refreshAt();
                    case "snapshot" -> roles.snapshot().refreshAt();
                    default -> roles.targets().refreshAt();
                });
    }

    private static String versions(Fleet fleet) {
        var roles = fleet.factory().getStatus().roles();
        return "root %d targets %d snapshot %d timestamp %d"
                .formatted(
                        roles.root().version(),
                        roles.targets().version(),
                        roles.snapshot().version(),
                        roles.timestamp().version());
    }
}
