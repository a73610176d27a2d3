package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the next publication consists of, before anything is signed.
 *
 * @param targets new content of the targets role, or empty to leave targets as they are
 * @param targetsVersion of the new targets
 * @param snapshotVersion of a new snapshot, or empty where the timestamp alone is renewed
 * @param timestampVersion of the new timestamp; every publication has one
 * @param base what is published now; empty for the first publication
 * @param prepared the new targets where holders have signed these very bytes already; the cluster adds its signatures
 */
public record PublicationPlan(
        Optional<Map<String, TargetFile>> targets,
        long targetsVersion,
        OptionalLong snapshotVersion,
        long timestampVersion,
        Optional<Repository> base,
        Optional<Signed<Targets>> prepared) {

    /** Of what the cluster signs alone. */
    public PublicationPlan(
            Optional<Map<String, TargetFile>> targets,
            long targetsVersion,
            OptionalLong snapshotVersion,
            long timestampVersion,
            Optional<Repository> base) {
        this(targets, targetsVersion, snapshotVersion, timestampVersion, base, Optional.empty());
    }

    /** Of targets that holders have signed. */
    public static PublicationPlan of(
            Signed<Targets> prepared, long snapshotVersion, long timestampVersion, Optional<Repository> base) {
        return new PublicationPlan(
                Optional.of(prepared.metadata().targets()),
                prepared.metadata().version(),
                OptionalLong.of(snapshotVersion),
                timestampVersion,
                base,
                Optional.of(prepared));
    }

    public PublicationPlan {
        if (targets.isPresent() && snapshotVersion.isEmpty()) {
            throw new IllegalArgumentException("new targets need a new snapshot");
        }
        if (base.isEmpty() && targets.isEmpty()) {
            throw new IllegalArgumentException("the first publication has everything");
        }
    }

    /** Which roles get a new version. */
    public boolean renews(RoleName role) {
        return switch (role) {
            case TARGETS -> targets.isPresent();
            case SNAPSHOT -> snapshotVersion.isPresent();
            case TIMESTAMP -> true;
            case ROOT -> false;
        };
    }

    /**
     * Signs the planned versions, each over the signed bytes of the one before it.
     *
     * @param roots whose keys sign, see {@link OnlineSigners#sign}
     * @param now the moment of signing; lifetimes count from its whole second
     */
    public Publication sign(Dialect dialect, List<Root> roots, Policy policy, OnlineSigners signers, Instant now) {
        var second = now.truncatedTo(ChronoUnit.SECONDS);
        var newTargets = prepared.map(signed -> signers.countersign(dialect, roots, signed))
                .or(() -> targets.map(content -> signers.sign(
                        dialect,
                        roots,
                        newTargets(content, second.plus(policy.targets().expiresAfter())))));
        var newSnapshot = snapshotVersion.isEmpty()
                ? Optional.<Signed<Snapshot>>empty()
                : Optional.of(signers.sign(
                        dialect,
                        roots,
                        newSnapshot(
                                dialect,
                                newTargets.orElseGet(() -> base.orElseThrow().targets()),
                                snapshotVersion.getAsLong(),
                                second.plus(policy.snapshot().expiresAfter()))));
        var snapshot = newSnapshot.orElseGet(() -> base.orElseThrow().snapshot());
        var timestamp = new Timestamp(
                timestampVersion,
                second.plus(policy.timestamp().expiresAfter()),
                metaFile(dialect, snapshot),
                Map.of());
        return new Publication(newTargets, newSnapshot, signers.sign(dialect, roots, timestamp));
    }

    private Targets newTargets(Map<String, TargetFile> content, Instant expires) {
        return newTargets(base.map(repository -> repository.targets().metadata()), targetsVersion, content, expires);
    }

    /** @param before what it follows, whose delegations and unknown fields stay */
    public static Targets newTargets(
            Optional<Targets> before, long version, Map<String, TargetFile> content, Instant expires) {
        return new Targets(
                version,
                expires,
                content,
                before.flatMap(Targets::delegations),
                before.map(Targets::unrecognized).orElse(Map.of()));
    }

    /** A snapshot never drops an entry: every known client refuses one that does (5.5.5). */
    private Snapshot newSnapshot(Dialect dialect, Signed<Targets> newest, long version, Instant expires) {
        var before = base.map(repository -> repository.snapshot().metadata());
        var meta = new TreeMap<>(before.map(Snapshot::meta).orElse(Map.of()));
        meta.put("targets.json", metaFile(dialect, newest));
        return new Snapshot(
                version, expires, meta, before.map(Snapshot::unrecognized).orElse(Map.of()));
    }

    private static MetaFile metaFile(Dialect dialect, Signed<? extends Metadata> signed) {
        return new MetaFile(
                signed.metadata().version(),
                OptionalLong.of(signed.file().size()),
                Map.of("sha256", dialect.hashed(signed.file()).sha256()),
                Map.of());
    }
}
