package dev.factorytrust.tuf;

import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.OtaConnectDialect;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Small metadata in few words, in the TUF dialect where the dialect matters; see {@link InDialect} for both. */
public final class TestMetadata {

    public static final StandardDialect TUF = new StandardDialect();
    public static final OtaConnectDialect OTA_CONNECT = new OtaConnectDialect();
    public static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    public static final Instant EXPIRES = NOW.plusSeconds(3600);

    private static final Map<String, SoftwareKey> KEYS = new ConcurrentHashMap<>();

    private static final InDialect IN_TUF = new InDialect(TUF);

    private TestMetadata() {}

    /** The Ed25519 key of this name, the same at every call. */
    public static SoftwareKey key(String name) {
        return KEYS.computeIfAbsent(name, any -> SoftwareKey.generate(KeyType.ED25519));
    }

    public static KeyId keyid(String name) {
        return IN_TUF.keyid(name);
    }

    public static Role role(int threshold, String... keys) {
        return IN_TUF.role(threshold, keys);
    }

    public static Map<KeyId, Key> keys(String... names) {
        return IN_TUF.keys(names);
    }

    public static Root root(long version, Map<RoleName, Role> given) {
        return IN_TUF.root(version, given);
    }

    public static Root root(long version) {
        return IN_TUF.root(version, Map.of());
    }

    public static Root expiring(Root root, Instant expires) {
        return new Root(root.version(), expires, root.consistentSnapshot(), root.keys(), root.roles(), Map.of());
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

    public static Bytes sign(Metadata metadata, String... names) {
        return IN_TUF.sign(metadata, names);
    }

    public static List<Signature> signatures(Bytes canonical, String... names) {
        return IN_TUF.signatures(canonical, names);
    }
}
