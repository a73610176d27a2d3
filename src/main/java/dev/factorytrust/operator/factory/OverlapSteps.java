package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.rotation.RotationSpecs;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.KeyOverlap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the change of root and online keys stands, and what follows from it for whatever is published next. */
final class OverlapSteps {

    /** What clocks of two leaders may differ by. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private OverlapSteps() {}

    /** The next step of {@link KeyOverlap}; empty before the first publication. */
    static Optional<KeyOverlap.Step> step(FactoryState state, Map<String, Standing> rotations) {
        return state.reading()
                .published()
                .map(published -> KeyOverlap.next(
                        published,
                        state.roots().chain(),
                        state.stored().overlapSince(),
                        state.policy().overlap(),
                        isUrgent(state, rotations),
                        state.signers(),
                        state.now()));
    }

    /** Roots for which metadata holds that is changed already: they are let through before anything else is signed. */
    static Optional<Decision> flip(FactoryState state, KeyOverlap.Step step) {
        return switch (step) {
            case KeyOverlap.Flip(var root, var overlapping) ->
                Optional.of(new Decision.FlipRoot(root, overlapping ? Optional.of(state.now()) : Optional.empty()));
            case KeyOverlap.Hold _, KeyOverlap.SignWithBoth _, KeyOverlap.FlipAtOnce _, KeyOverlap.DropOld _ ->
                Optional.empty();
        };
    }

    /** The roles that the step has published anew. */
    static Set<RoleName> forced(KeyOverlap.Step step) {
        return switch (step) {
            case KeyOverlap.SignWithBoth(var roles, var _) -> roles;
            case KeyOverlap.FlipAtOnce(var _, var roles) -> roles;
            case KeyOverlap.DropOld(var roles) -> roles;
            case KeyOverlap.Hold _, KeyOverlap.Flip _ -> Set.of();
        };
    }

    /** How whatever is published in this step is signed and committed. */
    static Decision.Commit commit(FactoryState state, KeyOverlap.Step step) {
        var visible = state.stored().rootVersion();
        var seen = state.roots().chain().get(visible).metadata();
        return switch (step) {
            case KeyOverlap.Hold(var roots, var _) ->
                new Decision.Commit(roots, visible, state.stored().overlapSince());
            case KeyOverlap.SignWithBoth(var _, var roots) ->
                new Decision.Commit(roots, visible, Optional.of(state.now()));
            case KeyOverlap.FlipAtOnce(var root, var _) ->
                new Decision.Commit(List.of(root.metadata()), root.metadata().version(), Optional.empty());
            case KeyOverlap.DropOld _, KeyOverlap.Flip _ ->
                new Decision.Commit(List.of(seen), visible, Optional.empty());
        };
    }

    /** When the present wait ends; empty outside an overlap. */
    static Optional<Instant> until(FactoryState state) {
        return state.stored()
                .overlapSince()
                .map(since -> since.plus(state.policy().overlap()));
    }

    /**
     * After a pause the wait begins anew: nothing was signed in it, so devices may have seen none of it. So it does where it
     * began by a clock that ran ahead: the wait would last until ours has caught up.
     */
    static Optional<Decision> restart(FactoryState state) {
        var paused = state.status().map(FactoryStatus::conditions).orElse(List.of()).stream()
                .filter(condition -> condition.type().equals(Conditions.PAUSED))
                .map(Condition::lastTransitionTime)
                .map(Instant::parse)
                .findFirst();
        return state.stored()
                .overlapSince()
                .filter(since -> paused.filter(since::isBefore).isPresent()
                        || since.isAfter(state.now().plus(TOLERANCE)))
                .map(_ -> new Decision.RestartOverlap());
    }

    /** A key that a thief has must not be trusted for an hour more, whichever root exchanges it. */
    private static boolean isUrgent(FactoryState state, Map<String, Standing> rotations) {
        return rotations.values().stream().anyMatch(OverlapSteps::isCompromise)
                || state.roots().chain().tailMap(state.stored().rootVersion(), false).values().stream()
                        .map(Signed::metadata)
                        .map(Root::version)
                        .anyMatch(state.stored()::isAnswerToCompromise);
    }

    private static boolean isCompromise(Standing standing) {
        return switch (standing) {
            case Standing.Turn(var ceremony) -> ceremony.isCompromise();
            case Standing.NeedsKeys(var rotation, var _) -> RotationSpecs.isCompromise(rotation);
            case Standing.Stored _,
                    Standing.Rejected _,
                    Standing.Superseded _,
                    Standing.Queued _,
                    Standing.Overtaken _ -> false;
        };
    }
}
