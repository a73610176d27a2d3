package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;

/** Something that holds a private key: software here, a token elsewhere. */
public interface Signer {

    PublicKey publicKey();

    /** The signature in the form that TUF carries: 64 bytes for Ed25519, DER for ECDSA, RSA-PSS with a salt of 32. */
    Bytes sign(Bytes message);

    /** Whether the public key is the private key's: an archive, or a token, may have another's beside it. */
    default boolean isProven() {
        var probe = Bytes.utf8("does this key sign?");
        return publicKey().verify(probe, sign(probe));
    }
}
