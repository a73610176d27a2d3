package dev.factorytrust.cli;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.KeyId;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The Secret that carries a signature to the operator. It is public: it may be applied, or lie in Git.
 *
 * @param rotation whose payload was signed
 * @param data the Secret's fields, decoded
 */
record SignatureSecret(String namespace, String name, String rotation, Map<String, Bytes> data) {

    static final String KEYID = "keyid";
    static final String PAYLOAD_SHA256 = "payloadSha256";
    static final String SIGNATURE = "signature";
    static final String SIGNATURES_JSON = "signatures.json";

    SignatureSecret {
        data = new TreeMap<>(data);
    }

    /**
     * One key's signature of one payload has one name, so that applying it twice changes nothing.
     *
     * @param keyid as root lists the signer's key
     */
    static SignatureSecret of(RootPayload payload, KeyId keyid, PublicKey signer, Bytes signature) {
        return new SignatureSecret(
                payload.namespace(),
                name(payload, signer),
                payload.rotation().name(),
                Map.of(
                        KEYID, Bytes.utf8(keyid.value()),
                        PAYLOAD_SHA256, Bytes.utf8(payload.bytes().sha256()),
                        SIGNATURE, signature));
    }

    /** Where the signature of this key belongs. */
    static String name(RootPayload payload, PublicKey signer) {
        return "%s-%s-by-%s"
                .formatted(
                        payload.rotation().name(),
                        payload.bytes().sha256().substring(0, 8),
                        signer.fingerprint().substring(0, 8));
    }

    /** Whose signatures it says it has; empty where it doesn't say, or says it in a way that nobody reads. */
    Set<String> keyids() {
        var keyids = new TreeSet<String>();
        word(KEYID).ifPresent(keyids::add);
        try {
            Optional.ofNullable(data.get(SIGNATURES_JSON))
                    .map(new StandardDialect()::decodeSignatures)
                    .orElse(List.of())
                    .forEach(signature -> keyids.add(signature.keyid().value()));
        } catch (MalformedMetadataException e) {
            return keyids; // the operator says what is wrong with it
        }
        return keyids;
    }

    SignatureSecret by(KeyId keyid) {
        var more = new TreeMap<>(data);
        more.put(KEYID, Bytes.utf8(keyid.value()));
        return new SignatureSecret(namespace, name, rotation, more);
    }

    Optional<String> payloadSha256() {
        return word(PAYLOAD_SHA256);
    }

    private Optional<String> word(String field) {
        return Optional.ofNullable(data.get(field)).map(value -> value.utf8().strip());
    }

    Secret object() {
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

    String yaml() {
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
