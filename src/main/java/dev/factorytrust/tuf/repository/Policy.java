package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.RoleName;

import java.time.Duration;

/**
 * What a Factory asks of its roles, every default filled in. Durations are whole seconds.
 *
 * @param onlineKeyMaxAge age at which a new online key is proposed to root's holders
 * @param overlap how long old and new online keys both sign, before root changes and again after
 */
public record Policy(
        RolePolicy targets,
        RolePolicy snapshot,
        RolePolicy timestamp,
        Duration rootExpiresAfter,
        Duration rootRenewBefore,
        boolean allowEmptyTargets,
        Duration onlineKeyMaxAge,
        Duration overlap) {

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
