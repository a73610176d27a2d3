package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.FactoryRef;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long a Factory's plans have been out of date each time that they were carried out. That happens, and is over with the
 * next look; where it isn't, caches have stopped following the API server, or something keeps writing what the operator
 * does, and somebody has to be told before metadata expires.
 */
final class Overtaken {

    private static final Duration USUAL = Duration.ofMinutes(1);

    private final Map<FactoryRef, Instant> since = new ConcurrentHashMap<>();

    /** Whether it has lasted for longer than can be explained. */
    boolean again(FactoryRef factory, Instant now) {
        var first = since.putIfAbsent(factory, now);
        return first != null && now.isAfter(first.plus(USUAL));
    }

    void over(FactoryRef factory) {
        since.remove(factory);
    }
}
