package dev.factorytrust.operator.rotation;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PrivateKeys;
import dev.factorytrust.tuf.crypto.TextEncodings;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import io.fabric8.kubernetes.api.model.Secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the Secrets in which signatures arrive. Whoever may write a Secret in the namespace writes these: whatever is in
 * one, offers and refusals come out, and never a private key that somebody put there by mistake.
 */
public final class SignatureSecrets {

    public sealed interface Parsed {}

    public record Offers(List<Offer> offers) implements Parsed {

        public Offers {
            offers = List.copyOf(offers);
        }
    }

    /** @param reason what is wrong, for the author of the Secret */
    public record Refusal(String reason) implements Parsed {}

    /** The refusal of a private key. It names the Secret's field no more than its content. */
    public static final String PRIVATE_KEY = "holds a PRIVATE KEY. Everybody who may read this namespace's Secrets has"
            + " it now: delete the Secret, and replace that key by a rotation. A signature belongs here";

    private static final String SIGNATURE = "signature";
    private static final String KEYID = "keyid";
    private static final String PAYLOAD_SHA256 = "payloadSha256";
    private static final String SIGNATURES = "signatures.json";

    private static final int MAX_SIGNATURE = 8 * 1024;
    private static final int MAX_SIGNATURES = 512 * 1024;
    private static final int MAX_OFFERS = 200;
    private static final int MAX_WORD = 256;
    private static final int MAX_MESSAGE = 300;

    private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<Integer> RSA_AND_ED25519 = Set.of(64, 256, 384, 512);
    private static final ObjectMapper JSON = new ObjectMapper();

    private SignatureSecrets() {}

    /** @param secret as the API server gives it out, its data in base64 */
    public static Parsed parse(Dialect dialect, Secret secret) {
        var data = new HashMap<String, byte[]>();
        // A field may have no value: the API server gives out null for `field: null`.
        Optional.ofNullable(secret.getData())
                .orElse(Map.of())
                .forEach((field, value) -> data.put(
                        field,
                        Base64.getDecoder().decode(Optional.ofNullable(value).orElse(""))));
        return parse(dialect, secret.getMetadata().getName(), data);
    }

    /** @param data of the Secret, decoded; fields that we don't know are for somebody else */
    static Parsed parse(Dialect dialect, String secret, Map<String, byte[]> data) {
        try {
            return new Offers(offers(dialect, secret, data));
        } catch (RefusedException refused) {
            return new Refusal(refused.getMessage());
        }
    }

    private static List<Offer> offers(Dialect dialect, String secret, Map<String, byte[]> data) {
        if (data.values().stream().map(Bytes::of).anyMatch(PrivateKeys::isIn)) {
            throw new RefusedException(PRIVATE_KEY);
        }
        if (!data.containsKey(SIGNATURE) && !data.containsKey(SIGNATURES)) {
            throw new RefusedException("needs `%s` (raw, hex or base64) or `%s`, but has %s"
                    .formatted(SIGNATURE, SIGNATURES, names(data.keySet())));
        }
        var payload = word(data, PAYLOAD_SHA256).map(SignatureSecrets::sha256);
        var offers = new ArrayList<Offer>();
        if (data.containsKey(SIGNATURE)) {
            var keyid = word(data, KEYID).map(KeyId::new);
            offers.add(new Offer(secret, keyid, signature(data.get(SIGNATURE)), payload));
        }
        if (data.containsKey(SIGNATURES)) {
            signatures(dialect, data.get(SIGNATURES))
                    .forEach((keyid, value) -> offers.add(new Offer(secret, Optional.of(keyid), value, payload)));
        }
        if (offers.isEmpty()) {
            throw new RefusedException("`%s` has no signature yet".formatted(SIGNATURES));
        }
        return offers;
    }

    /**
     * Text first: no algorithm gives a signature whose every byte happens to be a hexadecimal or base64 digit. And hex
     * before base64: 512 hexadecimal digits are a signature of RSA-2048, and base64 of the length of RSA-3072's.
     */
    private static Bytes signature(byte[] value) {
        if (value.length > MAX_SIGNATURE) {
            throw new RefusedException("`%s` has %d bytes, more than any signature".formatted(SIGNATURE, value.length));
        }
        var text = new String(value, StandardCharsets.ISO_8859_1);
        var hex = TextEncodings.hex(text);
        var base64 = TextEncodings.base64(text);
        // 64 digits are a keyid or a digest that went astray, not the 64 bytes of a signature.
        var raw = hex.isEmpty() && base64.isEmpty() ? Optional.of(Bytes.of(value)) : Optional.<Bytes>empty();
        return Stream.of(hex, base64, raw)
                .flatMap(Optional::stream)
                .filter(SignatureSecrets::looksLikeSignature)
                .findFirst()
                .orElseThrow(() -> new RefusedException(("`%s` is no signature: expected are 64 bytes (Ed25519), DER"
                                + " (ECDSA), or 256, 384 or 512 bytes (RSA), as they are, in hex or in base64")
                        .formatted(SIGNATURE)));
    }

    private static boolean looksLikeSignature(Bytes value) {
        return RSA_AND_ED25519.contains(value.size()) || isEcdsa(value.toArray());
    }

    /** SEQUENCE of two INTEGERs, which for P-256 have at most 33 bytes each. */
    private static boolean isEcdsa(byte[] der) {
        return der.length >= 8 && der.length <= 72 && der[0] == 0x30 && der[1] == der.length - 2 && der[2] == 0x02;
    }

    private static Map<KeyId, Bytes> signatures(Dialect dialect, byte[] json) {
        if (json.length > MAX_SIGNATURES) {
            throw new RefusedException("`%s` has more than %d bytes".formatted(SIGNATURES, MAX_SIGNATURES));
        }
        try {
            var signatures = dialect.decodeSignatures(list(json));
            if (signatures.size() > MAX_OFFERS) {
                throw new RefusedException("`%s` has more than %d signatures".formatted(SIGNATURES, MAX_OFFERS));
            }
            return signatures.stream()
                    .filter(signature -> signature.value().size() > 0)
                    .collect(Collectors.toMap(Signature::keyid, Signature::value));
        } catch (MalformedMetadataException malformed) {
            throw new RefusedException(
                    "`%s` is no list of TUF signatures: %s".formatted(SIGNATURES, printable(malformed.getMessage())));
        }
    }

    /** Also out of a whole file of metadata, which tools that sign write. */
    private static Bytes list(byte[] json) {
        try {
            var tree = JSON.readTree(json);
            return tree.path("signatures").isArray()
                    ? Bytes.of(JSON.writeValueAsBytes(tree.get("signatures")))
                    : Bytes.of(json);
        } catch (IOException notJson) {
            throw new RefusedException("`%s` is not JSON".formatted(SIGNATURES));
        }
    }

    private static Optional<String> word(Map<String, byte[]> data, String field) {
        if (!data.containsKey(field)) {
            return Optional.empty();
        }
        var value = data.get(field);
        var word = value.length > MAX_WORD ? "" : new String(value, StandardCharsets.ISO_8859_1).strip();
        if (!WORD.matcher(word).matches()) {
            throw new RefusedException("`%s` is not one word of ASCII".formatted(field));
        }
        return Optional.of(word);
    }

    private static String sha256(String word) {
        var lowerCase = word.toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(lowerCase).matches()) {
            throw new RefusedException("`%s` is not 64 hexadecimal digits".formatted(PAYLOAD_SHA256));
        }
        return lowerCase;
    }

    private static String names(Set<String> fields) {
        return fields.isEmpty()
                ? "nothing"
                : new TreeSet<>(fields)
                        .stream().limit(10).map(SignatureSecrets::printable).collect(Collectors.joining(", "));
    }

    /** What strangers wrote goes into status and Events: one line of ASCII, not long. */
    private static String printable(String text) {
        var line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }

    private static final class RefusedException extends RuntimeException {

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }
}
