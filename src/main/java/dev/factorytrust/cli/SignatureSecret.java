package dev.factorytrust.cli;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.model.KeyId;

import java.util.LinkedHashMap;
import java.util.Map;

/** The Secret that carries one signature to the operator. It is public: it may be applied, or lie in Git. */
final class SignatureSecret {

    private SignatureSecret() {}

    /**
     * One key's signature of one payload has one name, so that applying it twice changes nothing.
     *
     * @param keyid as root lists the signer's key
     * @return in the form that YAML is written from
     */
    static Map<String, Object> of(RootPayload payload, KeyId keyid, Signer signer) {
        var digest = payload.bytes().sha256();
        var rotation = payload.rotation().name();
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put(
                "name",
                "%s-%s-by-%s"
                        .formatted(
                                rotation,
                                digest.substring(0, 8),
                                signer.publicKey().fingerprint().substring(0, 8)));
        metadata.put("namespace", payload.namespace());
        metadata.put("labels", Map.of(Names.SIGNS, Names.payload(rotation)));
        var data = new LinkedHashMap<String, Object>();
        data.put("keyid", Bytes.utf8(keyid.value()).base64());
        data.put("payloadSha256", Bytes.utf8(digest).base64());
        data.put("signature", signer.sign(payload.bytes()).base64());
        var secret = new LinkedHashMap<String, Object>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("metadata", metadata);
        secret.put("type", Names.SIGNATURE_TYPE);
        secret.put("data", data);
        return secret;
    }
}
