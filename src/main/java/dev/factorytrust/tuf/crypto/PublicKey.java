package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;

/**
 * A public key of one of the {@link KeyType}s, checked when made: a point is on its curve and of full order, an RSA modulus
 * of a size that clients take. Two keys are equal if their material is, however they were written down.
 */
public final class PublicKey {

    private final KeyType type;
    private final Bytes spki;
    private final String fingerprint;
    private final Material material;

    /** That the key signed a message of that digest. */
    private record Claim(Bytes spki, Bytes sha256, Bytes signature) {}

    /**
     * What was found valid: a Factory's whole chain of roots is verified with every look at it, by each who looks. What
     * isn't valid is never in here.
     */
    private static final Map<Claim, Boolean> VALID = Recent.map(10_000);

    /** What is wrong with those that were asked about: a bad signature stays where it is, and is met with every look. */
    private static final Map<Claim, String> INVALID = Recent.map(1_000);

    /** What the engines verify with. */
    sealed interface Material {
        record Edwards(Ed25519PublicKeyParameters key) implements Material {}

        record Jca(java.security.PublicKey key) implements Material {}
    }

    private PublicKey(Spki.Parsed parsed) {
        this.type = parsed.type();
        this.spki = parsed.normalised();
        this.fingerprint = spki.sha256();
        this.material = parsed.material();
    }

    /** @throws InvalidKeyException saying what is wrong with the text, without repeating any of it */
    public static PublicKey parsePem(String pem) {
        return ofSpki(Pem.decode("PUBLIC KEY", pem));
    }

    /** @throws InvalidKeyException if these aren't the bytes of a SubjectPublicKeyInfo (DER) that clients take */
    public static PublicKey ofSpki(Bytes spki) {
        try {
            return new PublicKey(Spki.parse(spki));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Parsers' own messages may quote what they read.
            throw e instanceof InvalidKeyException ours ? ours : new InvalidKeyException("not a SubjectPublicKeyInfo");
        }
    }

    /** @throws InvalidKeyException if the 32 bytes are no canonical point, or one of small order */
    public static PublicKey ed25519(Bytes raw) {
        return new PublicKey(Spki.ed25519(raw));
    }

    public KeyType type() {
        return type;
    }

    /** The SubjectPublicKeyInfo (RFC 5280), DER, in the one form that this material has here. */
    public Bytes spki() {
        return spki;
    }

    /** The SubjectPublicKeyInfo as PEM, with a newline at its end. */
    public String pem() {
        return Pem.encode("PUBLIC KEY", spki.toArray());
    }

    /** The SHA-256 of {@link #spki()} in hexadecimal: the key's material, which is what thresholds count. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The 32 bytes of an Ed25519 key; absent for other kinds. */
    public Optional<Bytes> raw() {
        return material instanceof Material.Edwards edwards
                ? Optional.of(Bytes.of(edwards.key().getEncoded()))
                : Optional.empty();
    }

    public boolean verify(Bytes message, Bytes signature) {
        var claim = claim(message, signature);
        if (VALID.containsKey(claim)) {
            return true;
        }
        var valid = check(message, signature);
        if (valid) {
            VALID.put(claim, true);
        }
        return valid;
    }

    private Claim claim(Bytes message, Bytes signature) {
        return new Claim(spki, message.digest("SHA-256"), signature);
    }

    private boolean check(Bytes message, Bytes signature) {
        return switch (material) {
            case Material.Edwards(var key) -> {
                var bytes = message.toArray();
                yield signature.size() == Ed25519.SIGNATURE_SIZE
                        && key.verify(Ed25519.Algorithm.Ed25519, null, bytes, 0, bytes.length, signature.toArray(), 0);
            }
            case Material.Jca(var key) -> {
                try {
                    var engine = Algorithm.engine(type);
                    engine.initVerify(key);
                    engine.update(message.toArray());
                    yield engine.verify(signature.toArray());
                } catch (GeneralSecurityException e) {
                    yield false; // the engines throw for a signature that they can't even take apart
                }
            }
        };
    }

    /**
     * Why the signature doesn't count, as a sentence for its maker, or nothing if it is valid. The mistakes known from
     * openssl and PKCS#11 tokens are recognised; for others the sentence says no more than that it doesn't match.
     */
    public Optional<String> whyInvalid(Bytes message, Bytes signature) {
        if (verify(message, signature)) {
            return Optional.empty();
        }
        var claim = claim(message, signature);
        var known = Optional.ofNullable(INVALID.get(claim));
        var why = known.orElseGet(() -> Diagnosis.of(this, material, message, signature));
        INVALID.put(claim, why);
        return Optional.of(why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey key && spki.equals(key.spki);
    }

    @Override
    public int hashCode() {
        return spki.hashCode();
    }

    @Override
    public String toString() {
        return type.id() + " " + fingerprint.substring(0, 8);
    }
}
