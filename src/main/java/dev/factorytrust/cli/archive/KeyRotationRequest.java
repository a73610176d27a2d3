package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody asks for with {@code keys rotate}.
 *
 * @param roles whose keys in the archive are exchanged: root, targets, both; none where only online keys are
 * @param type of the new keys
 * @param online whose online keys are exchanged; empty to leave that to the operator: none, or all under Compromise
 * @param movedFrom {@code <namespace>/<name>} that the Factory had before it was restored under this one
 */
record KeyRotationRequest(
        String namespace,
        String factory,
        Set<RoleName> roles,
        KeyType type,
        Optional<List<RootRotationSpec.OnlineRole>> online,
        boolean compromise,
        Optional<String> message,
        Optional<String> expiresAfter,
        Optional<String> movedFrom) {

    KeyRotationRequest {
        roles = Set.copyOf(roles);
    }

    /** Whether online keys and holders' keys of targets change with an overlap, which takes its time. */
    boolean overlaps() {
        return !compromise && (roles.contains(RoleName.TARGETS) || online.isPresent());
    }
}
