package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a rotation of a holder's keys finds: on his disk and in the cluster.
 *
 * @param pending the archive that is to take the archive's place
 * @param name of the RootRotation that is followed; empty before a new key names it
 * @param followed whether this run has seen that rotation under way
 * @param payload the bytes that its status names, whatever their digest
 * @param signed the payload of a root that the new keys signed last, as far as the disk remembers
 * @param targets what there is of targets, while the rotation's root waits for a version of them that the holder signs
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
        Optional<Bytes> signed,
        Optional<AwaitedTargets> targets,
        Instant now) {

    /** The keys that the pending archive has and the archive hasn't, by keyid. */
    SortedMap<KeyId, SoftwareKey> fresh() {
        var fresh = fresh(RoleName.ROOT);
        fresh.putAll(fresh(RoleName.TARGETS));
        return fresh;
    }

    /** Those of them that are made for this role. */
    SortedMap<KeyId, SoftwareKey> fresh(RoleName role) {
        return pending.map(next -> fresh(roots.dialect(), archive, next, role)).orElseGet(TreeMap::new);
    }

    static SortedMap<KeyId, SoftwareKey> fresh(Dialect dialect, KeyArchive archive, KeyArchive pending, RoleName role) {
        var old = publicKeys(archive);
        var fresh = new TreeMap<KeyId, SoftwareKey>();
        pending.keys().stream()
                .filter(named -> named.role().orElse(RoleName.ROOT) == role)
                .map(ArchivedKey::key)
                .filter(key -> !old.contains(key.publicKey()))
                .forEach(key -> fresh.put(dialect.keyId(dialect.key(key.publicKey())), key));
        return fresh;
    }

    /** For which roles new keys are made. */
    Set<RoleName> rolesOfFresh() {
        return Set.of(RoleName.ROOT, RoleName.TARGETS).stream()
                .filter(role -> !fresh(role).isEmpty())
                .collect(Collectors.toSet());
    }

    static List<PublicKey> publicKeys(KeyArchive archive) {
        return archive.keys().stream().map(named -> named.key().publicKey()).toList();
    }

    /** The archive's keys that the newest root lists for the role, by the keyid under which it does. */
    SortedMap<KeyId, SoftwareKey> active(RoleName role) {
        return listed(archive, roots.root(), role);
    }

    /** The holder's keys, old and new, that this root lists for targets. */
    SortedMap<KeyId, SoftwareKey> targetsKeys(Root root) {
        return listed(pending.orElse(archive), root, RoleName.TARGETS);
    }

    static SortedMap<KeyId, SoftwareKey> listed(KeyArchive keys, Root root, RoleName role) {
        var listed = new TreeMap<KeyId, SoftwareKey>();
        RootHistory.keys(root, role).forEach((keyid, publicKey) -> keys.keys().stream()
                .map(ArchivedKey::key)
                .filter(key -> key.publicKey().equals(publicKey))
                .findFirst()
                .ifPresent(key -> listed.put(keyid, key)));
        return listed;
    }

    /** Whether the newest root lists every new key. */
    boolean isPublished() {
        return listsFresh(roots.root());
    }

    /** Whether the root that devices see does. */
    boolean isVisible() {
        return listsFresh(roots.visible().metadata());
    }

    private boolean listsFresh(Root root) {
        return !fresh().isEmpty()
                && rolesOfFresh().stream().allMatch(role -> fresh(role).values().stream()
                        .map(SoftwareKey::publicKey)
                        .allMatch(RootHistory.keys(root, role)::containsValue));
    }

    /** Old and new keys that may count towards the next root, by keyid. */
    Map<KeyId, SoftwareKey> signers() {
        var signers = new TreeMap<>(active(RoleName.ROOT));
        signers.putAll(fresh());
        return signers;
    }

    /**
     * The version of a root that the new keys signed, where the cluster shows another in its place. With theirs it may have
     * had all signatures, and then devices have it; so what follows on the other may be for somebody who stole the old keys.
     */
    Optional<Long> signedElsewhere() {
        var keys = fresh().values().stream().map(SoftwareKey::publicKey).toList();
        return signed.filter(payload -> !roots.have(payload))
                .map(payload -> roots.dialect().decodeSigned(Root.class, payload))
                .filter(root -> RootHistory.lists(root, keys))
                .map(Root::version)
                .filter(version -> version <= roots.root().version());
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
