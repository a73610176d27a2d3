package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.ceremony.SignatureCount;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.console.Output;

import java.util.Optional;
import java.util.TreeMap;

/** From what is found to what is done next; whether a run begins there or was interrupted there makes no difference. */
final class KeyRotationPlanner {

    private KeyRotationPlanner() {}

    static KeyRotationStep plan(KeyRotationState state, KeyRotationRequest request) {
        return disk(state, request)
                .or(() -> published(state))
                .or(() -> preconditions(state, request))
                .orElseGet(() -> state.rotation()
                        .map(rotation -> ceremony(state, request, rotation))
                        .orElseGet(() -> begin(state, request)));
    }

    private static Optional<KeyRotationStep> disk(KeyRotationState state, KeyRotationRequest request) {
        if (state.pending().isEmpty()) {
            return Optional.empty();
        }
        var kept = KeyRotationState.publicKeys(state.pending().get());
        if (!kept.containsAll(KeyRotationState.publicKeys(state.archive()))) {
            return refuse(
                    "the pending archive lacks a key that the archive has, so it must not take its place. One of the"
                            + " two is from elsewhere: keep both, move the pending one aside, and run this again");
        }
        if (state.fresh().isEmpty()) {
            return Optional.of(new KeyRotationStep.RemoveLeftover());
        }
        return request.keepRootKey()
                ? refuse("a rotation of the root key is under way: finish it first, by running the command that it was"
                        + " begun with")
                : Optional.empty();
    }

    /** What the newest root says counts, whatever has become of the RootRotation. */
    private static Optional<KeyRotationStep> published(KeyRotationState state) {
        if (state.isCompleted()) {
            return Optional.of(state.fresh().isEmpty() ? new KeyRotationStep.Done() : new KeyRotationStep.Replace());
        }
        if (!state.isPublished()) {
            return Optional.empty();
        }
        return Optional.of(
                state.rotation().isEmpty() || state.hasEnded()
                        ? new KeyRotationStep.Replace()
                        : new KeyRotationStep.Wait(why(state), true));
    }

    private static Optional<KeyRotationStep> preconditions(KeyRotationState state, KeyRotationRequest request) {
        var spec = state.factory().getSpec();
        var name = request.factory();
        if (Boolean.TRUE.equals(spec.paused())) {
            return refuse(
                    "Factory " + name + " is paused: nothing is prepared or published there. Set spec.paused to false,"
                            + " and run this again");
        }
        if (state.active().isEmpty()) {
            return Optional.of(new KeyRotationStep.Foreign());
        }
        if (!state.fresh().isEmpty() && state.fresh().size() != state.active().size()) {
            return refuse(
                    "the pending archive has %d new keys, and root version %d of Factory %s lists %d of the archive's:"
                                    .formatted(
                                            state.fresh().size(),
                                            state.roots().root().version(),
                                            name,
                                            state.active().size())
                            + " root has changed since. Keep the pending archive, move it aside, and run this again");
        }
        return Optional.empty();
    }

    private static KeyRotationStep begin(KeyRotationState state, KeyRotationRequest request) {
        return state.name()
                .<KeyRotationStep>map(
                        name -> new KeyRotationStep.Declare(KeyRotationSpec.rotation(name, state, request)))
                .orElseGet(() -> new KeyRotationStep.MakeKeys(state.active().size()));
    }

    private static KeyRotationStep ceremony(KeyRotationState state, KeyRotationRequest request, RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        if (state.hasEnded()) {
            return new KeyRotationStep.Refuse(
                    "RootRotation %s is %s: %s. Nothing is lost: the keys stay where they are. Run this again to declare the"
                                    .formatted(name, Output.name(state.phase().orElseThrow()), why(state))
                            + " change anew, with the same new key");
        }
        if (!KeyRotationSpec.isSame(rotation.getSpec(), KeyRotationSpec.of(state, request))) {
            return new KeyRotationStep.Refuse(
                    ("RootRotation %s is there, and asks for something else than this command line: it was begun with other"
                                    + " options, or by somebody else. Run this as it was begun, or have it deleted (kubectl"
                                    + " delete rootrotation %s -n %s) and run this again")
                            .formatted(name, name, request.namespace()));
        }
        var status = state.status().filter(seen -> seen.payload() != null);
        if (status.isEmpty() || state.payload().isEmpty()) {
            return new KeyRotationStep.Wait(why(state), false);
        }
        if (!isAsked(status.get().phase())) {
            return new KeyRotationStep.Wait(why(state), true);
        }
        return sign(state, request, rotation, status.get());
    }

    /** Also while another one comes first: whichever is signed in full is published. */
    private static boolean isAsked(Phase phase) {
        return phase == Phase.AWAITING_SIGNATURES || phase == Phase.QUEUED;
    }

    private static KeyRotationStep sign(
            KeyRotationState state, KeyRotationRequest request, RootRotation rotation, RootRotationStatus status) {
        var count = new SignatureCount(Optional.of(status));
        var lacking = new TreeMap<>(state.signers());
        lacking.keySet().removeIf(keyid -> count.signed().contains(keyid.value()));
        if (lacking.isEmpty()) {
            return new KeyRotationStep.Wait(why(state), true);
        }
        var payload = KeyRotationPayload.checked(
                state, request, rotation, state.payload().orElseThrow());
        // Somebody may have put something else at the name of a signature of ours.
        return lacking.values().stream()
                .map(key -> SignatureSecret.name(payload, key.publicKey()))
                .filter(secret -> !count.rejected(secret).isEmpty())
                .<KeyRotationStep>map(secret -> new KeyRotationStep.Refuse("Secret " + secret
                        + ", where a signature of yours belongs, is no good: "
                        + String.join("; ", count.rejected(secret)) + ". Have it deleted, and run this again"))
                .findFirst()
                .orElseGet(() -> new KeyRotationStep.Sign(payload, lacking));
    }

    /** What the cluster says about the rotation, and what keeps the Factory from going on. */
    private static String why(KeyRotationState state) {
        return (state.status().isEmpty()
                        ? "the operator has yet to look at it"
                        : new SignatureCount(state.status()).why())
                + Reports.holds(Reports.conditions(state.factory()), "Stalled")
                        .map(stalled -> " (the Factory is stalled: " + stalled.message() + ')')
                        .orElse("");
    }

    private static Optional<KeyRotationStep> refuse(String why) {
        return Optional.of(new KeyRotationStep.Refuse(why));
    }
}
