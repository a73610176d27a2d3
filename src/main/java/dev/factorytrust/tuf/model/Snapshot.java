package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;

/** The versions of all targets metadata that belong together (§4.4), by file name without version. */
public record Snapshot(long version, Instant expires, Map<String, MetaFile> meta, Map<String, JsonNode> unrecognized)
        implements Metadata {

    public Snapshot {
        Values.positive("version", version);
        Values.expires(expires);
        meta = Values.copy(meta);
        unrecognized = Values.copyJson(unrecognized);
    }

    @Override
    public RoleName role() {
        return RoleName.SNAPSHOT;
    }

    @Override
    public Map<String, JsonNode> unrecognized() {
        return Values.copyJson(unrecognized);
    }
}
