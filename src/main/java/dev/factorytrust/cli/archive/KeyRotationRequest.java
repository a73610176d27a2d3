package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.tuf.crypto.KeyType;

import java.util.List;
import java.util.Optional;

/**
 * What somebody asks for with {@code keys rotate}.
 *
 * @param keepRootKey only online keys are exchanged
 * @param type of the new root keys
 * @param online whose online keys are exchanged; empty to leave that to the operator: none, or all under Compromise
 * @param movedFrom {@code <namespace>/<name>} that the Factory had before it was restored under this one
 */
record KeyRotationRequest(
        String namespace,
        String factory,
        boolean keepRootKey,
        KeyType type,
        Optional<List<RootRotationSpec.OnlineRole>> online,
        boolean compromise,
        Optional<String> message,
        Optional<String> expiresAfter,
        Optional<String> movedFrom) {

    /** The roles whose online key the next root is to exchange. */
    List<RootRotationSpec.OnlineRole> rotated() {
        return online.orElse(compromise ? List.of(RootRotationSpec.OnlineRole.values()) : List.of());
    }

    RootRotationSpec.Reason reason() {
        return compromise ? RootRotationSpec.Reason.COMPROMISE : RootRotationSpec.Reason.SCHEDULED;
    }
}
