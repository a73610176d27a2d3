package dev.factorytrust.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that runs as the machine's does, and can be set: timers go by real time, so a clock at rest would starve them. */
public final class TestClock implements InstantSource {

    private final Instant started = Instant.now();
    private volatile Duration offset = Duration.ZERO;

    private TestClock() {}

    /** A clock that shows the machine's time until it is set. */
    public static TestClock start() {
        return new TestClock();
    }

    /** When it was made, by the machine's time. */
    public Instant started() {
        return started;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(offset);
    }

    /** Sets the clock by {@code step}, back if negative. */
    public void advance(Duration step) {
        offset = offset.plus(step);
    }

    /** Sets the clock to {@code time}, from which it runs on. */
    public void set(Instant time) {
        offset = Duration.between(Instant.now(), time);
    }
}
