package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Which keys every role has (§4.3). Roles beyond the four, such as the optional {@code mirrors}, are kept. */
public record Root(
        long version,
        Instant expires,
        boolean consistentSnapshot,
        Map<KeyId, Key> keys,
        Map<String, Role> roles,
        Map<String, JsonNode> unrecognized)
        implements Metadata {

    public Root {
        Values.positive("version", version);
        Values.expires(expires);
        keys = Values.copy(new TreeMap<>(keys));
        roles = Values.copy(roles);
        for (var name : RoleName.values()) {
            Values.require(roles.containsKey(name.value()), "roles has no " + name);
        }
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public RoleName role() {
        return RoleName.ROOT;
    }

    public Role role(RoleName name) {
        return roles.get(name.value());
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
