package dev.factorytrust.stories;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Somebody with a key of his own, which the cluster never sees. */
public record Person(String name, SoftwareKey key) {

    public static Person withKey(String name, KeyType type) {
        return new Person(name, SoftwareKey.generate(type));
    }

    /** As an entry of {@code addKeys} or of a bootstrap's {@code keys}. */
    public String declared() {
        return "{name: %s, publicKey: %s}"
                .formatted(name, Serialization.asJson(key.publicKey().pem()));
    }

    public Bytes sign(Bytes payload) {
        return key.sign(payload);
    }

    public String keyid() {
        var dialect = new StandardDialect();
        return dialect.keyId(dialect.key(key.publicKey())).value();
    }
}
