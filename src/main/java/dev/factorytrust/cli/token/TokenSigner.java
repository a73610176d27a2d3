package dev.factorytrust.cli.token;

import dev.factorytrust.cli.token.Cryptoki.Mechanism;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;

/** A private key on a token, which signs there. */
final class TokenSigner implements Signer {

    private static final long RSA_PKCS_PSS = 0x0D;
    private static final long SHA256_RSA_PKCS_PSS = 0x43;
    private static final long ECDSA = 0x1041;
    private static final long ECDSA_SHA256 = 0x1044;
    private static final long EDDSA = 0x1057;

    /** CK_RSA_PKCS_PSS_PARAMS: CKM_SHA256, CKG_MGF1_SHA256 and the salt's length. */
    private static final long[] PSS = {0x250, 2, 32};

    private final Cryptoki cryptoki;
    private final long session;
    private final long slot;
    private final long key;
    private final PublicKey publicKey;
    private final Runnable authenticateAgain;

    private TokenSigner(
            Cryptoki cryptoki, long session, long slot, long key, PublicKey publicKey, Runnable authenticateAgain) {
        this.cryptoki = cryptoki;
        this.session = session;
        this.slot = slot;
        this.key = key;
        this.publicKey = publicKey;
        this.authenticateAgain = authenticateAgain;
    }

    /** @throws TokenException where the token shows no public half, or the key is of a kind that TUF doesn't take */
    static TokenSigner of(Cryptoki cryptoki, long session, long slot, long key, Runnable authenticateAgain) {
        var publicKey = new PublicHalf(cryptoki, session).of(key);
        return new TokenSigner(cryptoki, session, slot, key, publicKey, authenticateAgain);
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public Bytes sign(Bytes message) {
        var signature =
                switch (publicKey.type()) {
                    case ED25519 -> signed(new Mechanism(only(EDDSA)), message);
                    case ECDSA_P256 -> der(either(ECDSA, ECDSA_SHA256, message));
                    case RSA_2048, RSA_3072, RSA_4096 -> either(RSA_PKCS_PSS, SHA256_RSA_PKCS_PSS, message, PSS);
                };
        publicKey.whyInvalid(message, signature).ifPresent(why -> {
            throw new TokenException("the token made a signature that doesn't verify (" + why
                    + "): is the public key beside the private key another's?");
        });
        return signature;
    }

    /** Most tokens sign a digest; those that don't may make it themselves. */
    private Bytes either(long ofDigest, long ofMessage, Bytes message, long... parameter) {
        return cryptoki.signs(slot, ofDigest)
                ? signed(new Mechanism(ofDigest, parameter), message.digest("SHA-256"))
                : signed(new Mechanism(only(ofMessage), parameter), message);
    }

    private long only(long mechanism) {
        if (!cryptoki.signs(slot, mechanism)) {
            throw new TokenException(
                    "this token doesn't sign with " + publicKey.type().id()
                            + " as TUF needs it: see pkcs11-tool --list-mechanisms for "
                            + switch (publicKey.type()) {
                                case ED25519 -> "EDDSA";
                                case ECDSA_P256 -> "ECDSA or ECDSA-SHA256";
                                case RSA_2048, RSA_3072, RSA_4096 -> "RSA-PKCS-PSS or SHA256-RSA-PKCS-PSS";
                            });
        }
        return mechanism;
    }

    private Bytes signed(Mechanism mechanism, Bytes data) {
        var always = cryptoki.attribute(session, key, Attribute.ALWAYS_AUTHENTICATE)
                .filter(flag -> flag.length == 1 && flag[0] != 0)
                .isPresent();
        return Bytes.of(cryptoki.sign(session, mechanism, key, data.toArray(), always ? authenticateAgain : () -> {}));
    }

    /** Tokens give r and s one after the other; TUF has them as a SEQUENCE. */
    private static Bytes der(Bytes plain) {
        var numbers = plain.toArray();
        var half = numbers.length / 2;
        try {
            return Bytes.of(StandardDSAEncoding.INSTANCE.encode(
                    SECNamedCurves.getByName("secp256r1").getN(),
                    new BigInteger(1, Arrays.copyOfRange(numbers, 0, half)),
                    new BigInteger(1, Arrays.copyOfRange(numbers, half, numbers.length))));
        } catch (IOException | IllegalArgumentException e) {
            throw new TokenException("the token made something that is no ECDSA signature");
        }
    }

    @Override
    public String toString() {
        return "token's key of " + publicKey;
    }
}
