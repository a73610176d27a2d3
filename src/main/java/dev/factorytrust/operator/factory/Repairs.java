package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.StoredMetadata;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/** What was lost or planted, and what may be done about it without anybody's word. */
final class Repairs {

    private Repairs() {}

    static Optional<Decision> plan(FactoryState state) {
        return FactoryPlanner.first(
                () -> wrongDialect(state),
                () -> wrongRoot(state),
                () -> putBack(state),
                () -> lostRoots(state),
                () -> lostTimestamp(state),
                () -> rolledBack(state));
    }

    private static Optional<Decision> wrongDialect(FactoryState state) {
        return state.stored()
                .timestamp()
                .flatMap(object -> StoredMetadata.annotation(object, Names.DIALECT))
                .filter(dialect -> !dialect.equals(state.dialect().id()))
                .map(dialect -> new Decision.Stall(
                        "DialectMismatch",
                        "the metadata stored under this name is in dialect " + dialect + ", and spec.dialect is "
                                + state.dialect().id() + "; make the Factory again with dialect " + dialect
                                + ", or under another name"));
    }

    private static Optional<Decision> wrongRoot(FactoryState state) {
        var pinned = state.spec().trustedRootSha256();
        return Optional.ofNullable(state.roots().chain().get(1L))
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
                    return now.filter(object -> sameContent(object, entry.getValue()))
                                    .isPresent()
                            ? Optional.<Decision>empty().stream()
                            : Optional.<Decision>of(new Decision.PutBack(entry.getValue(), now)).stream();
                })
                .findFirst();
    }

    private static boolean sameContent(ConfigMap one, ConfigMap other) {
        return Objects.equals(one.getBinaryData(), other.getBinaryData());
    }

    private static Optional<Decision> lostRoots(FactoryState state) {
        return state.roots().chain().isEmpty()
                        && state.status().map(FactoryStatus::trustedRootSha256).isPresent()
                ? Optional.of(
                        new Decision.Stall(
                                "RootMissing",
                                "ConfigMap "
                                        + Names.metadata(
                                                state.ref().name(), dev.factorytrust.tuf.model.RoleName.ROOT, 1)
                                        + " is missing, and devices trust the root with SHA-256 "
                                        + state.status().orElseThrow().trustedRootSha256()
                                        + "; restore the Factory's ConfigMaps from a backup. No new root is made under this name"))
                : Optional.empty();
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
                                        + " = a number that no timestamp version has reached"));
    }

    /** What is stored holds, but is older than what devices saw: a replay, or a backup that came too late. */
    private static Optional<Decision> rolledBack(FactoryState state) {
        var known = reported(state);
        return state.reading()
                .published()
                .map(published -> published.timestamp().metadata().version())
                .filter(version -> version < known)
                .map(version -> new Decision.Stall(
                        "MetadataTampered",
                        "ConfigMap " + FactoryPlanner.timestampName(state) + ": version " + version
                                + " is stored where version " + known + " was published; restore the newest, or delete"
                                + " the ConfigMap to have versions go on above " + known));
    }

    /** The highest timestamp version that anything in the cluster still remembers. */
    static long floor(FactoryState state) {
        var good = state.lastGood()
                .map(Reading.Published::repository)
                .map(repository -> repository.timestamp().metadata().version())
                .orElse(0L);
        var stored = state.stored()
                .timestamp()
                .flatMap(object -> StoredMetadata.annotation(object, Names.VERSION_FLOOR))
                .map(Repairs::number)
                .orElse(0L);
        var told = state.annotation(Names.VERSION_FLOOR).map(Repairs::number).orElse(0L);
        return LongStream.of(reported(state), good, stored, told).max().orElse(0);
    }

    /** The timestamp version in status, which outlives every ConfigMap. */
    static long reported(FactoryState state) {
        return state.status()
                .map(FactoryStatus::roles)
                .map(FactoryStatus.Roles::timestamp)
                .map(FactoryStatus.RoleStatus::version)
                .orElse(0L);
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
    }
}
