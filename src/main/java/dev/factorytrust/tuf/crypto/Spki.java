package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;

/**
 * Reads a SubjectPublicKeyInfo and writes it anew in one form per material. Without that, a compressed point or an absent
 * NULL would make a second fingerprint of the same key, and let it count twice towards a threshold.
 */
final class Spki {

    private static final BigInteger MAX_EXPONENT = BigInteger.ONE.shiftLeft(64);

    /**
     * Each root names the keys of the one before again, and to check a point's order costs more than to check a signature.
     * What isn't valid is never in here.
     */
    private static final Map<Bytes, Parsed> VALID_POINTS = Recent.map(10_000);

    record Parsed(KeyType type, Bytes normalised, PublicKey.Material material) {}

    private Spki() {}

    static Parsed parse(Bytes der) throws IOException, GeneralSecurityException {
        var info = SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(der.toArray()));
        var algorithm = info.getAlgorithm().getAlgorithm();
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return ed25519(Bytes.of(info.getPublicKeyData().getOctets()));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return ecdsa(info);
        }
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return rsa(RSAPublicKey.getInstance(info.parsePublicKey()));
        }
        throw new InvalidKeyException(name(algorithm) + ", where ed25519, ecdsa-p256 and rsa are taken");
    }

    static Parsed ed25519(Bytes raw) {
        var known = VALID_POINTS.get(raw);
        if (known != null) {
            return known;
        }
        var bytes = raw.toArray();
        if (bytes.length != Ed25519.PUBLIC_KEY_SIZE || !Ed25519.validatePublicKeyFull(bytes, 0)) {
            throw new InvalidKeyException("not an Ed25519 public key: no canonical point of the curve's full order");
        }
        var algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
        var key = new Ed25519PublicKeyParameters(bytes);
        var parsed = new Parsed(KeyType.ED25519, encode(algorithm, bytes), new PublicKey.Material.Edwards(key));
        VALID_POINTS.put(raw, parsed);
        return parsed;
    }

    private static Parsed ecdsa(SubjectPublicKeyInfo info) throws GeneralSecurityException {
        var curve = info.getAlgorithm().getParameters();
        if (!SECObjectIdentifiers.secp256r1.equals(curve)) {
            var found = curve instanceof ASN1ObjectIdentifier named ? name(named) : "a curve that isn't named";
            throw new InvalidKeyException(found + ", where P-256 is taken");
        }
        // decodePoint refuses what isn't on the curve; P-256 has no small subgroups.
        var point = CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1)
                .getCurve()
                .decodePoint(info.getPublicKeyData().getOctets());
        if (point.isInfinity()) {
            throw new InvalidKeyException("the point at infinity");
        }
        var normalised = encode(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1),
                point.getEncoded(false));
        var key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(normalised.toArray()));
        return new Parsed(KeyType.ECDSA_P256, normalised, new PublicKey.Material.Jca(key));
    }

    private static Parsed rsa(RSAPublicKey key) throws GeneralSecurityException {
        var bits = key.getModulus().bitLength();
        var type = Arrays.stream(KeyType.values())
                .filter(candidate -> candidate.id().equals("rsa-" + bits))
                .findFirst()
                .orElseThrow(() -> new InvalidKeyException("RSA " + bits + ", where 2048, 3072 and 4096 are taken"));
        var exponent = key.getPublicExponent();
        // An exponent of one verifies anything; a huge one keeps a verifier busy.
        if (exponent.compareTo(BigInteger.TWO) <= 0 || !exponent.testBit(0) || exponent.compareTo(MAX_EXPONENT) >= 0) {
            throw new InvalidKeyException("RSA with an unusable public exponent");
        }
        var jca = KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(key.getModulus(), exponent));
        return new Parsed(type, Bytes.of(jca.getEncoded()), new PublicKey.Material.Jca(jca));
    }

    private static Bytes encode(AlgorithmIdentifier algorithm, byte[] key) {
        try {
            return Bytes.of(new SubjectPublicKeyInfo(algorithm, key).getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What people call an algorithm or curve that isn't taken; its number where it has no well-known name. */
    static String name(ASN1ObjectIdentifier identifier) {
        return switch (identifier.getId()) {
            case "1.3.101.113" -> "Ed448";
            case "1.3.101.110" -> "X25519";
            case "1.3.132.0.34" -> "P-384";
            case "1.3.132.0.35" -> "P-521";
            case "1.3.132.0.10" -> "secp256k1";
            case "1.2.840.113549.1.1.10" -> "RSA restricted to PSS (id-RSASSA-PSS)";
            case "1.2.840.10040.4.1" -> "DSA";
            default -> "algorithm " + identifier.getId();
        };
    }
}
