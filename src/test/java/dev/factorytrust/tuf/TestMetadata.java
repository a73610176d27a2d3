package dev.factorytrust.tuf;

import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Makes small metadata in few words: keys have names, and who isn't named otherwise signs alone for his role. */
public final class TestMetadata {

    public static final StandardDialect TUF = new StandardDialect();
    public static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    public static final Instant EXPIRES = NOW.plusSeconds(3600);

    private static final Map<String, SoftwareKey> KEYS = new ConcurrentHashMap<>();

    private TestMetadata() {}

    /** The Ed25519 key of this name, the same at every call. */
    public static SoftwareKey key(String name) {
        return KEYS.computeIfAbsent(name, any -> SoftwareKey.generate(KeyType.ED25519));
    }

    public static KeyId keyid(String name) {
        return TUF.keyId(TUF.key(key(name).publicKey()));
    }

    public static Role role(int threshold, String... keys) {
        return new Role(Arrays.stream(keys).map(TestMetadata::keyid).toList(), threshold, Map.of());
    }

    public static Map<KeyId, Key> keys(String... names) {
        var keys = new HashMap<KeyId, Key>();
        for (var name : names) {
            keys.put(keyid(name), TUF.key(key(name).publicKey()));
        }
        return keys;
    }

    /** A root whose roles have each the key of the role's name, save those that are given. */
    public static Root root(long version, Map<RoleName, Role> given) {
        var roles = new LinkedHashMap<String, Role>();
        var keys = keys("root", "targets", "snapshot", "timestamp", "alice", "bob", "carol");
        for (var name : RoleName.values()) {
            roles.put(name.value(), given.getOrDefault(name, role(1, name.value())));
        }
        return new Root(version, EXPIRES, true, keys, roles, Map.of());
    }

    public static Root root(long version) {
        return root(version, Map.of());
    }

    public static Root expiring(Root root, Instant expires) {
        return new Root(root.version(), expires, true, root.keys(), root.roles(), Map.of());
    }

    public static Targets targets(long version, Delegations delegations) {
        var file = new TargetFile(5, Map.of("sha256", "00".repeat(32)), Optional.empty(), Map.of());
        return new Targets(version, EXPIRES, Map.of("a", file), Optional.ofNullable(delegations), Map.of());
    }

    public static Targets targets(long version) {
        return targets(version, null);
    }

    public static Snapshot snapshot(long version, Map<String, MetaFile> meta) {
        return new Snapshot(version, EXPIRES, meta, Map.of());
    }

    public static Snapshot snapshot(long version, Bytes targets, long targetsVersion) {
        return snapshot(version, Map.of("targets.json", meta(targetsVersion, targets)));
    }

    public static Timestamp timestamp(long version, Bytes snapshot, long snapshotVersion) {
        return new Timestamp(version, EXPIRES, meta(snapshotVersion, snapshot), Map.of());
    }

    public static MetaFile meta(long version, Bytes file) {
        return new MetaFile(version, OptionalLong.of(file.size()), Map.of("sha256", file.sha256()), Map.of());
    }

    public static MetaFile meta(long version) {
        return new MetaFile(version, OptionalLong.empty(), Map.of(), Map.of());
    }

    /** The file, signed by the keys of these names. */
    public static Bytes sign(Metadata metadata, String... names) {
        var canonical = TUF.canonical(metadata);
        return TUF.assemble(metadata.getClass(), canonical, signatures(canonical, names))
                .file();
    }

    public static List<Signature> signatures(Bytes canonical, String... names) {
        return Arrays.stream(names)
                .map(name -> TUF.signature(
                        keyid(name), key(name).publicKey(), key(name).sign(canonical)))
                .toList();
    }
}
