package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import java.util.List;

/** What the operator reports about a Factory. */
@ApiObject
public record FactoryStatus(
        @JsonPropertyDescription(
                "The metadata.generation that this status was made from; -1 until an operator has looked. Example: 3")
        Long observedGeneration,

        @JsonPropertyDescription("""
                Ready, Reconciling, Stalled, and where they apply DeletionBlocked, RootKeysInCluster, RotationPending, TargetsPending, \
                TargetsExpiring, TargetsHeld, CustodyPending, KeysIgnored, FieldsIgnored, Degraded and Paused. Example: [{type: Ready, status: "True", …}]""") List<Condition> conditions,

        @JsonPropertyDescription("What is published, role by role. Example: {root: {version: 4, …}, timestamp: {…}}")
        Roles roles,

        @JsonPropertyDescription(
                "What the published targets role lists. Example: {count: 12, unmanaged: 0, pending: 1}")
        TargetsSummary targets,

        @JsonPropertyDescription("""
                The RootRotation whose turn it is; absent when none is under way. Example: \
                acme-root-5-1f3c9a2b""") String pendingRotation,
        @JsonPropertyDescription("""
                SHA-256 (64 hex digits) of the first root file: the fingerprint to compare with what devices are \
                provisioned with. Example: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""") String trustedRootSha256,
        @JsonPropertyDescription("""
                When the root key archive was erased from the cluster, UTC; absent where it still lies there or never did. \
                Example: 2026-11-23T10:00:00Z""") String rootKeysErasedAt,

        @JsonPropertyDescription("""
                Where devices find the repository; absent unless the operator is told its public address. Example: \
                https://tuf.example.com/fleet/acme""") String url) {

    /** The four top-level roles of the TUF specification, section 2.1. */
    @ApiObject
    public record Roles(
            @JsonPropertyDescription("The root role. Example: {version: 4, threshold: 2, …}")
            RoleStatus root,

            @JsonPropertyDescription("The targets role. Example: {version: 17, …}")
            RoleStatus targets,

            @JsonPropertyDescription("The snapshot role. Example: {version: 40, …}")
            RoleStatus snapshot,

            @JsonPropertyDescription("The timestamp role. Example: {version: 211, …}")
            RoleStatus timestamp) {}

    /** One role as published. */
    @ApiObject
    public record RoleStatus(
            @JsonPropertyDescription("Version of the published metadata. Example: 4")
            Long version,

            @JsonPropertyDescription("When devices stop trusting it, UTC. Example: 2027-11-23T10:00:00Z")
            String expires,

            @JsonPropertyDescription("""
                    When it is signed anew (root: when its renewal is proposed), UTC. Example: 2027-09-24T10:00:00Z""") String refreshAt,
            @JsonPropertyDescription("""
                    The keys that root lists for the role, by TUF keyid. Example: \
                    [1f3c9a2b5d…]""") List<String> keyids,

            @JsonPropertyDescription("How many of these keys must sign. Example: 2")
            Integer threshold,

            @JsonPropertyDescription("""
                    When the oldest of an online role's keys was made, UTC; absent for root. Example: \
                    2026-11-23T10:00:00Z""") String keysSince,

            @JsonPropertyDescription("""
                    When an online role's keys are old enough for their exchange to be proposed to root's holders, UTC; \
                    absent for root. Example: 2027-11-23T10:00:00Z""") String keysDueAt) {}

    /** What targets lists. */
    @ApiObject
    public record TargetsSummary(
            @JsonPropertyDescription("How many artifacts the published targets role lists. Example: 12")
            Integer count,

            @JsonPropertyDescription("""
                    How many of them no Target of this Factory declared: imported or restored, and kept until a Target takes \
                    them over or they are removed by name. Example: 0""") Integer unmanaged,

            @JsonPropertyDescription("How many declared changes are not published yet. Example: 1")
            Integer pending,

            @JsonPropertyDescription("""
                    Versions of targets that holders may sign, the newest first: that is the one that lists what is declared. \
                    Absent where nobody has to. Example: [{configMap: acme-targets-18-payload, version: 18, …}]""") List<OfferedTargets> payloads) {}
}
