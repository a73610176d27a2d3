package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.Reason;

import java.util.List;
import java.util.Optional;

/**
 * A rotation that was begun before, and whose root is signed, when more is asked for now: that a key was stolen, or that
 * online keys go too. It can't be had with that root any more, and nobody may believe that he has got it.
 */
final class KeyRotationEarlier {

    private KeyRotationEarlier() {}

    /** Empty where there is no such root, or the rotation has all that is asked for. */
    static Optional<KeyRotationStep> step(KeyRotationState state, KeyRotationRequest request) {
        var isThere =
                state.isPublished() || state.isCompleted() && !state.fresh().isEmpty();
        if (!isThere || hasAll(state, request)) {
            return Optional.empty();
        }
        return state.isVisible() || state.isCompleted()
                ? Optional.of(new KeyRotationStep.ReplaceFirst())
                : KeyRotationPlanner.refuse(
                        ("root version %d is signed already, by a rotation (%s) that lacks what this command line asks for, and"
                                        + " devices don't see it yet. Either run the command that it was begun with, which ends"
                                        + " it, and then this one; or, where that takes too long, declare what you need in a"
                                        + " RootRotation of your own, and sign that with the pending archive, which has the"
                                        + " keys of that root")
                                .formatted(
                                        state.roots().root().version(),
                                        state.name().orElse("of before")));
    }

    private static boolean hasAll(KeyRotationState state, KeyRotationRequest request) {
        var spec = state.rotation().map(RootRotation::getSpec);
        return (!request.compromise()
                        || spec.filter(KeyRotationEarlier::isCompromise).isPresent())
                && spec.map(KeyRotationEarlier::online)
                        .orElse(List.of())
                        .containsAll(KeyRotationCustody.wanted(state, request));
    }

    private static List<OnlineRole> online(RootRotationSpec spec) {
        return Optional.ofNullable(spec.rotateOnlineKeys())
                .orElse(isCompromise(spec) ? List.of(OnlineRole.values()) : List.of());
    }

    private static boolean isCompromise(RootRotationSpec spec) {
        return spec.reason() == Reason.COMPROMISE;
    }
}
