package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.PayloadCheck;
import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootExtras;

import java.time.Duration;
import java.util.Optional;

/**
 * What a rotation of a holder's keys is offered to sign, once it is what was asked for. The new online keys are the
 * operator's to make: they are taken from the payload, where some were asked for.
 */
final class KeyRotationPayload {

    private KeyRotationPayload() {}

    /** @throws Failure saying what nobody asked for */
    static RootPayload checked(
            KeyRotationState state, KeyRotationRequest request, RootRotation rotation, Bytes payload) {
        var rotationName = rotation.getMetadata().getName();
        var name = "the payload of RootRotation " + rotationName;
        var promised = rotation.getStatus().payload().sha256();
        if (!payload.sha256().equals(promised)) {
            throw PayloadCheck.refused(
                    name, "its sha256 is %s, and status.payload says %s".formatted(payload.sha256(), promised));
        }
        var current = state.roots().newest();
        var offered = RootPayload.toSign(
                new InputFile(name, payload),
                Optional.of(new InputFile("root version " + current.metadata().version(), current.file())),
                request.movedFrom());
        var next = offered.next();
        var change = new RootChange(
                KeyRotationSpec.edit(state, RoleName.ROOT),
                KeyRotationSpec.edit(state, RoleName.TARGETS)
                        .map(edit -> new RoleEdit(edit.add(), edit.remove(), KeyRotationCustody.threshold(state))),
                KeyRotationCustody.newOnlineKeys(name, state, request, next),
                next.expires(),
                Optional.of(
                        new RootExtras.Rotation(rotationName, rotation.getSpec().sha256())),
                request.namespace() + '/' + request.factory());
        PayloadCheck.require(name, offered, change, Optional.of(life(state, request)), state.now());
        return offered;
    }

    private static Duration life(KeyRotationState state, KeyRotationRequest request) {
        return request.expiresAfter()
                .or(() ->
                        Optional.ofNullable(state.factory().getSpec().root()).map(FactorySpec.RootPolicy::expiresAfter))
                .map(Durations::parse)
                .orElse(Durations.ROOT_EXPIRES_AFTER);
    }
}
