package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;

/** Which keys may sign for a role, and how many of them it takes. */
public record Role(List<KeyId> keyids, int threshold, Map<String, JsonNode> unrecognized) {

    public Role {
        keyids = Values.distinct("keyids", keyids);
        Values.positive("threshold", threshold);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
