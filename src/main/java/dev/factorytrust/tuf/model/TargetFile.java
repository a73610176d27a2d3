package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Map;
import java.util.Optional;

/**
 * An artifact that devices may install.
 *
 * @param length in bytes; 0 where the artifact isn't one file, as with OSTree commits
 * @param hashes by algorithm, in hexadecimal; at least one
 */
public record TargetFile(
        long length, Map<String, String> hashes, Optional<ObjectNode> custom, Map<String, JsonNode> unrecognized) {

    public TargetFile {
        Values.require(length >= 0, "length is negative");
        Values.require(!hashes.isEmpty(), "hashes is empty");
        Values.hashes(hashes);
        hashes = Values.copy(hashes);
        custom = custom.map(ObjectNode::deepCopy);
        unrecognized = Values.copyJson(unrecognized);
    }

    /** A copy: changing it changes nothing here. */
    @Override
    public Optional<ObjectNode> custom() {
        return custom.map(ObjectNode::deepCopy);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
