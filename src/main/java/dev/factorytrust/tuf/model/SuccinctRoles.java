package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;

/**
 * Hash bins that share their keys (TAP 15).
 *
 * @param bitLength how many leading bits of a path's SHA-256 choose the bin, 1 to 32
 * @param namePrefix what stands before the dash in the name of every bin
 */
public record SuccinctRoles(
        List<KeyId> keyids, int threshold, int bitLength, String namePrefix, Map<String, JsonNode> unrecognized) {

    public SuccinctRoles {
        keyids = Values.distinct("keyids", keyids);
        Values.positive("threshold", threshold);
        Values.require(bitLength >= 1 && bitLength <= 32, "bit_length is not between 1 and 32");
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
