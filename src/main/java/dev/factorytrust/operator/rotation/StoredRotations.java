package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.operator.rotation.Standing.Progress;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootExtras;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rotations that stored roots carry. A root says itself which change made it: a cluster that is built again from Git
 * finds its history done, and does nothing twice.
 */
final class StoredRotations {

    private record Made(RootExtras.Rotation rotation, Signed<Root> root) {}

    private final CeremonyInputs inputs;
    private final Map<String, Made> made = new HashMap<>();

    StoredRotations(CeremonyInputs inputs) {
        this.inputs = inputs;
        inputs.roots().values().forEach(root -> RootExtras.of(root.metadata())
                .rotation()
                .ifPresent(rotation -> made.putIfAbsent(rotation.name(), new Made(rotation, root))));
    }

    Optional<Standing> of(RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        return Optional.ofNullable(made.get(name))
                .map(found ->
                        found.rotation().sha256().equals(rotation.getSpec().sha256())
                                ? stored(rotation, found.root())
                                : new Standing.Rejected(
                                        "NameUsed",
                                        "root version "
                                                + found.root().metadata().version()
                                                + " was made by another RootRotation named " + name
                                                + "; declare this change under a new name"));
    }

    private Standing stored(RootRotation rotation, Signed<Root> root) {
        var version = root.metadata().version();
        var current = Optional.ofNullable(inputs.roots().get(version - 1)).map(Signed::metadata);
        return new Standing.Stored(
                root,
                current,
                progress(rotation, version),
                version == inputs.newestVersion() ? inputs.overlapUntil() : Optional.empty());
    }

    /** Completed is final, even where the timestamp that published the root is lost later. */
    private Progress progress(RootRotation rotation, long version) {
        var completed = Optional.ofNullable(rotation.getStatus())
                .filter(status -> status.phase() == RootRotationStatus.Phase.COMPLETED)
                .isPresent();
        var visible = version <= inputs.stored().rootVersion();
        var overlapping =
                version == inputs.newestVersion() && inputs.overlapUntil().isPresent();
        if (completed || visible && !overlapping) {
            return Progress.COMPLETED;
        }
        if (visible) {
            return Progress.PUBLISHED_OVERLAPPING;
        }
        return overlapping ? Progress.OVERLAPPING : Progress.STORED;
    }
}
