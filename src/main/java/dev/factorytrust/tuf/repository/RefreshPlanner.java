package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.TargetFile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decides which roles get a new version: those that are due, and with each the roles that vouch for it, up to the
 * timestamp. Missed refreshes are not made up for: after a week of downtime one publication brings everything up to
 * date.
 */
public final class RefreshPlanner {

    /** The next free versions: above what is committed, and never a name that is taken. */
    public record FreeVersions(long targets, long snapshot, long timestamp) {}

    private RefreshPlanner() {}

    /**
     * @param desired the targets as they should be, where they differ from what is published
     * @param forced roles that get a new version though none is due, and with each all that name it
     * @return what to publish now, or empty when nothing is due
     */
    public static Optional<PublicationPlan> plan(
            Repository published,
            Optional<Map<String, TargetFile>> desired,
            Set<RoleName> forced,
            FreeVersions free,
            Policy policy,
            String factoryUid,
            Instant now) {
        var targets = desired.or(
                () -> forced.contains(RoleName.TARGETS) || isDue(published, RoleName.TARGETS, policy, factoryUid, now)
                        ? Optional.of(published.targets().metadata().targets())
                        : Optional.empty());
        return targets.isPresent()
                ? Optional.of(new PublicationPlan(
                        targets,
                        free.targets(),
                        OptionalLong.of(free.snapshot()),
                        free.timestamp(),
                        Optional.of(published)))
                : planWithoutTargets(published, forced, free, policy, factoryUid, now);
    }

    /** The same where targets can't be signed by the cluster alone: they stay as they are. */
    public static Optional<PublicationPlan> planWithoutTargets(
            Repository published,
            Set<RoleName> forced,
            FreeVersions free,
            Policy policy,
            String factoryUid,
            Instant now) {
        var snapshot =
                forced.contains(RoleName.SNAPSHOT) || isDue(published, RoleName.SNAPSHOT, policy, factoryUid, now);
        return snapshot
                        || forced.contains(RoleName.TIMESTAMP)
                        || isDue(published, RoleName.TIMESTAMP, policy, factoryUid, now)
                ? Optional.of(new PublicationPlan(
                        Optional.empty(),
                        free.targets(),
                        snapshot ? OptionalLong.of(free.snapshot()) : OptionalLong.empty(),
                        free.timestamp(),
                        Optional.of(published)))
                : Optional.empty();
    }

    /** The next moment at which {@link #plan} has something to do by itself. */
    public static Instant nextDue(Repository published, Policy policy, String factoryUid) {
        return List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP).stream()
                .map(role -> Schedule.refreshAt(factoryUid, published.role(role).metadata(), policy.of(role)))
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private static boolean isDue(Repository published, RoleName role, Policy policy, String factoryUid, Instant now) {
        return Schedule.isDue(factoryUid, published.role(role).metadata(), policy.of(role), now);
    }
}
