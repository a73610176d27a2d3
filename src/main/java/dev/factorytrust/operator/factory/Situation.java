package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.custody.TargetsCeremonies;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.RotationQueue;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.tuf.repository.KeyOverlap;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Factory's state, and what it amounts to for more than one of those who decide or report: signatures are verified for
 * it, so it is worked out once per look.
 *
 * @param rotations where every RootRotation of the Factory stands, by name; the RootRotations' own reports are made from
 *     the same
 * @param orphans payloads whose RootRotation is gone, oldest first
 * @param overlap the next step of {@link KeyOverlap}; empty before the first publication
 * @param targets what holders are asked for; empty where the cluster signs targets alone, or there is no root yet
 */
public record Situation(
        FactoryState state,
        Map<String, Standing> rotations,
        List<Orphans.Orphan> orphans,
        Optional<KeyOverlap.Step> overlap,
        Optional<TargetsCeremonies> targets) {

    public static Situation of(FactoryState state) {
        var inputs = state.ceremonyInputs();
        var rotations = RotationQueue.standings(inputs);
        var overlap = OverlapSteps.step(state, rotations);
        return new Situation(state, rotations, Orphans.of(inputs), overlap, HeldTargets.look(state, overlap));
    }

    /** Names the Factory only: the parts hold Secrets. */
    @Override
    public String toString() {
        return "Situation[" + state.ref() + ']';
    }
}
