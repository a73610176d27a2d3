package dev.factorytrust.cli.cluster;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a verb waits for what it has set going, and how long. */
public final class Waiting {

    /** What is waited for takes seconds; the API server answers from memory. */
    private static final Duration INTERVAL = Duration.ofMillis(300);

    @Option(names = "--no-wait", description = "Return at once; it happens all the same.")
    private boolean none;

    @Mixin
    private Patience patience;

    public boolean isWanted() {
        return !none;
    }

    public Duration timeout() {
        return patience.timeout();
    }

    /** @param usual where none was named */
    public Duration timeout(Duration usual) {
        return patience.timeout(usual);
    }

    /** The first answer that there is; empty where there is none in time. */
    public <T> Optional<T> until(Supplier<Optional<T>> look) {
        var end = System.nanoTime() + timeout().toNanos();
        for (; ; ) {
            var seen = look.get();
            if (seen.isPresent() || System.nanoTime() - end > 0) {
                return seen;
            }
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }
}
