package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Removes snapshots and targets that no device can still be on its way to, and what a crash left uncommitted. Roots stay
 * for ever: a device may come back after years and walk every one of them (6.1).
 */
final class Tidying {

    private static final Duration LEAST = Duration.ofHours(1);

    private Tidying() {}

    static Optional<Decision> plan(FactoryState state) {
        if (!(state.reading() instanceof Reading.Published(var published, var _))) {
            return Optional.empty();
        }
        var keep = longer(LEAST, state.policy().timestamp().expiresAfter());
        return Stream.of(
                        unpublished(
                                state,
                                RoleName.SNAPSHOT,
                                published.snapshot().metadata().version()),
                        unpublished(
                                state,
                                RoleName.TARGETS,
                                published.targets().metadata().version()),
                        outlived(
                                state,
                                RoleName.SNAPSHOT,
                                published.snapshot().metadata().version(),
                                keep),
                        outlived(
                                state,
                                RoleName.TARGETS,
                                published.targets().metadata().version(),
                                keep))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What was planted, or left by a crash, below the version that has been published since. */
    private static Optional<Decision> unpublished(FactoryState state, RoleName role, long committed) {
        var history = state.stored().published(role, committed);
        return state.stored().versions(role).headMap(committed).entrySet().stream()
                .filter(entry -> !history.containsKey(entry.getKey()))
                .findFirst()
                .map(entry -> new Decision.Remove(entry.getValue(), "it was never published", true));
    }

    /**
     * The oldest version whose committed successor is older than any timestamp that could still name it. The successor's
     * creation is the moment just before its commit.
     */
    private static Optional<Decision> outlived(FactoryState state, RoleName role, long committed, Duration keep) {
        NavigableMap<Long, ConfigMap> versions = state.stored().published(role, committed);
        return Optional.ofNullable(versions.firstEntry())
                .filter(oldest -> oldest.getKey() < committed)
                .filter(oldest -> versions.higherEntry(oldest.getKey()) != null)
                .filter(oldest -> created(versions.higherEntry(oldest.getKey()).getValue())
                        .plus(keep)
                        .isBefore(state.now()))
                .map(oldest ->
                        new Decision.Remove(oldest.getValue(), "no timestamp that is still in use reaches it", false));
    }

    private static Instant created(ConfigMap object) {
        return Instant.parse(object.getMetadata().getCreationTimestamp());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
