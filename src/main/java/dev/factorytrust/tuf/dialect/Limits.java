package dev.factorytrust.tuf.dialect;

import dev.factorytrust.tuf.model.RoleName;

/**
 * The tightest limits among the clients that read a dialect.
 *
 * @param root the largest file of root metadata, in bytes; the next three likewise
 * @param maxVersion the highest version of any metadata
 * @param maxThreshold the highest threshold of a role
 * @param maxRootVersion the highest version of root
 * @param maxRootHops how many versions of root a device walks in one update before it stops
 */
public record Limits(
        int root,
        int timestamp,
        int snapshot,
        int targets,
        long maxVersion,
        int maxThreshold,
        long maxRootVersion,
        int maxRootHops) {

    /** The largest file of a role, in bytes. */
    public int bytes(RoleName role) {
        return switch (role) {
            case ROOT -> root;
            case TIMESTAMP -> timestamp;
            case SNAPSHOT -> snapshot;
            case TARGETS -> targets;
        };
    }
}
