package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells whether somebody put a private key where a signature belongs. It looks at the whole value, and at what that is
 * the base64 or hexadecimal of; better one key too many than one that stays.
 */
public final class PrivateKeys {

    // Bounded repetitions: strangers write what is searched.
    private static final Pattern TEXT = Pattern.compile(
            "BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY" // PKCS#8, encrypted or not, PKCS#1, SEC 1, OpenSSH, PGP, sigstore
                    + "|openssh-key-v1"
                    + "|PuTTY-User-Key-File"
                    + "|untrusted comment: .{0,80}secret key" // minisign and signify
                    + "|\"private\"\\s{0,40}:\\s{0,40}\"[^\"]" // fioctl, garage-sign, securesystemslib
                    + "|\"d\"\\s{0,40}:\\s{0,40}\"[A-Za-z0-9_-]{20}"); // JSON Web Key
    private static final int NESTING = 3;
    private static final int ED25519_SEED = 32;
    private static final int RSA_PRIVATE_KEY_NUMBERS = 9;

    private PrivateKeys() {}

    public static boolean isIn(Bytes value) {
        return isIn(value.toArray(), NESTING);
    }

    private static boolean isIn(byte[] value, int nesting) {
        // Without NULs, so that UTF-16 reads like ASCII.
        var text = new String(value, StandardCharsets.ISO_8859_1).replace("\0", "");
        return TEXT.matcher(text).find()
                || isSeedAndPublicKey(value)
                || isDer(value)
                || nesting > 0 && decodings(text).stream().anyMatch(inner -> isIn(inner, nesting - 1));
    }

    private static List<byte[]> decodings(String text) {
        var found = new ArrayList<byte[]>();
        TextEncodings.hex(text).ifPresent(bytes -> found.add(bytes.toArray()));
        TextEncodings.base64(text).ifPresent(bytes -> found.add(bytes.toArray()));
        return found;
    }

    /** What fioctl and Go call an Ed25519 private key: 64 bytes, as long as a signature. */
    private static boolean isSeedAndPublicKey(byte[] value) {
        if (value.length != 2 * ED25519_SEED) {
            return false;
        }
        var publicKey = new Ed25519PrivateKeyParameters(value, 0).generatePublicKey();
        return Arrays.equals(publicKey.getEncoded(), 0, ED25519_SEED, value, ED25519_SEED, value.length);
    }

    private static boolean isDer(byte[] value) {
        try {
            return ASN1Primitive.fromByteArray(value) instanceof ASN1Sequence sequence && isPrivateKey(sequence);
        } catch (IOException | RuntimeException notDer) {
            return false;
        }
    }

    private static boolean isPrivateKey(ASN1Sequence sequence) {
        if (sequence.size() < 2) {
            return false;
        }
        var first = sequence.getObjectAt(0);
        var second = sequence.getObjectAt(1);
        if (first instanceof ASN1Integer) {
            var pkcs8OrPkcs12 = startsWithOid(second);
            var sec1 = second instanceof ASN1OctetString;
            var pkcs1 = sequence.size() >= RSA_PRIVATE_KEY_NUMBERS;
            return pkcs8OrPkcs12 || sec1 || pkcs1;
        }
        var encryptedPkcs8 = startsWithOid(first) && second instanceof ASN1OctetString;
        return encryptedPkcs8;
    }

    private static boolean startsWithOid(Object value) {
        return value instanceof ASN1Sequence algorithm
                && algorithm.size() > 0
                && algorithm.getObjectAt(0) instanceof ASN1ObjectIdentifier;
    }
}
