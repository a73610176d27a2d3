package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a rotation of a holder's keys finds: on his disk and in the cluster.
 *
 * @param pending the archive that is to take the archive's place
 * @param name of the RootRotation that is followed; empty before a new key names it
 * @param followed whether this run has seen that rotation under way
 * @param payload the bytes that its status names, whatever their digest
 */
record KeyRotationState(
        Factory factory,
        RootHistory roots,
        KeyArchive archive,
        Optional<KeyArchive> pending,
        Optional<String> name,
        Optional<RootRotation> rotation,
        boolean followed,
        Optional<Bytes> payload,
        Instant now) {

    /** The keys that the pending archive has and the archive hasn't, by keyid. */
    SortedMap<KeyId, SoftwareKey> fresh() {
        return pending.map(next -> fresh(roots.dialect(), archive, next)).orElseGet(TreeMap::new);
    }

    static SortedMap<KeyId, SoftwareKey> fresh(Dialect dialect, KeyArchive archive, KeyArchive pending) {
        var old = publicKeys(archive);
        var fresh = new TreeMap<KeyId, SoftwareKey>();
        pending.keys().stream()
                .map(KeyArchive.ArchivedKey::key)
                .filter(key -> !old.contains(key.publicKey()))
                .forEach(key -> fresh.put(dialect.keyId(dialect.key(key.publicKey())), key));
        return fresh;
    }

    static List<PublicKey> publicKeys(KeyArchive archive) {
        return archive.keys().stream().map(named -> named.key().publicKey()).toList();
    }

    /** The archive's keys that the newest root lists, by the keyid under which it does. */
    SortedMap<KeyId, SoftwareKey> active() {
        return listed(archive);
    }

    private SortedMap<KeyId, SoftwareKey> listed(KeyArchive keys) {
        var listed = new TreeMap<KeyId, SoftwareKey>();
        roots.rootKeys().forEach((keyid, publicKey) -> keys.keys().stream()
                .map(KeyArchive.ArchivedKey::key)
                .filter(key -> key.publicKey().equals(publicKey))
                .findFirst()
                .ifPresent(key -> listed.put(keyid, key)));
        return listed;
    }

    /** Whether the newest root lists every new key. */
    boolean isPublished() {
        return !fresh().isEmpty()
                && fresh().values().stream().allMatch(key -> roots.rootKeys().containsValue(key.publicKey()));
    }

    /** Old and new keys that may count towards the next root, by keyid. */
    Map<KeyId, SoftwareKey> signers() {
        var signers = new TreeMap<>(active());
        signers.putAll(fresh());
        return signers;
    }

    Optional<RootRotationStatus> status() {
        return rotation.map(RootRotation::getStatus);
    }

    Optional<Phase> phase() {
        return status().map(RootRotationStatus::phase);
    }

    boolean hasEnded() {
        return hasEnded(rotation);
    }

    /** Without a root: another rotation has to take its place. */
    static boolean hasEnded(Optional<RootRotation> rotation) {
        return rotation.map(RootRotation::getStatus)
                .map(RootRotationStatus::phase)
                .filter(phase -> phase == Phase.REJECTED || phase == Phase.SUPERSEDED)
                .isPresent();
    }

    boolean isCompleted() {
        return phase().filter(Phase.COMPLETED::equals).isPresent();
    }
}
