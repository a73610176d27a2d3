package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Tells the maker of an invalid signature which of the usual mistakes it is; see {@link PublicKey#whyInvalid}. */
final class Diagnosis {

    private static final String NO_MATCH = "it doesn't match: another key made it, or it was made over other bytes";
    private static final List<MGF1ParameterSpec> MASKS = List.of(
            MGF1ParameterSpec.SHA256, MGF1ParameterSpec.SHA1, MGF1ParameterSpec.SHA512, MGF1ParameterSpec.SHA384);
    private static final List<String> DIGESTS = List.of("SHA-256", "SHA-512", "SHA-384", "SHA-1");
    private static final Map<String, Integer> HASH_BYTES =
            Map.of("SHA-256", 32, "SHA-512", 64, "SHA-384", 48, "SHA-1", 20);

    private Diagnosis() {}

    static String of(PublicKey key, PublicKey.Material material, Bytes message, Bytes signature) {
        if (signature.size() == 0) {
            return "it is empty";
        }
        for (var other : otherMessages(message).entrySet()) {
            if (key.verify(other.getValue(), signature)) {
                return "it was made over " + other.getKey();
            }
        }
        return switch (material) {
            case PublicKey.Material.Edwards(var edwards) -> {
                if (signature.size() != Ed25519.SIGNATURE_SIZE) {
                    yield length(key, signature, Ed25519.SIGNATURE_SIZE);
                }
                var digest = message.digest("SHA-512").toArray();
                yield edwards.verify(
                                Ed25519.Algorithm.Ed25519ph,
                                new byte[0],
                                digest,
                                0,
                                digest.length,
                                signature.toArray(),
                                0)
                        ? "it is Ed25519ph (hashed first), plain Ed25519 is needed"
                        : NO_MATCH;
            }
            case PublicKey.Material.Jca(RSAPublicKey rsa) -> rsa(key, rsa, message, signature);
            case PublicKey.Material.Jca ignored -> ecdsa(key, message, signature);
        };
    }

    private static Map<String, Bytes> otherMessages(Bytes message) {
        var digest = message.digest("SHA-256");
        var others = new LinkedHashMap<String, Bytes>();
        others.put("the SHA-256 digest instead of the bytes", digest);
        others.put("the SHA-256 digest as text instead of the bytes", Bytes.utf8(digest.hex()));
        others.put("the SHA-256 digest as a line of text instead of the bytes", Bytes.utf8(digest.hex() + "\n"));
        var longer = Arrays.copyOf(message.toArray(), message.size() + 1);
        longer[message.size()] = '\n';
        others.put("the bytes with a newline appended", Bytes.of(longer));
        return others;
    }

    private static String ecdsa(PublicKey key, Bytes message, Bytes signature) {
        if (signature.size() == 64) {
            var bytes = signature.toArray();
            var r = new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(bytes, 0, 32)));
            var s = new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64)));
            if (key.verify(message, der(r, s))) {
                return "it is ECDSA as raw r and s, as PKCS#11 gives it; DER is needed (pkcs11-tool --signature-format"
                        + " openssl)";
            }
        }
        return text(signature).orElse(NO_MATCH);
    }

    private static Bytes der(ASN1Integer r, ASN1Integer s) {
        try {
            return Bytes.of(new DERSequence(new ASN1Integer[] {r, s}).getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String rsa(PublicKey key, RSAPublicKey rsa, Bytes message, Bytes signature) {
        var size = key.type().bits() / 8;
        if (signature.size() != size) {
            return length(key, signature, size);
        }
        for (var digest : DIGESTS) {
            if (verifies(digest.replace("-", "") + "withRSA", rsa, message, signature)) {
                return "it is RSA PKCS#1 v1.5, RSA-PSS is needed";
            }
        }
        var encoded = encodedMessage(rsa, signature, size);
        for (var mask : MASKS) {
            for (var digest : DIGESTS) {
                var salt = encoded.length == size ? salt(encoded, mask, HASH_BYTES.get(digest)) : -1;
                if (salt >= 0 && verifiesPss(digest, mask, salt, rsa, message, signature)) {
                    var masks = mask == MGF1ParameterSpec.SHA256 ? "" : " and MGF1-" + mask.getDigestAlgorithm();
                    return digest.equals("SHA-256") && masks.isEmpty()
                            ? "it is RSA-PSS with salt length " + salt + ", where clients accept only "
                                    + Algorithm.PSS_SALT_BYTES
                            : "it is RSA-PSS with " + digest + masks + ", where clients accept only SHA-256";
                }
            }
        }
        return NO_MATCH;
    }

    /** The padded message inside the signature (RFC 8017 §8.1.2, step 2), or nothing if it can't be this key's. */
    private static byte[] encodedMessage(RSAPublicKey rsa, Bytes signature, int size) {
        var number = new BigInteger(1, signature.toArray());
        if (number.compareTo(rsa.getModulus()) >= 0) {
            return new byte[0];
        }
        var bytes = number.modPow(rsa.getPublicExponent(), rsa.getModulus()).toByteArray();
        var start = Math.max(0, bytes.length - size);
        var encoded = new byte[size];
        System.arraycopy(bytes, start, encoded, size - (bytes.length - start), bytes.length - start);
        return encoded;
    }

    /** The salt's length, read as RFC 8017 §9.1.2 does: behind the zeroes and the one that precede it; -1 if it isn't so. */
    private static int salt(byte[] encoded, MGF1ParameterSpec mask, int hash) {
        var block = encoded.length - hash - 1;
        var unmasked = mgf1(Arrays.copyOfRange(encoded, block, block + hash), block, mask.getDigestAlgorithm());
        for (var i = 0; i < block; i++) {
            unmasked[i] ^= encoded[i];
        }
        unmasked[0] &= 0x7f;
        var one = 0;
        while (one < block && unmasked[one] == 0) {
            one++;
        }
        return encoded[encoded.length - 1] == (byte) 0xbc && one < block && unmasked[one] == 1 ? block - one - 1 : -1;
    }

    private static byte[] mgf1(byte[] seed, int length, String digest) {
        var mask = new ByteArrayOutputStream();
        for (var counter = 0; mask.size() < length; counter++) {
            var input = Arrays.copyOf(seed, seed.length + 4);
            input[seed.length + 3] = (byte) counter; // at most 512 bytes of mask, so one byte counts far enough
            mask.writeBytes(Bytes.of(input).digest(digest).toArray());
        }
        return Arrays.copyOf(mask.toByteArray(), length);
    }

    private static boolean verifiesPss(
            String digest, MGF1ParameterSpec mask, int salt, RSAPublicKey rsa, Bytes message, Bytes signature) {
        try {
            return verifies(Algorithm.pss(digest, mask, salt), rsa, message, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean verifies(String engine, RSAPublicKey rsa, Bytes message, Bytes signature) {
        try {
            return verifies(Signature.getInstance(engine), rsa, message, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean verifies(Signature engine, RSAPublicKey rsa, Bytes message, Bytes signature)
            throws GeneralSecurityException {
        engine.initVerify(rsa);
        engine.update(message.toArray());
        return engine.verify(signature.toArray());
    }

    private static String length(PublicKey key, Bytes signature, int expected) {
        return text(signature)
                .orElse("it has " + signature.size() + " bytes, where "
                        + key.type().id() + " makes " + expected);
    }

    private static Optional<String> text(Bytes signature) {
        var text = new String(signature.toArray(), US_ASCII).strip();
        if (text.matches("[0-9a-fA-F]+")) {
            return Optional.of("it is hexadecimal text instead of the bytes");
        }
        return text.matches("[A-Za-z0-9+/\\s]+=*")
                ? Optional.of("it is base64 text instead of the bytes")
                : Optional.empty();
    }
}
