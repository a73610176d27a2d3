package dev.factorytrust.cli.cluster;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a verb waits for what it has set going, and how long. */
public final class Waiting {

    /** What is waited for takes seconds; the API server answers from memory. */
    private static final Duration INTERVAL = Duration.ofMillis(300);

    static final class Durations implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[1-9][0-9]{0,4}[smh]")) {
                throw new TypeConversionException("'" + text + "' is no duration such as 30s, 5m or 1h");
            }
            return Duration.parse("PT" + text);
        }
    }

    @Option(names = "--no-wait", description = "Return at once; it happens all the same.")
    private boolean none;

    @Option(
            names = "--timeout",
            defaultValue = "1m",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "How long to wait: a number of s, m or h. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofMinutes(1);

    public boolean isWanted() {
        return !none;
    }

    public Duration timeout() {
        return timeout;
    }

    /** The first answer that there is; empty where there is none in time. */
    public <T> Optional<T> until(Supplier<Optional<T>> look) {
        var end = System.nanoTime() + timeout.toNanos();
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
