package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialects;

import java.util.List;

/**
 * What is published of a key, and where its private half is.
 *
 * @param place a file, or a token's key
 */
record PublicEntry(String name, PublicKey key, String place) {

    /** @param fingerprint the SHA-256 of the public key as DER: what OTAConnect has as keyid */
    private record Facts(String name, String publicKey, String keyid, String fingerprint, String place) {}

    /** As {@code keys} and {@code addKeys} list it. */
    private record Entry(String name, String publicKey) {}

    void print(Output output) {
        var dialect = Dialects.of("TUF");
        var keyid = dialect.keyId(dialect.key(key)).value();
        var entry = Output.yaml(List.of(new Entry(name, key.pem())));
        output.print(
                new Facts(name, key.pem(), keyid, key.fingerprint(), place),
                entry.lines().toList());
    }
}
