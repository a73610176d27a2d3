package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.model.RoleName;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What has to hold before a rotation of a holder's keys is begun, or goes on until its root is signed. */
final class KeyRotationPreconditions {

    private KeyRotationPreconditions() {}

    /** What is said where one of them doesn't hold. */
    static Optional<KeyRotationStep> unmet(KeyRotationState state, KeyRotationRequest request) {
        if (Boolean.TRUE.equals(state.factory().getSpec().paused())) {
            return KeyRotationPlanner.refuse(paused(request.factory()));
        }
        return archive(state, request).or(() -> custody(state, request)).or(() -> pending(state, request));
    }

    static String paused(String factory) {
        return "Factory " + factory
                + " is paused: nothing is prepared or published there. Set spec.paused to false, and"
                + " run this again";
    }

    private static Optional<KeyRotationStep> archive(KeyRotationState state, KeyRotationRequest request) {
        if (!state.active(RoleName.ROOT).isEmpty()) {
            return Optional.empty();
        }
        if (state.active(RoleName.TARGETS).isEmpty()) {
            return Optional.of(new KeyRotationStep.Foreign());
        }
        return request.roles().equals(Set.of(RoleName.TARGETS))
                ? Optional.empty()
                : KeyRotationPlanner.refuse(
                        "the archive has a key of targets and none of root: pass --targets --keep-root-key to exchange"
                                + " that alone. Root's holders sign the change, too");
    }

    /** The next root takes up the declared custody: whoever exchanges a key of targets must not change that by the way. */
    private static Optional<KeyRotationStep> custody(KeyRotationState state, KeyRotationRequest request) {
        if (!request.roles().contains(RoleName.TARGETS) || state.rotation().isPresent()) {
            return Optional.empty();
        }
        var declared = KeyRotationCustody.declared(state.factory().getSpec());
        var inForce = KeyRotationCustody.inForce(state);
        if (inForce == Custody.ONLINE) {
            return declared == Custody.ONLINE
                    ? KeyRotationPlanner.refuse("targets.custody of Factory " + request.factory()
                            + " is Online: its key is in the cluster, and --online=targets exchanges it. Set it to"
                            + " Offline or Shared, and run this again, to have one made here")
                    : Optional.empty();
        }
        if (state.active(RoleName.TARGETS).isEmpty()) {
            return KeyRotationPlanner.refuse(
                    "none of the archive's keys is a key of targets in root version %d, which names %s. Who joins them, joins by a RootRotation with spec.targets"
                            .formatted(
                                    state.roots().root().version(),
                                    String.join(", ", KeyRotationCustody.holders(state))));
        }
        return declared == inForce
                ? Optional.empty()
                : KeyRotationPlanner.refuse(
                        "targets.custody of Factory %s is %s, and root says %s: the exchange would change that, too. Change it first, by a RootRotation with spec.targets, and run this again"
                                .formatted(request.factory(), Output.name(declared), Output.name(inForce)));
    }

    private static Optional<KeyRotationStep> pending(KeyRotationState state, KeyRotationRequest request) {
        if (state.fresh().isEmpty()) {
            return Optional.empty();
        }
        return request.roles().stream()
                .filter(role -> state.fresh(role).size() != newKeys(state).get(role))
                .findFirst()
                .flatMap(role -> KeyRotationPlanner.refuse(
                        "the pending archive has %d new keys for %s, and root version %d of Factory %s lists %d of the archive's: root has changed since. Keep the pending archive, move it aside, and run this again"
                                .formatted(
                                        state.fresh(role).size(),
                                        role.value(),
                                        state.roots().root().version(),
                                        request.factory(),
                                        state.active(role).size())));
    }

    /** As many new keys as there are old ones; the first that people hold of targets has none before it. */
    static Map<RoleName, Integer> newKeys(KeyRotationState state) {
        var targets = KeyRotationCustody.inForce(state) == Custody.ONLINE
                ? 1
                : state.active(RoleName.TARGETS).size();
        return Map.of(RoleName.ROOT, state.active(RoleName.ROOT).size(), RoleName.TARGETS, targets);
    }
}
