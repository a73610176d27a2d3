package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What was lost or planted, and what may be done about it without anybody's word. */
final class Repairs {

    /** Fielded devices read versions as signed 32-bit numbers. */
    static final long HIGHEST_FLOOR = 2_147_000_000;

    private Repairs() {}

    static Optional<Decision> plan(FactoryState state) {
        return FactoryPlanner.first(
                () -> wrongDialect(state),
                () -> wrongRoot(state),
                () -> putBack(state),
                () -> lostRoots(state),
                () -> lostTimestamp(state),
                () -> rolledBack(state),
                () -> HeldTargets.remember(state));
    }

    private static Optional<Decision> wrongDialect(FactoryState state) {
        var declared = Defaults.dialect(state.spec()).id();
        return Stream.concat(
                        state
                                .stored()
                                .timestamp()
                                .flatMap(object -> StoredMetadata.annotation(object, Names.DIALECT))
                                .stream(),
                        writtenIn(state).stream())
                .filter(dialect -> !dialect.equals(declared))
                .findFirst()
                .map(dialect -> new Decision.Stall(
                        "DialectMismatch",
                        "the metadata stored under this name is in dialect " + dialect + ", and spec.dialect is "
                                + declared + "; make the Factory again with dialect " + dialect
                                + ", or under another name"));
    }

    /** Unless what stands there now is an impostor of what was seen to hold: that is put back. */
    private static Optional<String> writtenIn(FactoryState state) {
        return state.lastGood()
                .map(good -> good.repository().dialect())
                .or(() -> Optional.of(state.dialect()))
                .map(Dialect::id);
    }

    private static Optional<Decision> wrongRoot(FactoryState state) {
        var pinned = state.spec().trustedRootSha256();
        return state.roots()
                .oldest()
                .map(root -> root.file().sha256())
                .filter(found -> pinned != null && !pinned.equals(found))
                .map(found -> new Decision.Stall(
                        "RootNotTrusted",
                        "spec.trustedRootSha256 is " + pinned + ", and the first root stored under this name is "
                                + found + "; nothing is signed for it"));
    }

    /** Objects that the newest good state reaches are put back byte for byte: devices still ask for them. */
    private static Optional<Decision> putBack(FactoryState state) {
        var timestamp = FactoryPlanner.timestampName(state);
        return state.lastGood().stream()
                .flatMap(good -> good.reached().entrySet().stream())
                .filter(entry -> !entry.getKey().equals(timestamp))
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> {
                    var now = state.stored().find(entry.getKey());
                    return now.filter(object -> StoredMetadata.haveSameContent(object, entry.getValue()))
                                    .isPresent()
                            ? Optional.<Decision>empty().stream()
                            : Optional.<Decision>of(new Decision.PutBack(entry.getValue(), now)).stream();
                })
                .findFirst();
    }

    /** Known to status, or where that is lost too, to whoever declared the Factory: GitOps makes it again from a file. */
    private static Optional<Decision> lostRoots(FactoryState state) {
        if (!state.roots().chain().isEmpty() || state.sources().isPresent()) {
            return Optional.empty();
        }
        return state.status()
                .map(FactoryStatus::trustedRootSha256)
                .map(sha256 -> rootMissing(state, sha256, "No new root is made under this name"))
                .or(() -> Optional.ofNullable(state.spec().trustedRootSha256())
                        .map(sha256 -> rootMissing(
                                state,
                                sha256,
                                "No key and no root is made while spec.trustedRootSha256 names that one; a fleet that"
                                        + " begins has none to name yet")));
    }

    private static Decision rootMissing(FactoryState state, String sha256, String consequence) {
        var name =
                Names.metadata(state.ref().name(), RoleName.ROOT, state.roots().first());
        return new Decision.Stall(
                "RootMissing",
                "ConfigMap " + name + " is missing, and devices trust the root with SHA-256 " + sha256
                        + "; restore the Factory's ConfigMaps from a backup. " + consequence);
    }

    /** A missing timestamp beside a root is no fresh start: devices refuse every version that they have passed (5.4.3). */
    private static Optional<Decision> lostTimestamp(FactoryState state) {
        if (state.roots().chain().isEmpty() || state.stored().timestamp().isPresent()) {
            return Optional.empty();
        }
        var floor = floor(state);
        return Optional.of(
                floor > 0
                        ? new Decision.OpenCommitPoint(floor)
                        : new Decision.Stall(
                                "TimestampMissing",
                                "ConfigMap " + FactoryPlanner.timestampName(state)
                                        + " is missing, and nothing in the cluster knows the last version that devices saw;"
                                        + " restore it, or annotate the Factory with " + Names.VERSION_FLOOR
                                        + " = a number that no version of timestamp, snapshot or targets has reached"));
    }

    /** What is stored holds, and this very process has seen something newer: that goes back, byte for byte. */
    private static Optional<Decision> rolledBack(FactoryState state) {
        return state.reading() instanceof Reading.RolledBack(var _, var newest)
                ? Optional.of(new Decision.PutBackTimestamp(newest))
                : Optional.empty();
    }

    /** The highest timestamp version that anything in the cluster still remembers. */
    static long floor(FactoryState state) {
        var stored = state.stored()
                .timestamp()
                .flatMap(object -> StoredMetadata.annotation(object, Names.VERSION_FLOOR))
                .map(Repairs::number)
                .orElse(0L);
        return Math.max(stored, floor(state, RoleName.TIMESTAMP));
    }

    /**
     * The highest version of an online role that devices may have seen, as far as anything in the cluster knows: status,
     * which outlives every ConfigMap; what this process has seen; and what the owner says after a backup was restored.
     */
    static long floor(FactoryState state, RoleName role) {
        var reported = state.status()
                .map(FactoryStatus::roles)
                .flatMap(roles -> Optional.ofNullable(
                        switch (role) {
                            case TARGETS -> roles.targets();
                            case SNAPSHOT -> roles.snapshot();
                            case TIMESTAMP -> roles.timestamp();
                            case ROOT -> throw new IllegalArgumentException("root versions have no gaps");
                        }))
                .map(FactoryStatus.RoleStatus::version)
                .orElse(0L);
        var good = state.lastGood()
                .map(published -> published.repository().role(role).metadata().version())
                .orElse(0L);
        return LongStream.of(reported, good, told(state)).max().orElse(0);
    }

    /** The roles whose published version is not above every one that devices may have seen. */
    static Set<RoleName> belowFloor(FactoryState state, Repository published) {
        return PublicationSteps.ONLINE.stream()
                .filter(role -> {
                    var version = published.role(role).metadata().version();
                    return version < floor(state, role) || version <= told(state);
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The timestamp version in status, which outlives every ConfigMap. */
    static long reported(FactoryState state) {
        return state.status()
                .map(FactoryStatus::roles)
                .map(FactoryStatus.Roles::timestamp)
                .map(FactoryStatus.RoleStatus::version)
                .orElse(0L);
    }

    static long told(FactoryState state) {
        return state.annotation(Names.VERSION_FLOOR).map(Repairs::number).orElse(0L);
    }

    /** What is no number, or one that leaves no room above it in 31 bits, counts as not said. */
    static long number(String text) {
        var number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
        return number <= HIGHEST_FLOOR ? number : 0;
    }
}
