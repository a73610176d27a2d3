package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Roles that may speak for some of the targets: a list of them in order of priority, or bins by hash (TAP 15). */
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

    /** The keys and threshold of a role that is delegated to under this name. */
    public Optional<Role> role(String name) {
        return succinctRoles
                .filter(bins -> bins.names(name))
                .map(SuccinctRoles::role)
                .or(() -> roles.stream()
                        .filter(role -> role.name().equals(name))
                        .findFirst()
                        .map(DelegatedRole::role));
    }

    /** §5.6.7: the names of the roles to search for a target, in order, up to and with the first terminating one. */
    public List<String> rolesFor(String targetPath) {
        var pathHash = Bytes.utf8(targetPath).sha256();
        if (succinctRoles.isPresent()) {
            return List.of(succinctRoles.get().roleFor(pathHash));
        }
        var matching = roles.stream()
                .filter(role -> role.matches(targetPath, pathHash))
                .toList();
        var terminating =
                matching.stream().filter(DelegatedRole::terminating).findFirst().map(matching::indexOf);
        return matching.subList(0, terminating.map(last -> last + 1).orElse(matching.size())).stream()
                .map(DelegatedRole::name)
                .toList();
    }
}
