package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Decides the next step of a Factory, from its state alone.
 *
 * <p>The order is the point. What costs trust comes before what costs freshness: erasing root keys that have been
 * retrieved, taking leave where the Factory is deleted, putting back what somebody deleted, a root that all have signed (it cures most faults below it), and only
 * then targets, refreshes and tidying up. Every step is small enough to be found again after a crash at any write.
 */
public final class FactoryPlanner {

    /** However far away the next work is: a clock may jump, an event may be lost. */
    static final Duration LONGEST_SLEEP = Duration.ofMinutes(10);

    private FactoryPlanner() {}

    public static Decision plan(Situation situation) {
        var state = situation.state();
        var guard = Deletion.guard(state);
        if (guard.isPresent() && state.stored().isEmpty()) {
            return guard.get();
        }
        return switch (next(situation)) {
            // A finalizer that can't be written must not keep anything from devices.
            case Decision.Wait wait -> guard.orElse(wait);
            case Decision.Stall stall -> guard.orElse(stall);
            case Decision decision -> decision;
        };
    }

    private static Decision next(Situation situation) {
        var state = situation.state();
        return erase(state)
                .or(() -> Deletion.plan(state))
                .or(() -> rest(situation))
                .or(() -> Repairs.plan(state))
                .or(() -> ImportSteps.plan(state))
                .or(() -> OverlapSteps.restart(state))
                .or(() -> RootSteps.plan(situation))
                .or(() -> situation
                        .overlap()
                        .map(step -> PublicationSteps.plan(situation, step))
                        .orElseGet(() -> BootstrapSteps.plan(situation)))
                .or(() -> Proposals.plan(situation))
                .or(() -> Tidying.plan(situation))
                .orElseGet(() -> wait(situation));
    }

    /** What must not be signed now, and why. */
    private static Optional<Decision> rest(Situation situation) {
        var state = situation.state();
        return first(
                () -> Defaults.paused(state.spec()) ? Optional.of(wait(situation)) : Optional.empty(),
                () -> state.ahead()
                        .map(ahead -> new Decision.Stall(
                                "ClockSkewed",
                                "this operator's clock is " + ahead.toSeconds()
                                        + " s behind the last signature; nothing"
                                        + " is signed until the clock of its node is right")));
    }

    private static Optional<Decision> erase(FactoryState state) {
        return state.rootKeys().filter(_ -> RootKeys.mayBeErased(state)).map(Decision.EraseRootKeys::new);
    }

    private static Decision wait(Situation situation) {
        var state = situation.state();
        var latest = state.now().plus(LONGEST_SLEEP);
        return new Decision.Wait(Stream.of(
                        PublicationSteps.nextDue(state).stream(),
                        OverlapSteps.until(state).stream(),
                        PublicationSteps.changeDue(state).stream(),
                        HeldTargets.due(situation),
                        Proposals.due(state),
                        situation.rotations().values().stream().flatMap(FactoryPlanner::signBefore),
                        state.reading().published().stream().flatMap(FactoryPlanner::expiries))
                .flatMap(moments -> moments)
                .filter(latest::isAfter)
                .filter(due -> due.isAfter(state.now()))
                .min(Comparator.naturalOrder())
                .orElse(latest));
    }

    /** From then on a payload that lacks signatures is no longer offered. */
    private static Stream<Instant> signBefore(Standing standing) {
        return switch (standing) {
            case Standing.Turn(var ceremony) -> Stream.of(ceremony.signBefore());
            case Standing.Overtaken(var ceremony, var _) -> Stream.of(ceremony.signBefore());
            case Standing.Stored _,
                    Standing.Rejected _,
                    Standing.Superseded _,
                    Standing.Queued _,
                    Standing.NeedsKeys _ -> Stream.empty();
        };
    }

    /** From then on status has to say that devices can't update. */
    private static Stream<Instant> expiries(Repository published) {
        return Stream.of(RoleName.values())
                .map(role -> published.role(role).metadata().expires());
    }

    @SafeVarargs
    static Optional<Decision> first(Supplier<Optional<? extends Decision>>... steps) {
        return Stream.of(steps)
                .map(Supplier::get)
                .flatMap(Optional::stream)
                .map(Decision.class::cast)
                .findFirst();
    }

    static String timestampName(FactoryState state) {
        return Names.timestamp(state.ref().name());
    }
}
