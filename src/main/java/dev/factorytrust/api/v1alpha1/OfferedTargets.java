package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.RejectedSignature;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;

import java.util.List;

/** A version of targets that waits for its holders. */
@ApiObject
public record OfferedTargets(
        @JsonPropertyDescription("""
                The immutable ConfigMap with the bytes, under binaryData["payload.json"]; signature Secrets name it in label \
                factory-trust.dev/signs. Example: acme-targets-18-payload""") String configMap,

        @JsonPropertyDescription("The version that it is to be. Example: 18")
        Long version,

        @JsonPropertyDescription("""
                SHA-256 (64 hex digits) of these bytes: compare it before signing; absent where the version is only known to be \
                taken. Example: \
                9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""") String sha256,

        @JsonPropertyDescription("""
                Until when signatures count, UTC; what is still wanted then is offered anew. Example: 2026-12-02T10:00:00Z""") String signBefore,

        @JsonPropertyDescription("""
                What it changes against what devices are served: the first 50 lines of 300 characters. kubectl factory sign shows \
                all of it. Example: ["+ intel-corei7-64-lmp-764 sha256 \
                9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 0 bytes"]""") List<String> diff,

        @JsonPropertyDescription("""
                Whose signatures are there and whose are missing. Example: {current: {threshold: 2, signed: [], missing: \
                […]}}""") Signatures signatures) {

    /** Verified signatures against what root asks for. The cluster's own key, where it has one, signs last and isn't counted. */
    @ApiObject
    public record Signatures(
            @JsonPropertyDescription("""
                    What the root that devices have asks for. Example: {threshold: 1, signed: [], missing: [{keyid: 77aa…, \
                    name: release}]}""") Side current,

            @JsonPropertyDescription("""
                    What the next root asks for, while it waits for targets that hold under both; else absent. Example: \
                    {threshold: 1, signed: [], missing: [{keyid: 1f3c…, name: bob}]}""") Side next,

            @JsonPropertyDescription("""
                    Attached signatures that don't count, and why; they never mask good ones. Example: [{secret: bob-signs, \
                    reason: signs other bytes}]""") List<RejectedSignature> rejected) {}
}
