package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Keys as OTA Connect writes them: without a scheme, since each type has but one. */
final class OtaConnectKeys {

    private static final String ED25519 = "ED25519";
    private static final String RSA = "RSA";
    private static final Pattern POINT = Pattern.compile("[0-9a-fA-F]{64}");

    private OtaConnectKeys() {}

    /** @throws IllegalArgumentException for a kind of key that devices refuse */
    static Key encode(PublicKey publicKey) {
        var node = JsonNodeFactory.instance.objectNode().put("keytype", keytype(publicKey));
        node.putObject("keyval").put("public", publicKey.raw().map(Bytes::hex).orElseGet(publicKey::pem));
        return new Key(node, Optional.of(publicKey));
    }

    static String method(PublicKey publicKey) {
        return switch (keytype(publicKey)) {
            case ED25519 -> "ed25519";
            default -> "rsassa-pss-sha256";
        };
    }

    private static String keytype(PublicKey publicKey) {
        return keytype(publicKey.type())
                .orElseThrow(() -> new IllegalArgumentException(
                        "devices refuse any file that lists a key of another type than Ed25519 and RSA"));
    }

    /** What devices call it; empty where they know no such type. */
    static Optional<String> keytype(KeyType type) {
        return switch (type) {
            case ED25519 -> Optional.of(ED25519);
            case RSA_2048, RSA_3072, RSA_4096 -> Optional.of(RSA);
            case ECDSA_P256 -> Optional.empty();
        };
    }

    /**
     * A key of another type spoils the whole file for devices, used or not, and so does an Ed25519 key that isn't hexadecimal
     * once a signature is checked by it. An RSA key that can't be used is kept: it spoils no more than its signatures.
     */
    static Key decode(String path, JsonNode node) {
        var fields = Fields.of(path, node);
        var keytype = fields.text("keytype");
        fields.object("keyval");
        try {
            return new Key(fields.json(), Optional.of(publicKey(fields.json())));
        } catch (InvalidKeyException unusable) {
            if (!keytype.equalsIgnoreCase(RSA)) {
                throw new MalformedMetadataException(path + ": " + unusable.getMessage());
            }
            return new Key(fields.json(), Optional.empty());
        }
    }

    /** Why devices can't verify with the key. */
    static Optional<String> unusable(Key key) {
        try {
            publicKey(key.json());
            return Optional.empty();
        } catch (InvalidKeyException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static PublicKey publicKey(JsonNode key) {
        var value = key.path("keyval").path("public").asText();
        return switch (key.path("keytype").asText().toUpperCase(Locale.ROOT)) {
            case ED25519 -> {
                if (!POINT.matcher(value).matches()) {
                    throw new InvalidKeyException("an Ed25519 key isn't 64 hexadecimal digits");
                }
                yield PublicKey.ed25519(Bytes.hex(value));
            }
            case RSA -> {
                var material = PublicKey.parsePem(value);
                yield switch (material.type()) {
                    case RSA_2048, RSA_3072, RSA_4096 -> material;
                    case ED25519, ECDSA_P256 ->
                        throw new InvalidKeyException(
                                "the key is " + material.type().id() + ", unlike its key type");
                };
            }
            default ->
                throw new InvalidKeyException("key type "
                        + Quote.shorten(key.path("keytype").asText()) + ", where devices know " + RSA + " and "
                        + ED25519);
        };
    }
}
