package dev.factorytrust.cli.folder;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.cli.console.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.Duration;

/** How many must sign, and for how long root holds. */
public final class RootTerms {

    private RootTerms() {}

    @Command(
            name = "threshold",
            mixinStandardHelpOptions = true,
            description = "How many holders must sign from the next root on. Works in a folder; nothing is sent.")
    public static final class Threshold implements Runnable {

        @Parameters(paramLabel = "NUMBER", description = "At least 1, and no more than there are keys.")
        private int threshold;

        @Mixin
        private FolderOption folder;

        @Override
        public void run() {
            folder.keep(folder.folder().change().needing(threshold));
        }
    }

    @Command(
            name = "expiry",
            mixinStandardHelpOptions = true,
            description = "For how long the next root holds, from its preparation. Works in a folder; nothing is sent.")
    public static final class Expiry implements Runnable {

        private static final Duration SHORTEST = Duration.ofDays(1);

        @Parameters(
                paramLabel = "DURATION",
                description =
                        "A number of h or d, such as 365d. Without this verb, the Factory's root.expiresAfter counts.")
        private String life;

        @Mixin
        private FolderOption folder;

        @Override
        public void run() {
            if (parsed().compareTo(SHORTEST) < 0) {
                throw Failure.refused("a root that expires within " + life
                        + " leaves its holders no time to sign, and devices none to follow: a day at least");
            }
            folder.keep(folder.folder().change().expiringAfter(life));
        }

        private Duration parsed() {
            try {
                return Durations.parse(life);
            } catch (IllegalArgumentException e) {
                throw Failure.refused(
                        "'" + life + "' is no life of a root: a number of h or d from its preparation, such"
                                + " as 365d; no date, which could be past when all have signed");
            }
        }
    }
}
