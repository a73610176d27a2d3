package dev.factorytrust.tuf;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import org.junit.jupiter.api.Named;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.key;

/**
 * Makes small metadata in few words: keys have names, and who isn't named otherwise signs alone for his role. Classes whose
 * tests hold in every dialect extend it.
 */
public class InDialect {

    /** For {@code @MethodSource}. */
    public static final String ALL = "dev.factorytrust.tuf.InDialect#dialects";

    public final Dialect dialect;

    public InDialect(Dialect dialect) {
        this.dialect = dialect;
    }

    static Stream<Named<Dialect>> dialects() {
        return Stream.<Dialect>of(TestMetadata.TUF, TestMetadata.OTA_CONNECT)
                .map(dialect -> Named.of(dialect.id(), dialect));
    }

    public String name(RoleName role, long version) {
        return dialect.fileName(role, version);
    }

    public KeyId keyid(String name) {
        return dialect.keyId(dialect.key(key(name).publicKey()));
    }

    public Role role(int threshold, String... keys) {
        return new Role(Arrays.stream(keys).map(this::keyid).toList(), threshold, Map.of());
    }

    public Map<KeyId, Key> keys(String... names) {
        var keys = new HashMap<KeyId, Key>();
        for (var name : names) {
            keys.put(keyid(name), dialect.key(key(name).publicKey()));
        }
        return keys;
    }

    /** A root whose roles have each the key of the role's name, save those that are given. */
    public Root root(long version, Map<RoleName, Role> given) {
        var roles = new LinkedHashMap<String, Role>();
        var keys = keys("root", "targets", "snapshot", "timestamp", "alice", "bob", "carol");
        for (var name : RoleName.values()) {
            roles.put(name.value(), given.getOrDefault(name, role(1, name.value())));
        }
        return new Root(version, EXPIRES, dialect.rules().consistentSnapshot(), keys, roles, Map.of());
    }

    public Root root(long version) {
        return root(version, Map.of());
    }

    /** The file, signed by the keys of these names. */
    public Bytes sign(Metadata metadata, String... names) {
        var canonical = dialect.canonical(metadata);
        return dialect.assemble(metadata.getClass(), canonical, signatures(canonical, names))
                .file();
    }

    public List<Signature> signatures(Bytes canonical, String... names) {
        return Arrays.stream(names)
                .map(name -> dialect.signature(
                        keyid(name), key(name).publicKey(), key(name).sign(canonical)))
                .toList();
    }
}
