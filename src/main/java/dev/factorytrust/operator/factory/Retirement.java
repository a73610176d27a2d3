package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.OnlineKeys;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Removes online keys that nothing will be signed with any more: those that a rotation has replaced, and those made for
 * a root that never came. A key that no device trusts is of use to a thief of backups alone.
 */
final class Retirement {

    /** A cache may lag behind what another leader has just made; before a key goes the API server is asked, too. */
    private static final Duration LEAST_AGE = Duration.ofMinutes(10);

    private Retirement() {}

    static Optional<Decision> plan(Situation situation) {
        var state = situation.state();
        var visible = state.stored().rootVersion();
        if (state.stored().overlapSince().isPresent()
                || state.roots()
                        .newest()
                        .map(Signed::metadata)
                        .map(Root::version)
                        .filter(version -> version == visible)
                        .isEmpty()) {
            return Optional.empty();
        }
        var named = Stream.concat(
                        state.roots().newest().stream(),
                        situation.orphans().stream()
                                .filter(orphan -> orphan.hold() != Orphans.Hold.NONE)
                                .flatMap(orphan -> orphan.root().stream()))
                .flatMap(root -> root.metadata().keys().values().stream())
                .flatMap(key -> key.publicKey().stream())
                .collect(Collectors.toSet());
        var living = state.rotations().stream()
                .filter(rotation -> isLiving(
                        situation.rotations().get(rotation.getMetadata().getName())))
                .map(RootRotation::getMetadata)
                .map(metadata -> metadata.getUid())
                .collect(Collectors.toSet());
        return state.onlineKeys().stream()
                .filter(key -> isRetired(state, key, named, living))
                .map(OnlineKeys.StoredKey::secret)
                .findFirst()
                .map(secret -> new Decision.RemoveKey(secret, "no root in use names it"));
    }

    private static boolean isRetired(
            FactoryState state, OnlineKeys.StoredKey key, Set<PublicKey> named, Set<String> living) {
        return key.key()
                        .map(SoftwareKey::publicKey)
                        .filter(material -> !named.contains(material))
                        .isPresent()
                && key.rotation().filter(living::contains).isEmpty()
                && created(key.secret()).plus(LEAST_AGE).isBefore(state.now());
    }

    private static boolean isLiving(Standing standing) {
        return switch (standing) {
            case Standing.Turn _, Standing.NeedsKeys _, Standing.Overtaken _, Standing.Queued _ -> true;
            case Standing.Stored _, Standing.Rejected _, Standing.Superseded _ -> false;
            case null -> true;
        };
    }

    private static Instant created(Secret secret) {
        return Instant.parse(secret.getMetadata().getCreationTimestamp());
    }
}
