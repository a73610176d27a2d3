package dev.factorytrust.cli.token;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/** Public keys out of what tokens say of them. */
final class TokenKeys {

    static final long RSA = 0;
    static final long EC = 3;
    static final long EC_EDWARDS = 0x40;

    private static final int EDWARDS_POINT = 32;
    private static final int P256_POINT = 65;
    private static final byte UNCOMPRESSED = 4;

    private TokenKeys() {}

    /** @throws InvalidKeyException where it is of a kind that TUF's clients don't take */
    static PublicKey rsa(byte[] modulus, byte[] exponent) {
        try {
            var key = new RSAPublicKey(new BigInteger(1, modulus), new BigInteger(1, exponent));
            return spki(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key));
        } catch (IOException e) {
            throw new InvalidKeyException("not an RSA public key");
        }
    }

    static PublicKey ec(byte[] parameters, byte[] point) {
        try {
            return spki(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(
                            X9ObjectIdentifiers.id_ecPublicKey, ASN1Primitive.fromByteArray(parameters)),
                    unwrapped(point)));
        } catch (IOException e) {
            throw new InvalidKeyException("not a point of an elliptic curve");
        }
    }

    static PublicKey edwards(byte[] point) {
        var raw = unwrapped(point);
        if (raw.length != EDWARDS_POINT) {
            throw new InvalidKeyException("an Edwards curve other than that of Ed25519");
        }
        return PublicKey.ed25519(Bytes.of(raw));
    }

    static Optional<PublicKey> certified(byte[] certificate) {
        try {
            return Optional.of(spki(Certificate.getInstance(certificate).getSubjectPublicKeyInfo()));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static PublicKey spki(SubjectPublicKeyInfo info) throws IOException {
        return PublicKey.ofSpki(Bytes.of(info.getEncoded("DER")));
    }

    /**
     * Version 2 has a point in an OCTET STRING, version 3 that of an Edwards curve as it is; modules mix them up. What has
     * the length of a bare point is one, though by chance it may begin like an OCTET STRING.
     */
    static byte[] unwrapped(byte[] point) {
        if (point.length == EDWARDS_POINT || point.length == P256_POINT && point[0] == UNCOMPRESSED) {
            return point;
        }
        try {
            return switch (ASN1Primitive.fromByteArray(point)) {
                case ASN1OctetString octets -> octets.getOctets();
                case ASN1BitString bits -> bits.getOctets();
                default -> point;
            };
        } catch (IOException | RuntimeException e) {
            return point;
        }
    }
}
