package dev.factorytrust.cli;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.StandardDialect;

import java.util.List;

/**
 * What is published of a key, and where its private half is.
 *
 * @param place a file, or a token's key
 */
record PublicEntry(String name, PublicKey key, String place) {

    private record Facts(String name, String publicKey, String keyid, String place) {}

    /** As {@code keys} and {@code addKeys} list it. */
    private record Entry(String name, String publicKey) {}

    void print(Output output) {
        var dialect = new StandardDialect();
        var keyid = dialect.keyId(dialect.key(key)).value();
        var entry = Output.yaml(List.of(new Entry(name, key.pem())));
        output.print(new Facts(name, key.pem(), keyid, place), entry.lines().toList());
    }
}
