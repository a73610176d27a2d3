package dev.factorytrust;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Gives every meter of one name the same tags, as Prometheus needs. JOSDK 5.3.2 counts events of resources with a tag
 * {@code action} and all others without; the second kind is refused with an exception, on the very thread that brings
 * the event, and what it was to wake sleeps on.
 */
@ApplicationScoped
class MeterNames {

    private static final String EVENTS = "events.received";
    private static final String ACTION = "action";

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
}
