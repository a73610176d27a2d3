package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

import java.util.List;

/** How far a rotation has come and who has yet to sign. */
@ApiObject
public record RootRotationStatus(
        @JsonPropertyDescription(
                "The metadata.generation that this status was made from; -1 until an operator has looked. Example: 1")
        Long observedGeneration,

        // A phase that a newer operator wrote must not stop this one from reading the object.
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL) @JsonPropertyDescription("""
                Queued (waits for its turn), AwaitingSignatures, Publishing, Overlapping (old and new online keys both \
                sign), Completed; or Rejected, Superseded. The last three are final. Example: AwaitingSignatures""")
        Phase phase,

        @JsonPropertyDescription("The root version that it starts from; absent for version 1. Example: 4")
        Long fromVersion,

        @JsonPropertyDescription("The root version that it makes. Example: 5")
        Long toVersion,

        @JsonPropertyDescription("The bytes to sign. Example: {configMap: hand-over-payload, sha256: 9f86…}")
        Payload payload,

        @JsonPropertyDescription("""
                What the new root changes, line by line, for those who sign. Example: ["+ bob ed25519 1f3c9a2b", "- alice \
                ed25519 77aa01cd"]""") List<String> diff,

        @JsonPropertyDescription("Whose signatures are there and whose are missing. Example: {current: {…}, next: {…}}")
        Signatures signatures,

        @JsonPropertyDescription("""
                Complete and Stalled; no Ready, since waiting for people is not being broken. Example: [{type: Complete, \
                status: "True", …}]""") List<Condition> conditions) {

    /** Where a rotation stands. */
    public enum Phase {
        @JsonProperty("Queued")
        QUEUED,
        @JsonProperty("AwaitingSignatures")
        AWAITING_SIGNATURES,
        @JsonProperty("Publishing")
        PUBLISHING,
        @JsonProperty("Overlapping")
        OVERLAPPING,
        @JsonProperty("Completed")
        COMPLETED,
        @JsonProperty("Rejected")
        REJECTED,
        @JsonProperty("Superseded")
        SUPERSEDED
    }

    /** The canonical bytes that holders sign. */
    @ApiObject
    public record Payload(
            @JsonPropertyDescription("""
                    The immutable ConfigMap with the bytes, under binaryData["payload.json"]; signature Secrets name it in \
                    label factory-trust.dev/signs. Example: hand-over-payload""") String configMap,
            @JsonPropertyDescription("""
                    SHA-256 (64 hex digits) of these bytes: compare it before signing. Example: \
                    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""") String sha256,
            @JsonPropertyDescription("""
                    When it is given up unless fully signed, UTC. Example: 2026-12-23T10:00:00Z""") String signBefore) {}

    /** Verified signatures against what TUF asks for: the old root's threshold and the new one's (section 5.3.4). */
    @ApiObject
    public record Signatures(
            @JsonPropertyDescription("""
                    What the current root asks for; absent for version 1. Example: {threshold: 1, signed: [], missing: \
                    [{keyid: 77aa…, name: alice}]}""") Side current,

            @JsonPropertyDescription("""
                    What the new root asks for. Example: {threshold: 1, signed: [{keyid: 1f3c…, name: bob}], missing: []}""") Side next,

            @JsonPropertyDescription("Added keys that have yet to prove themselves. Example: {missing: []}")
            Added added,

            @JsonPropertyDescription("""
                    Attached signatures that don't count, and why; they never mask good ones. Example: [{secret: bob-signs, \
                    reason: signs other bytes}]""") List<RejectedSignature> rejected) {}

    /** One root's threshold, and who has and has not signed towards it. */
    @ApiObject
    public record Side(
            @JsonPropertyDescription("How many must sign. Example: 2")
            Integer threshold,

            @JsonPropertyDescription("Whose signature has been verified. Example: [{keyid: 1f3c…, name: bob}]")
            List<KeyRef> signed,

            @JsonPropertyDescription("""
                    Who may still sign; empty once the threshold is met. Example: [{keyid: 77aa…, name: alice}]""") List<KeyRef> missing) {}

    /** Proof of possession by keys that join. */
    @ApiObject
    public record Added(
            @JsonPropertyDescription("Added keys that have not signed yet. Example: [{keyid: 1f3c…, name: bob}]")
            List<KeyRef> missing) {}

    /** A key, and its holder where root names one. */
    @ApiObject
    public record KeyRef(
            @Required @JsonPropertyDescription("""
                    TUF keyid. Example: 1f3c9a2b5d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718""") String keyid,

            @JsonPropertyDescription("The holder's name; absent where root carries none. Example: bob")
            String name) {}

    /** A signature that does not count. */
    @ApiObject
    public record RejectedSignature(
            @JsonPropertyDescription("The Secret that it came in. Example: bob-signs")
            String secret,

            @JsonPropertyDescription("Why it does not count, as a sentence. Example: the signature is over other bytes")
            String reason) {}
}
