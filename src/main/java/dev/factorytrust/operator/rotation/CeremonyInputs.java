package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.OnlineSigners;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the root's next change is decided from.
 *
 * @param roots every stored root that is a fully signed successor, seen by devices or about to be
 * @param firstOnlineKeys the keys that root 1 may name for the online roles, oldest first; unused once there is a root
 * @param newOnlineKeys the keys made for each RootRotation that exchanges some, by the rotation's UID, oldest first
 * @param signers the online keys that are held
 * @param underway whether a stored root, or the online keys that came with it, are still on their way to devices
 * @param sharedWith the other Factory whose roots have a key, where that must not be
 * @param overlapUntil when the present wait of an overlap ends; empty outside one
 * @param signatures attached Secrets by the name of the payload that they sign
 * @param custody who is to sign targets, as the Factory declares it
 * @param expiresAfter the Factory's life of a root
 */
public record CeremonyInputs(
        FactoryRef factory,
        Dialect dialect,
        NavigableMap<Long, Signed<Root>> roots,
        Map<RoleName, List<PublicKey>> firstOnlineKeys,
        Map<String, Map<RoleName, List<PublicKey>>> newOnlineKeys,
        OnlineSigners signers,
        boolean underway,
        Optional<Instant> overlapUntil,
        Function<PublicKey, Optional<FactoryRef>> sharedWith,
        List<RootRotation> rotations,
        StoredMetadata stored,
        Map<String, List<Secret>> signatures,
        Custody custody,
        Duration expiresAfter,
        Instant now) {

    public Optional<Root> newest() {
        return Optional.ofNullable(roots.lastEntry())
                .map(entry -> entry.getValue().metadata());
    }

    public long newestVersion() {
        return newest().map(Root::version).orElse(0L);
    }

    /** Names the Factory only: the parts hold Secrets. */
    @Override
    public String toString() {
        return "CeremonyInputs[" + factory + ']';
    }
}
