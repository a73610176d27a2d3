package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;

/** The few places in which dialects write the same metadata differently; reading refuses by MalformedMetadataException. */
interface Notation {

    /** Of the signed part. */
    CanonicalJson canonical();

    /** What {@code _type} says. */
    String type(RoleName role);

    /** Reads what every signed part begins with, beyond {@code _type}, version and expiry. */
    void readHeader(Fields signed);

    void writeHeader(ObjectNode signed);

    boolean consistentSnapshot(Fields root);

    Key key(String path, JsonNode node);

    /** What readers demand beyond the shape that all dialects share. */
    void require(Metadata metadata);

    Signature readSignature(Fields signature);

    /** @throws IllegalArgumentException if readers would refuse it */
    ObjectNode writeSignature(Signature signature);

    /** The file, of an object with {@code signatures} and {@code signed} in that order. */
    Bytes file(ObjectNode envelope);
}
