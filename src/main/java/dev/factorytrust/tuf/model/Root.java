package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.crypto.PublicKey;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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

    /** Empty where the key is of a kind that can't be used here, or isn't there: a role may name what keys lacks. */
    public Optional<PublicKey> publicKey(KeyId keyid) {
        return Optional.ofNullable(keys.get(keyid)).flatMap(Key::publicKey);
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
