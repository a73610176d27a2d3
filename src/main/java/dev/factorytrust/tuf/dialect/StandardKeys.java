package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;

import java.util.Optional;
import java.util.regex.Pattern;

/** Keys as TUF 1.0 writes them (§4.2), in the part of it that the five known clients all read. */
final class StandardKeys {

    private static final String ED25519 = "ed25519";
    private static final String ECDSA = "ecdsa";
    private static final String ECDSA_SCHEME = "ecdsa-sha2-nistp256";
    private static final String RSA = "rsa";
    private static final String RSA_SCHEME = "rsassa-pss-sha256";

    private static final Pattern POINT = Pattern.compile("[0-9a-f]{64}");

    private StandardKeys() {}

    static Key encode(PublicKey publicKey) {
        var node = JsonNodeFactory.instance.objectNode();
        switch (publicKey.type()) {
            case ED25519 -> node.put("keytype", ED25519).put("scheme", ED25519);
            case ECDSA_P256 -> node.put("keytype", ECDSA).put("scheme", ECDSA_SCHEME);
            case RSA_2048, RSA_3072, RSA_4096 -> node.put("keytype", RSA).put("scheme", RSA_SCHEME);
        }
        node.putObject("keyval").put("public", publicKey.raw().map(Bytes::hex).orElseGet(publicKey::pem));
        return new Key(node, Optional.of(publicKey));
    }

    /** A key that can't be used is kept: clients too refuse it only when a signature of it is needed. */
    static Key decode(String path, JsonNode node) {
        var fields = Fields.of(path, node);
        fields.text("keytype");
        fields.text("scheme");
        fields.object("keyval");
        Optional<PublicKey> publicKey;
        try {
            publicKey = Optional.of(publicKey(fields.json()));
        } catch (InvalidKeyException e) {
            publicKey = Optional.empty();
        }
        return new Key(fields.json(), publicKey);
    }

    /** Why no client, or not every client, can use the key. */
    static Optional<String> unusable(Key key) {
        try {
            publicKey(key.json());
            return Optional.empty();
        } catch (InvalidKeyException e) {
            return Optional.of(e.getMessage());
        }
    }

    static KeyId id(Key key) {
        return new KeyId(CanonicalJson.OLPC.of(key.json()).sha256());
    }

    private static PublicKey publicKey(JsonNode key) {
        var keytype = key.path("keytype").asText();
        var scheme = key.path("scheme").asText();
        var value = key.path("keyval").path("public").asText();
        if (keytype.equals(ED25519) && scheme.equals(ED25519)) {
            if (!POINT.matcher(value).matches()) {
                throw new InvalidKeyException("an Ed25519 key isn't 64 lower-case hexadecimal digits");
            }
            return PublicKey.ed25519(Bytes.hex(value));
        }
        // The scheme's name was the key type's in the specification before 1.0.32, and still is in the field.
        if ((keytype.equals(ECDSA) || keytype.equals(ECDSA_SCHEME)) && scheme.equals(ECDSA_SCHEME)) {
            return ofKind(value, true);
        }
        if (keytype.equals(RSA) && scheme.equals(RSA_SCHEME)) {
            return ofKind(value, false);
        }
        throw new InvalidKeyException("key type " + Quote.shorten(keytype) + " with scheme " + Quote.shorten(scheme)
                + " is read by few clients");
    }

    private static PublicKey ofKind(String pem, boolean ecdsa) {
        var key = PublicKey.parsePem(pem);
        var fits =
                switch (key.type()) {
                    case ED25519 -> false;
                    case ECDSA_P256 -> ecdsa;
                    case RSA_2048, RSA_3072, RSA_4096 -> !ecdsa;
                };
        if (!fits) {
            throw new InvalidKeyException("the key is " + key.type().id() + ", unlike its key type");
        }
        return key;
    }
}
