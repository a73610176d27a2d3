package dev.factorytrust.tuf.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.Pem;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Locale;

/**
 * One file of a {@link KeyArchive}, {@code {"keytype": …, "keyval": {"private" | "public": …}}}, as ota-tuf defines it:
 * Ed25519 as hexadecimal, private the seed followed by the public key (fioctl takes nothing shorter); RSA as PEM, PKCS#1
 * and SubjectPublicKeyInfo; P-256 as hexadecimal PKCS#8 and SubjectPublicKeyInfo.
 */
public final class AtsKey {

    private static final String ED25519 = "ED25519";
    private static final String RSA = "RSA";
    private static final String ECDSA_P256 = "ECPRIME256V1";
    private static final int SEED = 32;

    private static final ObjectMapper JSON = new ObjectMapper();

    private AtsKey() {}

    static Bytes writePrivate(SoftwareKey key) {
        var pkcs8 = Pem.decode("PRIVATE KEY", key.privatePem());
        return switch (key.publicKey().type()) {
            case ED25519 ->
                json(
                        ED25519,
                        "private",
                        seed(pkcs8).hex() + rawPublic(key.publicKey()).hex());
            case RSA_2048, RSA_3072, RSA_4096 -> json(RSA, "private", Pem.encode("RSA PRIVATE KEY", pkcs1(pkcs8)));
            case ECDSA_P256 -> json(ECDSA_P256, "private", pkcs8.hex());
        };
    }

    static Bytes writePublic(PublicKey key) {
        return switch (key.type()) {
            case ED25519 -> json(ED25519, "public", rawPublic(key).hex());
            case RSA_2048, RSA_3072, RSA_4096 -> json(RSA, "public", key.pem());
            case ECDSA_P256 -> json(ECDSA_P256, "public", key.spki().hex());
        };
    }

    /** @throws InvalidKeyException saying what is wrong, without repeating what it read */
    public static SoftwareKey readPrivate(Bytes file) {
        var object = parse(file);
        var value = object.path("keyval").path("private").asText();
        return switch (keytype(object)) {
            case ED25519 -> ed25519(hex(value));
            case RSA -> pkcs8(fromPem(value));
            case ECDSA_P256 -> pkcs8(value.contains("-----BEGIN") ? fromPem(value) : hex(value));
            default -> throw unknownType();
        };
    }

    /** @throws InvalidKeyException as {@link #readPrivate} does */
    static PublicKey readPublic(Bytes file) {
        var object = parse(file);
        var value = object.path("keyval").path("public").asText();
        return switch (keytype(object)) {
            case ED25519 -> PublicKey.ed25519(hex(value));
            case RSA -> PublicKey.parsePem(value);
            case ECDSA_P256 -> value.contains("-----BEGIN") ? PublicKey.parsePem(value) : PublicKey.ofSpki(hex(value));
            default -> throw unknownType();
        };
    }

    private static Bytes json(String keytype, String half, String value) {
        var nodes = JsonNodeFactory.instance;
        var object = nodes.objectNode().put("keytype", keytype);
        object.set("keyval", nodes.objectNode().put(half, value));
        return Bytes.utf8(object.toString());
    }

    private static JsonNode parse(Bytes file) {
        try {
            return JSON.readTree(file.toArray());
        } catch (IOException quotesItsInput) {
            throw new InvalidKeyException("not a JSON object with keytype and keyval");
        }
    }

    private static String keytype(JsonNode object) {
        return object.path("keytype").asText().toUpperCase(Locale.ROOT);
    }

    private static InvalidKeyException unknownType() {
        return new InvalidKeyException("another keytype than %s, %s and %s".formatted(ED25519, RSA, ECDSA_P256));
    }

    private static Bytes hex(String value) {
        try {
            return Bytes.hex(value.strip());
        } catch (IllegalArgumentException quotesNothing) {
            throw new InvalidKeyException("keyval is not hexadecimal");
        }
    }

    private static SoftwareKey ed25519(Bytes value) {
        var bytes = value.toArray();
        if (bytes.length != SEED && bytes.length != 2 * SEED) {
            throw new InvalidKeyException(
                    "%d bytes, where an Ed25519 seed has 32, or 64 with its public key".formatted(bytes.length));
        }
        var seed = new DEROctetString(Arrays.copyOf(bytes, SEED));
        SoftwareKey key;
        try {
            var algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
            key = pkcs8(Bytes.of(new PrivateKeyInfo(algorithm, seed).getEncoded()));
        } catch (IOException impossible) {
            throw new InvalidKeyException("not an Ed25519 seed");
        }
        if (bytes.length == 2 * SEED
                && !value.hex().endsWith(rawPublic(key.publicKey()).hex())) {
            throw new InvalidKeyException("the public key behind the seed is another's");
        }
        return key;
    }

    private static SoftwareKey pkcs8(Bytes der) {
        return SoftwareKey.parsePem(Pem.encode("PRIVATE KEY", der.toArray()));
    }

    /** PKCS#8 out of the PEM forms that openssl, fioctl and ota-tuf write. */
    private static Bytes fromPem(String pem) {
        try (var parser = new PEMParser(new StringReader(pem))) {
            var info =
                    switch (parser.readObject()) {
                        case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                        case PrivateKeyInfo own -> own;
                        case null, default -> throw new InvalidKeyException("keyval is not a plain PEM private key");
                    };
            return Bytes.of(info.getEncoded());
        } catch (IOException | RuntimeException mayQuoteItsInput) {
            throw new InvalidKeyException("keyval is not a plain PEM private key");
        }
    }

    private static Bytes rawPublic(PublicKey key) {
        return key.raw().orElseThrow();
    }

    private static Bytes seed(Bytes pkcs8) {
        try {
            var info = PrivateKeyInfo.getInstance(pkcs8.toArray());
            return Bytes.of(ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets());
        } catch (IOException impossible) {
            throw new IllegalStateException("not the PKCS#8 that we wrote");
        }
    }

    private static byte[] pkcs1(Bytes pkcs8) {
        try {
            return PrivateKeyInfo.getInstance(pkcs8.toArray())
                    .parsePrivateKey()
                    .toASN1Primitive()
                    .getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException("not the PKCS#8 that we wrote");
        }
    }
}
