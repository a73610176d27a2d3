package dev.factorytrust.api.v1alpha1;

import java.time.Duration;

/** Durations as resources write them. */
public final class Durations {

    /** How long a root is valid where neither Factory nor RootRotation says. */
    public static final Duration ROOT_EXPIRES_AFTER = Duration.ofDays(365);

    /** How long targets are valid where the Factory doesn't say. */
    public static final Duration TARGETS_EXPIRES_AFTER = Duration.ofDays(90);

    /** How long old and new online key both sign, twice, where the Factory doesn't say. */
    public static final Duration OVERLAP = Duration.ofHours(1);

    private Durations() {}

    /** Reads {@code 90d}, {@code 36h}, {@code 15m} or {@code 30s}, the one form that the CRD lets through. */
    public static Duration parse(String text) {
        if (!text.matches(Formats.DURATION)) {
            throw new IllegalArgumentException("not a duration: " + text);
        }
        var amount = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(amount);
            case 'm' -> Duration.ofMinutes(amount);
            case 'h' -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
