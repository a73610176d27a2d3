package dev.factorytrust.tuf.crypto;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** The JDK's signature engines, one per kind of key; Ed25519 isn't here, since BouncyCastle does it 19 times as fast. */
final class Algorithm {

    /** The one salt length that every known client takes: tough and sigstore-java refuse the longer one of openssl. */
    static final int PSS_SALT_BYTES = 32;

    private Algorithm() {}

    static Signature engine(KeyType type) throws GeneralSecurityException {
        return switch (type) {
            case ED25519 -> throw new IllegalArgumentException("Ed25519 is BouncyCastle's");
            case ECDSA_P256 -> Signature.getInstance("SHA256withECDSA");
            case RSA_2048, RSA_3072, RSA_4096 -> pss("SHA-256", MGF1ParameterSpec.SHA256, PSS_SALT_BYTES);
        };
    }

    static Signature pss(String digest, MGF1ParameterSpec mask, int saltBytes) throws GeneralSecurityException {
        var engine = Signature.getInstance("RSASSA-PSS");
        engine.setParameter(new PSSParameterSpec(digest, "MGF1", mask, saltBytes, PSSParameterSpec.TRAILER_FIELD_BC));
        return engine;
    }
}
