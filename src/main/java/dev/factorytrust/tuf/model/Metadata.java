package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Map;

/** The signed part of a file of metadata. */
public sealed interface Metadata permits Root, Targets, Snapshot, Timestamp {

    RoleName role();

    /** At least 1. */
    long version();

    /** In whole seconds. */
    Instant expires();

    /** The fields that the specification doesn't know; copies. */
    Map<String, JsonNode> unrecognized();

    /** Whether a client refuses it at this time: from the second on that {@code expires} names. */
    default boolean isExpired(Instant at) {
        return !at.isBefore(expires());
    }
}
