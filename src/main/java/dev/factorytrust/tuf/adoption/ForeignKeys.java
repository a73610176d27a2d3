package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PrivateKeys;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The private keys among the files that somebody brings. Names say nothing: whose a key is, its material tells. */
final class ForeignKeys {

    private static final String KEY_FILE = ".pem";
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final Map<String, Class<? extends Metadata>> METADATA = Map.of(
            "root", Root.class, "targets", Targets.class, "snapshot", Snapshot.class, "timestamp", Timestamp.class);

    private final Map<ForeignFile, SoftwareKey> keys = new LinkedHashMap<>();

    /**
     * Reads every key, whatever else is wrong with the files.
     *
     * @throws RefusedException if one is a key of a root, or can't be told not to be; none is ever repeated
     */
    ForeignKeys(Dialect dialect, ForeignFiles files) {
        var rootKeys = files.roots().values().stream()
                .flatMap(file -> rootKeys(dialect, file.content()))
                .collect(Collectors.toSet());
        files.all().forEach(file -> {
            read(dialect, file).ifPresent(key -> {
                if (rootKeys.contains(key.publicKey())) {
                    throw new RefusedException(
                            RefusedException.ROOT_KEY,
                            file.where() + " is a private key of root, which must never be in a cluster: remove it"
                                    + " here and wherever it was copied from, and treat it as seen by whoever may read it");
                }
                keys.put(file, key);
            });
        });
    }

    private static Stream<PublicKey> rootKeys(Dialect dialect, Bytes file) {
        try {
            var root = dialect.decode(Root.class, file).metadata();
            return root.role(RoleName.ROOT).keyids().stream()
                    .flatMap(keyid -> Optional.ofNullable(root.keys().get(keyid)).flatMap(Key::publicKey).stream());
        } catch (MalformedMetadataException unreadable) {
            return Stream.empty();
        }
    }

    private static Optional<SoftwareKey> read(Dialect dialect, ForeignFile file) {
        if (isMetadata(dialect, file) || !PrivateKeys.isIn(file.content())) {
            if (isArchive(file.content())) {
                throw new RefusedException(
                        RefusedException.PRIVATE_KEY,
                        file.where() + " is an archive, which may hold keys of root and isn't opened: remove it");
            }
            return Optional.empty();
        }
        if (!file.name().endsWith(KEY_FILE)) {
            throw new RefusedException(
                    RefusedException.PRIVATE_KEY,
                    file.where() + " holds a private key, and only online keys are taken, from entries that end in "
                            + KEY_FILE + ": remove it");
        }
        try {
            return Optional.of(SoftwareKey.parsePem(file.content().utf8()));
        } catch (InvalidKeyException e) {
            throw new RefusedException(
                    RefusedException.PRIVATE_KEY,
                    file.where() + " is a private key that can't be used: " + e.getMessage()
                            + " (openssl pkcs8 -topk8 -nocrypt makes one)");
        }
    }

    /** What it says is public already, and custom fields may look like anything. */
    private static boolean isMetadata(Dialect dialect, ForeignFile file) {
        return METADATA.entrySet().stream()
                .filter(entry -> file.name().endsWith(entry.getKey() + ".json"))
                .anyMatch(entry -> {
                    try {
                        dialect.decode(entry.getValue(), file.content());
                        return true;
                    } catch (MalformedMetadataException unreadable) {
                        return false;
                    }
                });
    }

    private static boolean isArchive(Bytes content) {
        var bytes = content.toArray();
        return bytes.length > 1 && bytes[0] == GZIP[0] && bytes[1] == GZIP[1];
    }

    /** Those that the root names for the online roles; a key may serve several of them. */
    Map<RoleName, List<SoftwareKey>> of(Root root, Collection<RoleName> roles) {
        var found = new EnumMap<RoleName, List<SoftwareKey>>(RoleName.class);
        roles.forEach(role -> {
            var named = material(root, role);
            var held = new ArrayList<SoftwareKey>();
            keys.values().stream()
                    .filter(key -> named.contains(key.publicKey()))
                    .filter(key ->
                            held.stream().noneMatch(other -> other.publicKey().equals(key.publicKey())))
                    .forEach(held::add);
            found.put(role, List.copyOf(held));
        });
        return found;
    }

    /** Those that the root doesn't name for any role. */
    List<ForeignFile> strangers(Root root) {
        var named = Stream.of(RoleName.values())
                .flatMap(role -> material(root, role).stream())
                .collect(Collectors.toSet());
        return keys.entrySet().stream()
                .filter(entry -> !named.contains(entry.getValue().publicKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    Set<ForeignFile> files() {
        return keys.keySet();
    }

    private static Set<PublicKey> material(Root root, RoleName role) {
        return root.role(role).keyids().stream()
                .flatMap(keyid -> Optional.ofNullable(root.keys().get(keyid)).flatMap(Key::publicKey).stream())
                .collect(Collectors.toSet());
    }
}
