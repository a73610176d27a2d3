package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.ceremony.SignatureCount;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** From what is found to what is done next; whether a run begins there or was interrupted there makes no difference. */
final class KeyRotationPlanner {

    private KeyRotationPlanner() {}

    static KeyRotationStep plan(KeyRotationState state, KeyRotationRequest request) {
        var step = next(state, request);
        return step instanceof KeyRotationStep.Sign sign
                ? state.signedElsewhere().map(sign::elsewhere).orElse(sign)
                : step;
    }

    private static KeyRotationStep next(KeyRotationState state, KeyRotationRequest request) {
        return disk(state, request)
                .or(() -> KeyRotationEarlier.step(state, request))
                .or(() -> KeyRotationTargets.step(state, request))
                .or(() -> published(state))
                .or(() -> KeyRotationPreconditions.unmet(state, request))
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
        return state.rolesOfFresh().equals(request.roles())
                ? Optional.empty()
                : refuse("a rotation of %s is under way: finish it first, by running the command that it was begun with"
                        .formatted(state.rolesOfFresh().stream()
                                .sorted()
                                .map(role -> "the " + role.value() + " key")
                                .collect(Collectors.joining(" and "))));
    }

    /** What the newest root says counts, whatever has become of the RootRotation. */
    private static Optional<KeyRotationStep> published(KeyRotationState state) {
        if (state.isCompleted()) {
            return Optional.of(state.fresh().isEmpty() ? new KeyRotationStep.Done() : new KeyRotationStep.Replace());
        }
        if (!state.isPublished()) {
            return Optional.empty();
        }
        if (state.rotation().isPresent() && !state.hasEnded()) {
            return Optional.of(new KeyRotationStep.Wait(why(state), true));
        }
        return Optional.of(
                state.isVisible()
                        ? new KeyRotationStep.Replace()
                        : new KeyRotationStep.Wait(
                                "root version " + state.roots().root().version()
                                        + " has the new keys, and devices don't see it yet",
                                true));
    }

    private static KeyRotationStep begin(KeyRotationState state, KeyRotationRequest request) {
        return state.name()
                .<KeyRotationStep>map(
                        name -> new KeyRotationStep.Declare(KeyRotationSpec.rotation(name, state, request)))
                .orElseGet(() -> new KeyRotationStep.MakeKeys(request.roles().stream()
                        .collect(Collectors.toMap(role -> role, KeyRotationPreconditions.newKeys(state)::get))));
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
            return new KeyRotationStep.Wait(why(state), !isTargetsTurn(state));
        }
        return sign(state, request, rotation, status.get());
    }

    /** Root is signed, and about to be stored: then a version of targets may come that the holder signs, too. */
    private static boolean isTargetsTurn(KeyRotationState state) {
        return state.phase().filter(Phase.PUBLISHING::equals).isPresent()
                && !(state.active(RoleName.TARGETS).isEmpty()
                        && state.fresh(RoleName.TARGETS).isEmpty());
    }

    /** Also while another one comes first: whichever is signed in full is published. */
    private static boolean isAsked(Phase phase) {
        return phase == Phase.AWAITING_SIGNATURES || phase == Phase.QUEUED;
    }

    private static KeyRotationStep sign(
            KeyRotationState state, KeyRotationRequest request, RootRotation rotation, RootRotationStatus status) {
        var count = new SignatureCount(Optional.of(status));
        var lacking = new TreeMap<>(state.signers());
        lacking.keySet().removeIf(keyid -> hasSigned(state, count, keyid));
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
                .orElseGet(() -> new KeyRotationStep.Sign(payload, lacking, List.of()));
    }

    /** Of a holder of targets who joins nothing counts but that he has signed. */
    private static boolean hasSigned(KeyRotationState state, SignatureCount count, KeyId keyid) {
        return state.fresh(RoleName.TARGETS).containsKey(keyid)
                ? count.status().map(RootRotationStatus::signatures).isPresent()
                        && !count.unproven().contains(keyid.value())
                : count.signed().contains(keyid.value());
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

    static Optional<KeyRotationStep> refuse(String why) {
        return Optional.of(new KeyRotationStep.Refuse(why));
    }
}
