package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Metadata;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;

/**
 * When a version is replaced by the next. One function both schedules and gates, so that a wake-up at the promised
 * second always finds the work due.
 */
public final class Schedule {

    /** A clock may step back this far before a version looks as if it outlived its policy. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private Schedule() {}

    /**
     * {@code expires − refreshBefore − jitter}. The jitter is early only, at most a tenth of the time a version would
     * otherwise be current, and a hash: the same after a restart, different between Factories, so that ten thousand of
     * them made in one minute don't come due in one minute for ever.
     */
    public static Instant refreshAt(String factoryUid, Metadata metadata, RolePolicy policy) {
        var current = policy.expiresAfter().minus(policy.refreshBefore()).toSeconds();
        var spread = BigInteger.valueOf(Math.max(0, current / 10) + 1);
        var seed = factoryUid + '/' + metadata.role().value() + '/' + metadata.version();
        var jitter = new BigInteger(Bytes.utf8(seed).sha256(), 16).mod(spread).longValueExact();
        return metadata.expires().minus(policy.refreshBefore()).minusSeconds(jitter);
    }

    /** Whether the version is to be replaced now, also because the policy was shortened since it was signed. */
    public static boolean isDue(String factoryUid, Metadata metadata, RolePolicy policy, Instant now) {
        return !now.isBefore(refreshAt(factoryUid, metadata, policy))
                || metadata.expires().isAfter(now.plus(policy.expiresAfter()).plus(TOLERANCE));
    }
}
