package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.runtime.Conditions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whose turn it is to change the root: one at a time.
 *
 * <p>First what all have signed, for that is the next root whatever happens. Then a Compromise; then what holders may be
 * signing already; then the oldest, then by name. What the operator itself proposed comes last, and gives way to what a
 * user declared as long as nobody has signed it.
 */
public final class RotationQueue {

    private final CeremonyInputs inputs;
    private final Map<String, Standing> standings = new LinkedHashMap<>();
    private final Map<String, Standing.Turn> offered = new LinkedHashMap<>();
    private final Map<String, Standing> begun = new HashMap<>();
    private Optional<RootRotation> turn = Optional.empty();

    private RotationQueue(CeremonyInputs inputs) {
        this.inputs = inputs;
    }

    /** Where each RootRotation of the Factory stands, by name. */
    public static Map<String, Standing> standings(CeremonyInputs inputs) {
        var queue = new RotationQueue(inputs);
        queue.run();
        return queue.standings;
    }

    private void run() {
        var stored = new StoredRotations(inputs);
        var waiting = new ArrayList<RootRotation>();
        for (var rotation : inputs.rotations()) {
            var settled = stored.of(rotation).or(() -> settled(rotation));
            if (settled.isPresent()) {
                standings.put(name(rotation), settled.get());
            } else {
                waiting.add(rotation);
                // Else it is lost, late or overtaken: that is said of it at once, whosever turn it is.
                if (Ceremonies.isOffered(inputs, rotation)
                        && begin(rotation) instanceof Standing.Turn here
                        && here.ceremony().offered()) {
                    offered.put(name(rotation), here);
                }
            }
        }
        waiting.sort(Comparator.comparingInt((RootRotation rotation) -> rank(rotation, offered.get(name(rotation))))
                .thenComparing(RotationQueue::created)
                .thenComparing(RotationQueue::name));
        waiting.forEach(rotation -> standings.put(name(rotation), place(rotation, offered.get(name(rotation)))));
    }

    /** The signatures on it are verified for that, so once is enough. */
    private Standing begin(RootRotation rotation) {
        return begun.computeIfAbsent(name(rotation), _ -> Ceremonies.begin(inputs, rotation));
    }

    private static final int BINDING = 0;
    private static final int COMPROMISE = 1;

    private int rank(RootRotation rotation, Standing.Turn offered) {
        if (offered != null && offered.ceremony().isBinding()) {
            return BINDING;
        }
        if (RotationSpecs.isCompromise(rotation)) {
            return COMPROMISE;
        }
        if (isUnsignedProposal(rotation, offered)) {
            return 4;
        }
        return offered != null ? 2 : 3;
    }

    private Standing place(RootRotation rotation, Standing.Turn offered) {
        if (turn.isEmpty() && !(inputs.underway() && rank(rotation, offered) > COMPROMISE)) {
            var here = offered != null ? offered : begin(rotation);
            if (here instanceof Standing.Turn || here instanceof Standing.NeedsKeys) {
                turn = Optional.of(rotation);
            }
            return here;
        }
        if (offered == null && (Ceremonies.isOffered(inputs, rotation) || isPassed(rotation))) {
            var here = begin(rotation);
            if (here instanceof Standing.Rejected || here instanceof Standing.Superseded) {
                return here;
            }
        }
        if (turn.filter(first -> !isProposal(first)).isPresent() && isUnsignedProposal(rotation, offered)) {
            return new Standing.Superseded(
                    "OwnRotation",
                    "RootRotation " + name(turn.get()) + " was declared, which changes root anyway; what is still due"
                            + " after it is proposed again");
        }
        var first = turn.map(RotationQueue::name)
                .map(name -> "RootRotation " + name)
                .orElse("Root version " + inputs.newestVersion());
        return offered != null
                ? new Standing.Overtaken(offered.ceremony(), first)
                : new Standing.Queued("WaitsForTurn", first + " comes first; one root is changed at a time");
    }

    /** A younger one is offered, so this one was refused, even if nobody has written that down yet. */
    private boolean isPassed(RootRotation rotation) {
        return turn.filter(first -> offered.containsKey(name(first)) && !RotationSpecs.isCompromise(first))
                .filter(first -> created(rotation).compareTo(created(first)) < 0 && !isProposal(rotation))
                .isPresent();
    }

    private boolean isUnsignedProposal(RootRotation rotation, Standing.Turn offered) {
        return isProposal(rotation)
                && (offered == null || offered.ceremony().tally().accepted().isEmpty());
    }

    private boolean isProposal(RootRotation rotation) {
        return Names.isProposal(inputs.factory().name(), name(rotation));
    }

    /** What can be said of a rotation without looking at the others. */
    private Optional<Standing> settled(RootRotation rotation) {
        return ended(rotation).or(() -> fromVersion(rotation)).or(() -> firstRoot(name(rotation)));
    }

    private Optional<Standing> firstRoot(String name) {
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

    /** Looked at once, before anything is offered: from then on the payload says which root it follows. */
    private Optional<Standing> fromVersion(RootRotation rotation) {
        var newest = inputs.newestVersion();
        var from = rotation.getSpec().fromVersion();
        if (from == null || from == newest || Ceremonies.isOffered(inputs, rotation)) {
            return Optional.empty();
        }
        return Optional.of(
                from < newest
                        ? new Standing.Superseded(
                                "RootMovedOn",
                                "it was written for root version " + from + ", and version " + newest
                                        + " is published; declare the change anew if it is still wanted")
                        : new Standing.Queued(
                                "AheadOfRoot",
                                "it was written for root version " + from + ", and the newest here is " + newest
                                        + "; it waits for that root, and lets others pass"));
    }

    private static String created(RootRotation rotation) {
        return rotation.getMetadata().getCreationTimestamp();
    }

    private static String name(RootRotation rotation) {
        return rotation.getMetadata().getName();
    }
}
