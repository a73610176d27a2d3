package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** Real keys by name, roots made of them in the TUF dialect, and small contents; see {@link WithSamples} for both. */
final class Samples {

    static final Dialect DIALECT = new StandardDialect();
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    static final String UID = "7d6f0a0e-3f0f-4f43-9d34-0d2f3a5b9c11";
    static final String FACTORY = "fleet/acme";

    private static final Map<String, SoftwareKey> KEYS = new ConcurrentHashMap<>();

    private static final WithSamples IN_TUF = new WithSamples(DIALECT);

    private Samples() {}

    /** The same key for the same name. */
    static SoftwareKey key(String name) {
        return key(name, KeyType.ED25519);
    }

    static SoftwareKey key(String name, KeyType type) {
        return KEYS.computeIfAbsent(name + ' ' + type, _ -> SoftwareKey.generate(type));
    }

    static PublicKey publicKey(String name) {
        return key(name).publicKey();
    }

    static KeyId keyid(String name) {
        return IN_TUF.keyid(name);
    }

    static KeyId keyid(PublicKey key) {
        return IN_TUF.keyid(key);
    }

    static Holder holder(String name) {
        return new Holder(name, publicKey(name));
    }

    static RoleEdit adding(String... names) {
        return new RoleEdit(Arrays.stream(names).map(Samples::holder).toList(), List.of(), OptionalInt.empty());
    }

    static RoleEdit removing(String... references) {
        return new RoleEdit(List.of(), List.of(references), OptionalInt.empty());
    }

    static RoleEdit with(RoleEdit edit, int threshold) {
        return new RoleEdit(edit.add(), edit.remove(), OptionalInt.of(threshold));
    }

    static Map<RoleName, List<PublicKey>> onlineKeys() {
        return Map.of(
                RoleName.TARGETS, List.of(publicKey("targets-1")),
                RoleName.SNAPSHOT, List.of(publicKey("snapshot-1")),
                RoleName.TIMESTAMP, List.of(publicKey("timestamp-1")));
    }

    static RootChange change(RoleEdit root) {
        return change(root, NOW.plus(Duration.ofDays(365)));
    }

    static RootChange change(RoleEdit root, Instant expires) {
        return new RootChange(
                Optional.of(root),
                Optional.empty(),
                Map.of(),
                expires,
                Optional.of(new RootExtras.Rotation("rotation", "0".repeat(64))),
                FACTORY);
    }

    static RootChange changeOfTargets(RoleEdit targets) {
        var change = change(removing());
        return new RootChange(
                Optional.empty(),
                Optional.of(targets),
                Map.of(),
                change.expires(),
                change.rotation(),
                change.factory());
    }

    static RootChange changeOfOnlineKeys(Map<RoleName, List<PublicKey>> keys) {
        var change = change(removing());
        return new RootChange(
                Optional.empty(), Optional.empty(), keys, change.expires(), change.rotation(), change.factory());
    }

    static Root root(int threshold, String... holders) {
        return IN_TUF.root(threshold, holders);
    }

    static Root next(Optional<Root> current, RootChange change) {
        return IN_TUF.next(current, change);
    }

    static RootProposal.Proposed proposed(Optional<Root> current, RootChange change) {
        return IN_TUF.proposed(current, change);
    }

    static TargetFile file(String content) {
        var custom = JsonNodeFactory.instance.objectNode().put("name", content);
        return new TargetFile(
                content.length(), Map.of("sha256", Bytes.utf8(content).sha256()), Optional.of(custom), Map.of());
    }
}
