package dev.factorytrust.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import java.util.List;

/**
 * Counts the devices of one Factory by how far their root lags. All four counters exist from the first view on, so that
 * a fleet that never asks reads as 0 and not as absent; strangers' paths never make a label value.
 */
final class RootRequests {

    private static final List<String> BEHIND = List.of("0", "1", "2", "3+");

    private final MeterRegistry registry;
    private final List<Counter> counters;

    RootRequests(MeterRegistry registry, String namespace, String factory) {
        this.registry = registry;
        this.counters = BEHIND.stream()
                .map(behind -> Counter.builder("factory.trust.device.root.requests")
                        .description("Requests for N.root.json by newest + 1 - N: 0 ends a device's walk,"
                                + " 1 or more is a root fetched by a device at least that far behind")
                        .tags("namespace", namespace, "factory", factory, "behind", behind)
                        .register(registry))
                .toList();
    }

    void count(long requested, long newest) {
        var behind = newest + 1 - requested;
        if (behind >= 0) {
            counters.get((int) Math.min(behind, BEHIND.size() - 1)).increment();
        }
    }

    void unregister() {
        counters.forEach(registry::remove);
    }
}
