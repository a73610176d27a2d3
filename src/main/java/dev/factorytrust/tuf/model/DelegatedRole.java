package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A role that another one trusts for some paths.
 *
 * @param terminating whether the search for a matching path ends with this role
 * @param paths patterns, of which {@code *} and {@code ?} don't cross a slash; either these
 * @param pathHashPrefixes or prefixes of the hexadecimal SHA-256 of the path
 */
public record DelegatedRole(
        String name,
        List<KeyId> keyids,
        int threshold,
        boolean terminating,
        Optional<List<String>> paths,
        Optional<List<String>> pathHashPrefixes,
        Map<String, JsonNode> unrecognized) {

    public DelegatedRole {
        Values.require(
                !name.isEmpty() && RoleName.of(name).isEmpty(), "a delegated role has the name \"" + name + "\"");
        keyids = Values.distinct("keyids", keyids);
        Values.positive("threshold", threshold);
        Values.require(
                paths.isPresent() != pathHashPrefixes.isPresent(),
                "a delegated role has not exactly one of paths and path_hash_prefixes");
        paths = paths.map(List::copyOf);
        pathHashPrefixes = pathHashPrefixes.map(List::copyOf);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
