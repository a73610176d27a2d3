package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.RoleChange;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Holder;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootExtras;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** What a RootRotation's spec asks for, in the engine's terms. */
public final class RotationSpecs {

    private RotationSpecs() {}

    /** @throws dev.factorytrust.tuf.crypto.InvalidKeyException when a public key can't be read */
    static RootChange change(
            FactoryRef factory,
            String name,
            RootRotationSpec spec,
            Map<RoleName, List<PublicKey>> newOnlineKeys,
            Instant expires) {
        return new RootChange(
                edit(spec.root()),
                edit(spec.targets()),
                newOnlineKeys,
                expires,
                Optional.of(new RootExtras.Rotation(name, spec.sha256())),
                factory.toString());
    }

    public static boolean isCompromise(RootRotation rotation) {
        return rotation.getSpec().reason() == RootRotationSpec.Reason.COMPROMISE;
    }

    /** Whose keys are exchanged, where the spec names them. */
    static Optional<Set<RoleName>> rotated(RootRotation rotation) {
        return Optional.ofNullable(rotation.getSpec().rotateOnlineKeys())
                .map(roles -> roles.stream().map(RotationSpecs::role).collect(Collectors.toUnmodifiableSet()));
    }

    private static RoleName role(RootRotationSpec.OnlineRole role) {
        return switch (role) {
            case TARGETS -> RoleName.TARGETS;
            case SNAPSHOT -> RoleName.SNAPSHOT;
            case TIMESTAMP -> RoleName.TIMESTAMP;
        };
    }

    static Duration expiresAfter(RootRotationSpec spec, Duration factorys) {
        return Optional.ofNullable(spec.expiresAfter()).map(Durations::parse).orElse(factorys);
    }

    private static Optional<RoleEdit> edit(RoleChange change) {
        return Optional.ofNullable(change)
                .map(edit -> new RoleEdit(
                        Optional.ofNullable(edit.addKeys()).orElse(List.of()).stream()
                                .map(holder -> new Holder(holder.name(), PublicKey.parsePem(holder.publicKey())))
                                .toList(),
                        Optional.ofNullable(edit.removeKeys()).orElse(List.of()),
                        edit.threshold() == null ? OptionalInt.empty() : OptionalInt.of(edit.threshold())));
    }
}
