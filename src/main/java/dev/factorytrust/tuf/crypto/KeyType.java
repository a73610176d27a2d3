package dev.factorytrust.tuf.crypto;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of key that every known client verifies. */
public enum KeyType {
    ED25519("ed25519", 256),
    ECDSA_P256("ecdsa-p256", 256),
    RSA_2048("rsa-2048", 2048),
    RSA_3072("rsa-3072", 3072),
    RSA_4096("rsa-4096", 4096);

    private final String id;
    private final int bits;

    KeyType(String id, int bits) {
        this.id = id;
        this.bits = bits;
    }

    /** The name that users write, such as {@code rsa-3072}. */
    public String id() {
        return id;
    }

    int bits() {
        return bits;
    }

    /** The most bytes that a signature by such a key has. */
    public int signatureBytes() {
        return switch (this) {
            case ED25519 -> 64;
            // Two integers of 33 bytes at the most, in DER.
            case ECDSA_P256 -> 72;
            case RSA_2048, RSA_3072, RSA_4096 -> bits / 8;
        };
    }

    public static Optional<KeyType> of(String id) {
        return Arrays.stream(values()).filter(type -> type.id.equals(id)).findFirst();
    }
}
