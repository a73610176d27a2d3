package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;

import java.util.Map;

/** A key's signature; an empty value is a place kept for one that hasn't been made yet. */
public record Signature(KeyId keyid, Bytes value, Map<String, JsonNode> unrecognized) {

    public Signature {
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
