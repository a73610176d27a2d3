package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Signature;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The Secret that carries a signature to the operator. It is public: it may be applied, or lie in Git.
 *
 * @param rotation whose payload was signed; or the version of targets, as {@code acme-targets-7}
 * @param data the Secret's fields, decoded
 */
public record SignatureSecret(String namespace, String name, String rotation, Map<String, Bytes> data) {

    static final String KEYID = "keyid";
    static final String PAYLOAD_SHA256 = "payloadSha256";
    public static final String SIGNATURE = "signature";
    static final String SIGNATURES_JSON = "signatures.json";

    public SignatureSecret {
        data = new TreeMap<>(data);
    }

    /**
     * One key's signature of one payload has one name, so that applying it twice changes nothing.
     *
     * @param keyid as root lists the signer's key
     */
    public static SignatureSecret of(SignedPayload payload, KeyId keyid, PublicKey signer, Bytes signature) {
        return new SignatureSecret(
                payload.namespace(),
                name(payload, signer),
                payload.subject(),
                Map.of(
                        KEYID, Bytes.utf8(keyid.value()),
                        PAYLOAD_SHA256, Bytes.utf8(payload.bytes().sha256()),
                        SIGNATURE, signature));
    }

    /** Where the signature of this key belongs. */
    public static String name(SignedPayload payload, PublicKey signer) {
        return "%s-%s-by-%s"
                .formatted(
                        payload.subject(),
                        payload.bytes().sha256().substring(0, 8),
                        signer.fingerprint().substring(0, 8));
    }

    /** Whose signatures it says it has; empty where it doesn't say, or says it in a way that nobody reads. */
    Set<String> keyids() {
        var keyids = new TreeSet<String>();
        word(KEYID).ifPresent(keyids::add);
        Optional.ofNullable(data.get(SIGNATURES_JSON)).stream()
                .flatMap(json -> Dialects.all().stream().flatMap(dialect -> signatures(dialect, json)))
                .forEach(signature -> keyids.add(signature.keyid().value()));
        return keyids;
    }

    /** None where it isn't written so; the operator says what is wrong with it. */
    private static Stream<Signature> signatures(Dialect dialect, Bytes json) {
        try {
            return dialect.decodeSignatures(json).stream();
        } catch (MalformedMetadataException e) {
            return Stream.empty();
        }
    }

    SignatureSecret by(KeyId keyid) {
        var more = new TreeMap<>(data);
        more.put(KEYID, Bytes.utf8(keyid.value()));
        return new SignatureSecret(namespace, name, rotation, more);
    }

    public Optional<String> payloadSha256() {
        return word(PAYLOAD_SHA256);
    }

    private Optional<String> word(String field) {
        return Optional.ofNullable(data.get(field)).map(value -> value.utf8().strip());
    }

    public Secret object() {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(Names.SIGNS, Names.payload(rotation))
                .endMetadata()
                .withType(Names.SIGNATURE_TYPE)
                .withData(encoded())
                .build();
    }

    public String yaml() {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", name);
        metadata.put("namespace", namespace);
        metadata.put("labels", Map.of(Names.SIGNS, Names.payload(rotation)));
        var secret = new LinkedHashMap<String, Object>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("metadata", metadata);
        secret.put("type", Names.SIGNATURE_TYPE);
        secret.put("data", encoded());
        return Output.yaml(secret);
    }

    private Map<String, String> encoded() {
        var encoded = new TreeMap<String, String>();
        data.forEach((field, value) -> encoded.put(field, value.base64()));
        return encoded;
    }
}
