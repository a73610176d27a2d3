package dev.factorytrust;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;

import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What meters are called, where libraries leave it to chance or to strangers. */
@ApplicationScoped
class MeterNames {

    private static final String EVENTS = "events.received";
    private static final String ACTION = "action";
    private static final String REQUESTS = "http.server.requests";
    private static final String METHOD = "method";
    private static final Set<String> SERVED = Set.of("GET", "HEAD");

    /**
     * Gives every meter of one name the same tags, as Prometheus needs. JOSDK 5.3.2 counts events of resources with a tag
     * {@code action} and all others without; the second kind is refused with an exception, on the very thread that brings
     * the event, and what it was to wake sleeps on.
     */
    @Produces
    @Singleton
    MeterFilter actionOfEveryEvent() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals(EVENTS) && id.getTag(ACTION) == null
                        ? id.withTag(Tag.of(ACTION, "none"))
                        : id;
            }
        };
    }

    /**
     * Any word that a stranger sends is a method (RFC 9110, 9.1), and each would have a timer of its own for as long as the
     * process lives. Paths have one name for all, by {@code match-patterns} in application.properties.
     */
    @Produces
    @Singleton
    MeterFilter methodsThatAreServed() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                var method = id.getName().equals(REQUESTS) ? id.getTag(METHOD) : null;
                return method == null || SERVED.contains(method) ? id : id.withTag(Tag.of(METHOD, "OTHER"));
            }
        };
    }
}
