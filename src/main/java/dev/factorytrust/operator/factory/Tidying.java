package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.custody.TargetsCeremonies;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    static Optional<Decision> plan(Situation situation) {
        var state = situation.state();
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
                        strayPart(
                                state,
                                RoleName.SNAPSHOT,
                                published.snapshot().metadata().version()),
                        strayPart(
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
                                keep),
                        endedPayload(situation),
                        plantedTargetsPayload(state),
                        endedTargetsPayload(situation, published),
                        Retirement.plan(situation))
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

    /** A version goes head first, for a head without its parts would be a fault; they follow, as nobody's. */
    private static Optional<Decision> strayPart(FactoryState state, RoleName role, long committed) {
        return state.stored().strayParts(role, committed).findFirst().map(part -> remove(part, "no head lists it"));
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

    /** What nobody will sign any more: its rotation has ended, or was deleted before anybody was bound by it. */
    private static Optional<Decision> endedPayload(Situation situation) {
        var orphaned = situation.orphans().stream()
                .filter(orphan -> orphan.hold() == Orphans.Hold.NONE)
                .map(orphan ->
                        remove(orphan.payload(), "its RootRotation was deleted before root's holders had signed"));
        var ended = situation.rotations().entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Standing.Rejected
                        || entry.getValue() instanceof Standing.Superseded)
                .flatMap(entry -> situation.state().stored().find(Names.payload(entry.getKey())).stream())
                .map(payload -> remove(payload, "its RootRotation has ended without a root"));
        return Stream.concat(orphaned, ended).findFirst();
    }

    /** Where holders are asked, it is gone before anything is published. */
    private static Optional<Decision> plantedTargetsPayload(FactoryState state) {
        return HeldTargets.planted(state).stream()
                .findFirst()
                .map(payload -> new Decision.Remove(payload, HeldTargets.NEVER_OFFERED, true));
    }

    /** Also those of a custody that has become Online again, once the cluster has published above them. */
    private static Optional<Decision> endedTargetsPayload(Situation situation, Repository published) {
        var ended = situation
                .targets()
                .map(TargetsCeremonies::ended)
                .orElseGet(() -> List.copyOf(situation
                        .state()
                        .stored()
                        .targetsPayloads()
                        .headMap(published.targets().metadata().version(), true)
                        .values()));
        return ended.stream()
                .findFirst()
                .map(payload -> remove(payload, "its version of targets can't be published any more"));
    }

    private static Decision remove(ConfigMap object, String why) {
        return new Decision.Remove(object, why, false);
    }

    private static Instant created(ConfigMap object) {
        return Instant.parse(object.getMetadata().getCreationTimestamp());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
