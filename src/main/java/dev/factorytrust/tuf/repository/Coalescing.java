package dev.factorytrust.tuf.repository;

import java.time.Duration;
import java.time.Instant;

/** Gathers changes that come in a burst into one publication: devices fetch less, and versions are not wasted. */
public final class Coalescing {

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration LATEST = Duration.ofSeconds(5);

    private Coalescing() {}

    /**
     * After a second of quiet; five seconds after the first change at the latest.
     *
     * @param first when the oldest unpublished change was seen
     * @param last when the newest was
     */
    public static Instant publishAt(Instant first, Instant last) {
        var quiet = last.plus(QUIET);
        var latest = first.plus(LATEST);
        return quiet.isBefore(latest) ? quiet : latest;
    }
}
