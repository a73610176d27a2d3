package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The artifacts that may be installed, by path, and who else may name some (§4.5). */
public record Targets(
        long version,
        Instant expires,
        Map<String, TargetFile> targets,
        Optional<Delegations> delegations,
        Map<String, JsonNode> unrecognized)
        implements Metadata {

    public Targets {
        Values.positive("version", version);
        Values.expires(expires);
        targets = Values.copy(targets);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public RoleName role() {
        return RoleName.TARGETS;
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
