package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What snapshot or timestamp say of another file of metadata.
 *
 * @param length in bytes, if it is told
 * @param hashes by algorithm, in hexadecimal; empty if they aren't told
 */
public record MetaFile(
        long version, OptionalLong length, Map<String, String> hashes, Map<String, JsonNode> unrecognized) {

    public MetaFile {
        Values.positive("version", version);
        Values.require(length.orElse(1) >= 1, "length is less than 1");
        Values.hashes(hashes);
        hashes = Values.copy(hashes);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
