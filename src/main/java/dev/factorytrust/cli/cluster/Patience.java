package dev.factorytrust.cli.cluster;

import dev.factorytrust.cli.console.DurationConverter;
import picocli.CommandLine.Option;

import java.time.Duration;

/** How long a verb waits for what it needs. */
public final class Patience {

    private static final Duration USUAL = Duration.ofMinutes(1);

    @Option(
            names = "--timeout",
            converter = DurationConverter.class,
            paramLabel = "DURATION",
            description = {
                "How long to wait: a number of s, m, h or d. Default: 1m;",
                "of keys rotate 15m, and three overlaps where online keys change."
            })
    private Duration timeout;

    public Duration timeout() {
        return timeout(USUAL);
    }

    /** @param usual where none was named */
    Duration timeout(Duration usual) {
        return timeout == null ? usual : timeout;
    }
}
