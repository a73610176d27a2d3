package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.operator.runtime.FactoryMetrics.Pending;
import dev.factorytrust.operator.runtime.FactoryMetrics.Result;
import dev.factorytrust.operator.runtime.FactoryMetrics.RoleReport;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.tuf.model.RoleName;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class FactoryMetricsTest {

    private static final FactoryRef ACME = new FactoryRef("fleet", "acme");
    private static final FactoryRef OTHER = new FactoryRef("fleet", "other");
    private static final Map<RoleName, RoleReport> TIMESTAMP = Map.of(
            RoleName.TIMESTAMP, new RoleReport(7, Instant.ofEpochSecond(2_000_000_000), Instant.ofEpochSecond(1000)));

    private static final List<Condition> READY = List.of(
            new Condition("Ready", "True", "Published", "", "1970-01-01T00:00:10Z", 1L),
            new Condition("RootKeysInCluster", "True", "NotRetrieved", "", "1970-01-01T00:00:20Z", 1L));
    private static final List<Condition> STALLED = List.of(
            new Condition("Ready", "False", "Expired", "", "1970-01-01T00:00:30Z", 1L),
            new Condition("Stalled", "True", "Expired", "", "1970-01-01T00:00:30Z", 1L));

    private static final Pending WAITING =
            new Pending("handover", "AwaitingSignatures", Optional.of(2), Instant.ofEpochSecond(40));

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FactoryMetrics metrics = new FactoryMetrics(registry, InstantSource.fixed(Instant.ofEpochSecond(42)));

    @Test
    void a_report_is_what_prometheus_reads() {
        metrics.report(ACME, READY, TIMESTAMP, Optional.of(WAITING));
        metrics.declared(ACME);
        metrics.declared(ACME);
        metrics.published(ACME, Result.PUBLISHED);
        metrics.published(ACME, Result.PUBLISHED);
        metrics.published(ACME, Result.CONFLICT);

        assertThat(registry.scrape().lines().filter(line -> !line.startsWith("#")))
                .containsExactlyInAnyOrder(
                        "factory_trust_clock_time_seconds 42.0",
                        "factory_trust_factory_declared{factory=\"acme\",namespace=\"fleet\",} 1.0",
                        "factory_trust_factory_ready{factory=\"acme\",namespace=\"fleet\",} 1.0",
                        "factory_trust_condition_since_timestamp_seconds{factory=\"acme\",namespace=\"fleet\","
                                + "reason=\"NotRetrieved\",type=\"RootKeysInCluster\",} 20.0",
                        "factory_trust_metadata_version{factory=\"acme\",namespace=\"fleet\",role=\"timestamp\",} 7.0",
                        "factory_trust_metadata_expiration_timestamp_seconds"
                                + "{factory=\"acme\",namespace=\"fleet\",role=\"timestamp\",} 2.0E9",
                        "factory_trust_metadata_refresh_timestamp_seconds"
                                + "{factory=\"acme\",namespace=\"fleet\",role=\"timestamp\",} 1000.0",
                        "factory_trust_rotation_pending_signatures"
                                + "{factory=\"acme\",namespace=\"fleet\",rotation=\"handover\",} 2.0",
                        "factory_trust_rotation_pending_since_timestamp_seconds{factory=\"acme\",namespace=\"fleet\","
                                + "reason=\"AwaitingSignatures\",rotation=\"handover\",} 40.0",
                        "factory_trust_publications_total"
                                + "{factory=\"acme\",namespace=\"fleet\",result=\"published\",} 2.0",
                        "factory_trust_publications_total"
                                + "{factory=\"acme\",namespace=\"fleet\",result=\"conflict\",} 1.0");
    }

    @Test
    void a_later_report_replaces_values_and_drops_what_it_no_longer_has() {
        metrics.report(ACME, READY, TIMESTAMP, Optional.of(WAITING));
        metrics.report(ACME, STALLED, TIMESTAMP, Optional.empty());
        assertThat(registry.get("factory_trust_factory_ready").gauge().value()).isZero();
        assertThat(registry.find("factory_trust_rotation_pending_signatures").gauges())
                .isEmpty();
        assertThat(registry.find("factory_trust_condition_since_timestamp_seconds")
                        .gauges())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getId().getTag("type")).isEqualTo("Stalled"))
                .satisfies(gauge -> assertThat(gauge.value()).isEqualTo(30));
        metrics.report(
                ACME,
                STALLED,
                TIMESTAMP,
                Optional.of(new Pending("handover", "AwaitingSignatures", Optional.of(1), WAITING.since())));
        assertThat(registry.get("factory_trust_rotation_pending_signatures")
                        .gauge()
                        .value())
                .isOne();
    }

    @Test
    void a_deleted_factory_leaves_nothing_and_its_neighbour_everything() {
        metrics.report(ACME, READY, TIMESTAMP, Optional.of(WAITING));
        metrics.declared(ACME);
        metrics.published(ACME, Result.FAILED);
        metrics.report(OTHER, READY, TIMESTAMP, Optional.empty());
        metrics.forget(ACME);
        assertThat(registry.scrape()).doesNotContain("\"acme\"").contains("\"other\"");

        metrics.report(ACME, STALLED, Map.of(), Optional.empty());
        assertThat(registry.scrape())
                .contains("factory_trust_factory_ready{factory=\"acme\",namespace=\"fleet\",} 0.0")
                .doesNotContain("factory_trust_publications_total");
    }

    @Test
    void what_devices_are_served_is_said_for_as_long_as_they_are_whoever_signs_and_whatever_is_declared() {
        metrics.served(ACME, 7);
        metrics.served(ACME, 8);
        metrics.silence();
        metrics.forget(ACME);
        assertThat(registry.scrape())
                .contains("factory_trust_served_timestamp_version{factory=\"acme\",namespace=\"fleet\",} 8.0");
        metrics.served(ACME, 0);
        assertThat(registry.scrape()).doesNotContain("acme");
        metrics.served(ACME, 1);
        assertThat(registry.scrape()).contains("namespace=\"fleet\",} 1.0");
    }

    @Test
    void who_no_longer_signs_says_what_there_is_and_no_longer_how_it_is() {
        metrics.declared(ACME);
        metrics.report(ACME, READY, TIMESTAMP, Optional.of(WAITING));
        metrics.published(ACME, Result.PUBLISHED);
        metrics.silence();
        metrics.report(ACME, STALLED, TIMESTAMP, Optional.of(WAITING));
        metrics.published(OTHER, Result.FAILED);
        assertThat(registry.scrape().lines().filter(line -> !line.startsWith("#")))
                .containsExactlyInAnyOrder(
                        "factory_trust_clock_time_seconds 42.0",
                        "factory_trust_factory_declared{factory=\"acme\",namespace=\"fleet\",} 1.0");
    }
}
