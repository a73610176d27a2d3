package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;

/** Which snapshot is the newest (§4.6): the one thing that a timestamp's {@code meta} may list. */
public record Timestamp(long version, Instant expires, MetaFile snapshotMeta, Map<String, JsonNode> unrecognized)
        implements Metadata {

    public Timestamp {
        Values.positive("version", version);
        Values.expires(expires);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public RoleName role() {
        return RoleName.TIMESTAMP;
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
