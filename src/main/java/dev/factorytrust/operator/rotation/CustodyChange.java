package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.RoleChange;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.RootProposal;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a RootRotation makes of the custody of targets. The Factory declares it; it becomes true with the first change of
 * targets' holders after that. Once a payload is offered it counts what that says: what people sign must not move.
 */
record CustodyChange(CeremonyInputs inputs, RootRotation rotation, Optional<Root> offered) {

    /** Not final: it is for the Factory's owner to say. */
    static final String MISMATCH = "CustodyMismatch";

    /** The online roles for which the rotation brings new keys. */
    Set<RoleName> rotated() {
        if (inputs.newest().isEmpty()) {
            return inputs.firstOnlineKeys().keySet().stream()
                    .filter(role -> role != RoleName.TARGETS || isOnline())
                    .collect(Collectors.toUnmodifiableSet());
        }
        var roles = EnumSet.noneOf(RoleName.class);
        RotationSpecs.rotated(rotation)
                .ifPresentOrElse(roles::addAll, () -> Stream.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP)
                        .filter(role -> RotationSpecs.isCompromise(rotation) && hasOnlineKey(role))
                        .forEach(roles::add));
        if (concernsHolders()) {
            if (!isOnline()) {
                roles.remove(RoleName.TARGETS);
            } else if (!hasOnlineKey(RoleName.TARGETS)) {
                roles.add(RoleName.TARGETS);
            }
        }
        return roles;
    }

    /** The new keys by role; none for targets where its online key goes. */
    Map<RoleName, List<PublicKey>> keys(Map<RoleName, List<PublicKey>> made) {
        var keys = new HashMap<>(made);
        if (concernsHolders() && !isOnline() && inputs.newest().isPresent() && hasOnlineKey(RoleName.TARGETS)) {
            keys.put(RoleName.TARGETS, List.of());
        }
        return keys;
    }

    /** Why it can't be done as things are. */
    Optional<Standing> refusal(Map<RoleName, List<PublicKey>> keys) {
        if (inputs.newest().isEmpty()) {
            return Optional.empty();
        }
        if (rotated().contains(RoleName.TARGETS) && !concernsHolders() && !hasOnlineKey(RoleName.TARGETS)) {
            return Optional.of(new Standing.Rejected(
                    "NoOnlineKey",
                    "targets has no online key that could be exchanged: its holders change theirs by spec.targets"));
        }
        var nameless = inputs.signers().offline().stream()
                .filter(newest().role(RoleName.TARGETS).keyids()::contains)
                .filter(keyid -> !isRemoved(keyid))
                .findFirst();
        return nameless.filter(_ -> keys.containsKey(RoleName.TARGETS))
                .map(keyid -> new Standing.Rejected(
                        "NamelessHolder",
                        "root gives no name to the holder of key %.8s of targets, which would go with the online key: remove"
                                        .formatted(keyid)
                                + " it by its keyid in spec.targets; to keep it, first add it again with a name, in a change of"
                                + " spec.targets alone"));
    }

    /** By its keyid or the first digits of it, where that isn't the name of another. */
    private boolean isRemoved(KeyId keyid) {
        var names = RootExtras.of(newest()).holders().values();
        return Optional.ofNullable(rotation.getSpec().targets()).map(RoleChange::removeKeys).orElse(List.of()).stream()
                .filter(reference -> !names.contains(reference))
                .anyMatch(reference -> reference.equals(keyid.value())
                        || reference.length() >= 8 && keyid.value().startsWith(reference.toLowerCase(Locale.ROOT)));
    }

    /**
     * The change with the threshold that root is to have: the declared one counts holders, and the cluster's key signs on top
     * of them. It never asks for more than all.
     */
    RootChange withThreshold(RootChange change) {
        if (!concernsHolders()) {
            return change;
        }
        var holders = holders(change);
        var asked = Optional.ofNullable(rotation.getSpec().targets())
                .map(RoleChange::threshold)
                .orElseGet(this::holdersThreshold);
        var threshold = holders == 0 ? 1 : isOnline() ? Math.min(asked, holders) + 1 : asked;
        return withTargets(change, OptionalInt.of(threshold));
    }

    /** The declared custody has to fit who would sign. */
    Optional<Standing> mismatch(RootChange change) {
        if (!concernsHolders() || offered.isPresent()) {
            return Optional.empty();
        }
        var holders = holders(change);
        if (holders > 0 && inputs.custody() == Custody.ONLINE) {
            return Optional.of(new Standing.Queued(
                    MISMATCH,
                    "targets would have holders, and spec.targets.custody of the Factory is Online: set Offline or Shared"
                            + " there, or remove every holder here; it waits, and lets others pass"));
        }
        return holders == 0
                        && inputs.custody() != Custody.ONLINE
                        && inputs.newest().isPresent()
                        && inputs.signers().holders(newest(), RoleName.TARGETS).size() > 0
                ? Optional.of(new Standing.Queued(
                        MISMATCH,
                        "targets would have no holder left, and spec.targets.custody of the Factory is not Online: set"
                                + " Online there, or add holders here; it waits, and lets others pass"))
                : Optional.empty();
    }

    private int holders(RootChange change) {
        return RootProposal.holders(
                inputs.dialect(), inputs.newest(), withTargets(change, OptionalInt.of(1)), RoleName.TARGETS);
    }

    /** How many of the holders must sign now. */
    private int holdersThreshold() {
        return inputs.newest()
                .filter(root ->
                        !inputs.signers().holders(root, RoleName.TARGETS).isEmpty())
                .map(root -> root.role(RoleName.TARGETS).threshold() - (hasOnlineKey(RoleName.TARGETS) ? 1 : 0))
                .filter(threshold -> threshold > 0)
                .orElse(1);
    }

    private static RootChange withTargets(RootChange change, OptionalInt threshold) {
        return new RootChange(
                change.root(),
                change.targets().map(edit -> new RoleEdit(edit.add(), edit.remove(), threshold)),
                change.newOnlineKeys(),
                change.expires(),
                change.rotation(),
                change.factory());
    }

    private boolean concernsHolders() {
        return rotation.getSpec().targets() != null;
    }

    /** Whether the cluster has a key of the next root's targets. */
    private boolean isOnline() {
        return offered.map(root -> hasOnlineKey(root, RoleName.TARGETS))
                .orElseGet(() -> inputs.custody() != Custody.OFFLINE);
    }

    private boolean hasOnlineKey(RoleName role) {
        return hasOnlineKey(newest(), role);
    }

    /** By what root says, not by what is stored: a key may be lost. */
    private boolean hasOnlineKey(Root root, RoleName role) {
        var named = RootExtras.of(root).holders().keySet();
        return root.role(role).keyids().stream()
                .anyMatch(keyid ->
                        !named.contains(keyid) && !inputs.signers().offline().contains(keyid));
    }

    private Root newest() {
        return inputs.newest().orElseThrow();
    }
}
