package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;

import java.util.regex.Pattern;

/** As specification 1.0.34 §4 writes it. */
final class StandardNotation implements Notation {

    private static final String SPEC_VERSION = "1.0.34";
    private static final Pattern SPEC_VERSIONS = Pattern.compile("1(\\.[0-9]{1,9}){1,2}");

    @Override
    public CanonicalJson canonical() {
        return CanonicalJson.OLPC;
    }

    @Override
    public String type(RoleName role) {
        return role.value();
    }

    /** §4.3: a client must refuse a version of the specification with another major number. */
    @Override
    public void readHeader(Fields signed) {
        if (!SPEC_VERSIONS.matcher(signed.text("spec_version")).matches()) {
            throw new MalformedMetadataException("signed.spec_version isn't 1.something");
        }
    }

    @Override
    public void writeHeader(ObjectNode signed) {
        signed.put("spec_version", SPEC_VERSION);
    }

    @Override
    public boolean consistentSnapshot(Fields root) {
        return root.bool("consistent_snapshot");
    }

    @Override
    public Key key(String path, JsonNode node) {
        return StandardKeys.decode(path, node);
    }

    @Override
    public void require(Metadata metadata) {}

    @Override
    public Signature readSignature(Fields signature) {
        return new Signature(
                new KeyId(signature.text("keyid")), Bytes.hex(signature.text("sig")), signature.unrecognized());
    }

    @Override
    public ObjectNode writeSignature(Signature signature) {
        return MetadataEncoder.object(signature.unrecognized())
                .put("keyid", signature.keyid().value())
                .put("sig", signature.value().hex());
    }

    /** Its signed part keeps the canonical order of names, so it differs from the canonical bytes in escapes alone. */
    @Override
    public Bytes file(ObjectNode envelope) {
        return Bytes.utf8(envelope.toString());
    }
}
