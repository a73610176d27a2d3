package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Roles that may speak for some of the targets: a list of them in order of priority, or bins by hash (TAP 15). They are read, so
 * that a fleet which has some is known; none of them is served, verified or signed here.
 */
public record Delegations(
        Map<KeyId, Key> keys,
        List<DelegatedRole> roles,
        Optional<SuccinctRoles> succinctRoles,
        Map<String, JsonNode> unrecognized) {

    public Delegations {
        keys = Values.copy(new TreeMap<>(keys));
        roles = List.copyOf(roles);
        Values.require(roles.isEmpty() || succinctRoles.isEmpty(), "both roles and succinct_roles are given");
        Values.distinct("roles", roles.stream().map(DelegatedRole::name).toList());
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
