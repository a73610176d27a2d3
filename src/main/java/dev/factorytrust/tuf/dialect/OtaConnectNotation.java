package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.Locale;
import java.util.Set;

/** As ota-tuf writes it, and no laxer than aktualizr reads it. */
final class OtaConnectNotation implements Notation {

    /** Which algorithm made a signature: a field that TUF 1.0 doesn't know. */
    static final String METHOD = "method";

    /** Devices refuse the whole file for any other, whoever signed by it. They don't compare it with the key. */
    private static final Set<String> METHODS = Set.of("ed25519", "rsassa-pss", "rsassa-pss-sha256");

    @Override
    public CanonicalJson canonical() {
        return CanonicalJson.ESCAPED;
    }

    @Override
    public String type(RoleName role) {
        return switch (role) {
            case ROOT -> "Root";
            case TARGETS -> "Targets";
            case SNAPSHOT -> "Snapshot";
            case TIMESTAMP -> "Timestamp";
        };
    }

    /** There is no {@code spec_version}; where somebody wrote one it is a field like any other that nobody knows. */
    @Override
    public void readHeader(Fields signed) {}

    @Override
    public void writeHeader(ObjectNode signed) {}

    @Override
    public boolean consistentSnapshot(Fields root) {
        return root.optional("consistent_snapshot", root::bool).orElse(false);
    }

    @Override
    public Key key(String path, JsonNode node) {
        return OtaConnectKeys.decode(path, node);
    }

    @Override
    public void require(Metadata metadata) {
        if (metadata instanceof Timestamp timestamp) {
            var meta = timestamp.snapshotMeta();
            if (meta.length().isEmpty()) {
                throw new MalformedMetadataException("signed.meta.snapshot.json.length is missing");
            }
            if (!meta.hashes().containsKey("sha256") && !meta.hashes().containsKey("sha512")) {
                throw new MalformedMetadataException("signed.meta.snapshot.json.hashes has neither sha256 nor sha512");
            }
        }
    }

    @Override
    public Signature readSignature(Fields signature) {
        var value = Bytes.base64(signature.text("sig"));
        var keyid = new KeyId(signature.text("keyid"));
        var rest = signature.unrecognized();
        if (!isMethod(rest.get(METHOD))) {
            throw new MalformedMetadataException(signature.path() + "." + METHOD + " isn't one of " + METHODS);
        }
        return new Signature(keyid, value, rest);
    }

    @Override
    public ObjectNode writeSignature(Signature signature) {
        if (!isMethod(signature.unrecognized().get(METHOD))) {
            throw new IllegalArgumentException("a signature's " + METHOD + " isn't one of " + METHODS);
        }
        return MetadataEncoder.object(signature.unrecognized())
                .put("keyid", signature.keyid().value())
                .put("sig", signature.value().base64());
    }

    private static boolean isMethod(JsonNode method) {
        return method != null
                && method.isTextual()
                && METHODS.contains(method.textValue().toLowerCase(Locale.ROOT));
    }

    @Override
    public Bytes file(ObjectNode envelope) {
        return canonical().of(envelope);
    }
}
