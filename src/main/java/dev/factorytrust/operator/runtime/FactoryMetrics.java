package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.tuf.model.RoleName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** What monitoring sees of each Factory. Meters appear with the first report and go with {@link #forget}. */
public final class FactoryMetrics {

    /** How an attempt to publish ended. */
    public enum Result {
        PUBLISHED,
        /** Somebody else published first; planned again. */
        CONFLICT,
        /** The result would have failed on devices, so it was not published. */
        REFUSED,
        FAILED
    }

    /** One role as published; {@code refreshAt}: when it is due, of root when its renewal is proposed. */
    public record RoleReport(long version, Instant expires, Instant refreshAt) {}

    /**
     * The rotation that waits for people.
     *
     * @param reason as in condition {@code RotationPending}
     * @param signatures how many it still needs; empty where nobody can say, for its RootRotation is gone
     * @param since when they were first asked for, whatever waited before
     */
    public record Pending(String rotation, String reason, Optional<Integer> signatures, Instant since) {}

    private final MeterRegistry registry;
    private final Map<FactoryRef, Meters> factories = new ConcurrentHashMap<>();
    private final Map<FactoryRef, Gauge> declared = new ConcurrentHashMap<>();
    private final Map<FactoryRef, Served> served = new ConcurrentHashMap<>();
    private volatile boolean silent;

    public FactoryMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        // A clock that is wrong signs wrong times: compare it with Prometheus' own.
        Gauge.builder("factory_trust_clock_time_seconds", clock, c -> c.instant()
                        .getEpochSecond())
                .description("The clock that expiry is judged by")
                .strongReference(true)
                .register(registry);
    }

    /** Says on every replica that there is such a Factory, so that it is noticed where none reports it. */
    public void declared(FactoryRef factory) {
        declared.computeIfAbsent(factory, _ -> Gauge.builder("factory_trust_factory_declared", () -> 1)
                .description("1 for each Factory that there is")
                .tags(tags(factory))
                .register(registry));
    }

    /**
     * Says on every replica what it serves, so that one is noticed which no longer hears of what is published.
     *
     * @param timestamp the version that devices are served; 0 for none
     */
    public void served(FactoryRef factory, long timestamp) {
        served.compute(factory, (_, before) -> {
            if (timestamp == 0) {
                Optional.ofNullable(before).map(Served::gauge).ifPresent(registry::remove);
                return null;
            }
            var present = before == null ? new Served(tags(factory)) : before;
            present.timestamp.set(timestamp);
            return present;
        });
    }

    private final class Served {

        private final AtomicLong timestamp = new AtomicLong();
        private final Gauge gauge;

        private Served(Tags tags) {
            gauge = Gauge.builder("factory_trust_served_timestamp_version", timestamp, AtomicLong::doubleValue)
                    .description("The version of the timestamp that this replica serves")
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }

        private Gauge gauge() {
            return gauge;
        }
    }

    /** Replaces what was reported of the Factory; the cost is the Factory's own, however many there are. */
    public void report(
            FactoryRef factory,
            List<Condition> conditions,
            Map<RoleName, RoleReport> roles,
            Optional<Pending> pending) {
        factories.compute(factory, (_, meters) -> {
            if (silent) {
                return meters;
            }
            var present = meters == null ? new Meters(tags(factory)) : meters;
            present.report(conditions, roles, pending);
            return present;
        });
    }

    public void published(FactoryRef factory, Result result) {
        factories.compute(factory, (_, meters) -> {
            if (silent) {
                return meters;
            }
            var present = meters == null ? new Meters(tags(factory)) : meters;
            present.count(result);
            return present;
        });
    }

    /** Takes back what was reported, for good: who no longer signs knows no longer how a Factory is. */
    public void silence() {
        silent = true;
        factories.keySet().forEach(this::takeBack);
    }

    /** Removes every meter of a Factory that is gone, but for what devices are served of it all the same. */
    public void forget(FactoryRef factory) {
        declared.computeIfPresent(factory, (_, gauge) -> {
            registry.remove(gauge);
            return null;
        });
        takeBack(factory);
    }

    private void takeBack(FactoryRef factory) {
        factories.computeIfPresent(factory, (_, meters) -> {
            meters.removeAll();
            return null;
        });
    }

    private static Tags tags(FactoryRef factory) {
        return Tags.of("namespace", factory.namespace(), "factory", factory.name());
    }

    private static boolean isNews(Condition condition) {
        return condition.status().equals("True") && !condition.type().equals(Conditions.READY);
    }

    /** One Factory's meters, each reading the value last reported under its id. */
    private final class Meters {

        private record Id(String name, Tags tags) {}

        private final Tags own;
        private final Map<Id, Gauge> gauges = new HashMap<>();
        private final Map<Id, Double> values = new ConcurrentHashMap<>();
        private final Map<Result, Counter> publications = new HashMap<>();

        Meters(Tags own) {
            this.own = own;
        }

        void report(List<Condition> conditions, Map<RoleName, RoleReport> roles, Optional<Pending> pending) {
            var now = new HashMap<Id, Double>();
            now.put(
                    new Id("factory_trust_factory_ready", own),
                    Conditions.holds(conditions, Conditions.READY) ? 1.0 : 0.0);
            // Since when, and not 1: an alert on how long it holds then survives a change of the leader.
            conditions.stream().filter(FactoryMetrics::isNews).forEach(condition -> {
                var tags = own.and("type", condition.type()).and("reason", condition.reason());
                now.put(new Id("factory_trust_condition_since_timestamp_seconds", tags), (double)
                        Instant.parse(condition.lastTransitionTime()).getEpochSecond());
            });
            roles.forEach((role, report) -> {
                var tags = own.and("role", role.value());
                now.put(new Id("factory_trust_metadata_version", tags), (double) report.version());
                now.put(new Id("factory_trust_metadata_expiration_timestamp_seconds", tags), (double)
                        report.expires().getEpochSecond());
                now.put(new Id("factory_trust_metadata_refresh_timestamp_seconds", tags), (double)
                        report.refreshAt().getEpochSecond());
            });
            pending.ifPresent(rotation -> {
                var tags = own.and("rotation", rotation.rotation());
                rotation.signatures()
                        .ifPresent(lacking -> now.put(
                                new Id("factory_trust_rotation_pending_signatures", tags), lacking.doubleValue()));
                now.put(
                        new Id(
                                "factory_trust_rotation_pending_since_timestamp_seconds",
                                tags.and("reason", rotation.reason())),
                        (double) rotation.since().getEpochSecond());
            });
            values.putAll(now);
            now.keySet().forEach(id -> gauges.computeIfAbsent(id, this::gauge));
            gauges.entrySet().removeIf(entry -> {
                var gone = !now.containsKey(entry.getKey());
                if (gone) {
                    registry.remove(entry.getValue());
                    values.remove(entry.getKey());
                }
                return gone;
            });
        }

        private Gauge gauge(Id id) {
            ToDoubleFunction<Map<Id, Double>> value = all -> all.getOrDefault(id, Double.NaN);
            return Gauge.builder(id.name(), values, value)
                    .tags(id.tags())
                    .strongReference(true)
                    .register(registry);
        }

        void count(Result result) {
            publications
                    .computeIfAbsent(result, ending -> Counter.builder("factory_trust_publications_total")
                            .tags(own.and("result", ending.name().toLowerCase(Locale.ROOT)))
                            .register(registry))
                    .increment();
        }

        void removeAll() {
            gauges.values().forEach(registry::remove);
            publications.values().forEach((Meter meter) -> registry.remove(meter));
        }
    }
}
