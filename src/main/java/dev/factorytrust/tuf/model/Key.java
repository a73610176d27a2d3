package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.crypto.PublicKey;

import java.util.Optional;

/**
 * A key as metadata carries it. The whole object is kept, because a keyid covers fields that nobody here knows (§4.2); a key
 * of a kind, or with a value, that can't be used has no {@code publicKey} and never counts towards a threshold.
 */
public record Key(ObjectNode json, Optional<PublicKey> publicKey) {

    public Key {
        Values.require(json.path("keytype").isTextual(), "keytype is not a string");
        json = json.deepCopy();
    }

    /** A copy: changing it changes nothing here. */
    @Override
    public ObjectNode json() {
        return json.deepCopy();
    }

    public String keytype() {
        return json.path("keytype").textValue();
    }
}
