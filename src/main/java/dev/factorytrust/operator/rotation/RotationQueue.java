package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.SignatureTally;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whose turn it is to change the root: one at a time, oldest first, then by name. One whose payload is offered keeps its
 * turn, since holders may be signing it.
 */
public final class RotationQueue {

    private RotationQueue() {}

    /** Where each RootRotation of the Factory stands, by name, in the order of the queue. */
    public static Map<String, Standing> standings(CeremonyInputs inputs) {
        var standings = new LinkedHashMap<String, Standing>();
        Optional<String> turn = Optional.empty();
        for (var rotation : inOrder(inputs)) {
            var name = rotation.getMetadata().getName();
            var standing = settled(inputs, rotation);
            if (standing.isEmpty() && turn.isPresent()) {
                standing = Optional.of(new Standing.Queued(
                        "WaitsForTurn", "RootRotation " + turn.get() + " comes first; one root is changed at a time"));
            }
            var here = standing.orElseGet(() -> Ceremonies.begin(inputs, rotation));
            if (here instanceof Standing.Turn) {
                turn = Optional.of(name);
            }
            standings.put(name, here);
        }
        return standings;
    }

    private static List<RootRotation> inOrder(CeremonyInputs inputs) {
        return inputs.rotations().stream()
                .sorted(Comparator.comparing((RootRotation rotation) -> !hasPayload(inputs, rotation))
                        .thenComparing(rotation -> rotation.getMetadata().getCreationTimestamp())
                        .thenComparing(rotation -> rotation.getMetadata().getName()))
                .toList();
    }

    private static boolean hasPayload(CeremonyInputs inputs, RootRotation rotation) {
        return inputs.stored()
                .find(Names.payload(rotation.getMetadata().getName()))
                .isPresent();
    }

    /** What can be said of a rotation without looking at the others. */
    private static Optional<Standing> settled(CeremonyInputs inputs, RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        var spec = rotation.getSpec();
        var made = rootsByRotation(inputs).get(name);
        if (made != null) {
            return Optional.of(
                    made.rotation().sha256().equals(RotationSpecs.sha256(spec))
                            ? stored(inputs, rotation, made.root())
                            : new Standing.Rejected(
                                    "NameUsed",
                                    "root version " + made.root().metadata().version()
                                            + " was made by another RootRotation named " + name
                                            + "; declare this change under a new name"));
        }
        return ended(rotation)
                .or(() -> notYet(spec))
                .or(() -> fromVersion(spec, inputs.newestVersion()))
                .or(() -> firstRoot(inputs, name));
    }

    /** Completed is final, even where the timestamp that published the root is lost later. */
    private static Standing stored(CeremonyInputs inputs, RootRotation rotation, Signed<Root> root) {
        var version = root.metadata().version();
        var current = Optional.ofNullable(inputs.roots().get(version - 1)).map(Signed::metadata);
        var completed = Optional.ofNullable(rotation.getStatus())
                .filter(status -> status.phase() == RootRotationStatus.Phase.COMPLETED)
                .isPresent();
        return new Standing.Stored(
                version,
                completed || version <= inputs.stored().rootVersion(),
                RootDiff.between(current, root.metadata()),
                SignatureTally.of(current, root));
    }

    private static Optional<Standing> firstRoot(CeremonyInputs inputs, String name) {
        return inputs.newest().isEmpty()
                        && !name.equals(Names.firstRootRotation(inputs.factory().name()))
                ? Optional.of(new Standing.Queued("NoRootYet", "waits for root version 1, which it is to change"))
                : Optional.empty();
    }

    /** Rejected and Superseded are final: a later root must not revive what its author has given up on. */
    private static Optional<Standing> ended(RootRotation rotation) {
        var status = Optional.ofNullable(rotation.getStatus());
        var why = status.map(RootRotationStatus::conditions).orElse(List.of()).stream()
                .filter(condition -> condition.type().equals(Conditions.COMPLETE))
                .findFirst();
        var reason = why.map(Condition::reason).orElse("Ended");
        var message = why.map(Condition::message).orElse("");
        return status.map(RootRotationStatus::phase).flatMap(phase -> switch (phase) {
            case REJECTED -> Optional.of(new Standing.Rejected(reason, message));
            case SUPERSEDED -> Optional.of(new Standing.Superseded(reason, message));
            case QUEUED, AWAITING_SIGNATURES, PUBLISHING, OVERLAPPING, COMPLETED -> Optional.<Standing>empty();
        });
    }

    private static Optional<Standing> notYet(RootRotationSpec spec) {
        var what = spec.reason() == RootRotationSpec.Reason.COMPROMISE
                ? "reason: Compromise"
                : spec.rotateOnlineKeys() != null && !spec.rotateOnlineKeys().isEmpty()
                        ? "rotateOnlineKeys"
                        : spec.targets() != null ? "targets" : null;
        return Optional.ofNullable(what)
                .map(field -> new Standing.Queued(
                        "NotSupported",
                        field + " is not supported by this version of the operator; it waits, and lets others pass"));
    }

    private static Optional<Standing> fromVersion(RootRotationSpec spec, long newest) {
        if (spec.fromVersion() == null || spec.fromVersion() == newest) {
            return Optional.empty();
        }
        return Optional.of(
                spec.fromVersion() < newest
                        ? new Standing.Superseded(
                                "RootMovedOn",
                                "it was written for root version " + spec.fromVersion() + ", and version " + newest
                                        + " is published; declare the change anew if it is still wanted")
                        : new Standing.Queued(
                                "AheadOfRoot",
                                "it was written for root version " + spec.fromVersion() + ", and the newest here is "
                                        + newest + "; it waits for that root, and lets others pass"));
    }

    private record Made(RootExtras.Rotation rotation, Signed<Root> root) {}

    private static Map<String, Made> rootsByRotation(CeremonyInputs inputs) {
        var made = new HashMap<String, Made>();
        inputs.roots().values().forEach(root -> RootExtras.of(root.metadata())
                .rotation()
                .ifPresent(rotation -> made.putIfAbsent(rotation.name(), new Made(rotation, root))));
        return made;
    }
}
