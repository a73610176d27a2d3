package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.RoleName;

import java.time.Duration;

/** What a Factory asks of its roles, every default filled in. Durations are whole seconds. */
public record Policy(
        RolePolicy targets,
        RolePolicy snapshot,
        RolePolicy timestamp,
        Duration rootExpiresAfter,
        Duration rootRenewBefore,
        boolean allowEmptyTargets) {

    /** The policy of an online role; root has none, because the cluster can't sign it. */
    public RolePolicy of(RoleName role) {
        return switch (role) {
            case TARGETS -> targets;
            case SNAPSHOT -> snapshot;
            case TIMESTAMP -> timestamp;
            case ROOT -> throw new IllegalArgumentException("root is signed by its holders, not by policy");
        };
    }
}
