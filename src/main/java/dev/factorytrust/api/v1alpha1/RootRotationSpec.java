package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What shall change from one root version to the next. */
@ApiObject
@ValidationRule(
        value = "self == oldSelf",
        message =
                "a RootRotation cannot be changed once created: what people sign must not move under their hands. Delete it"
                        + " if nobody has signed, and declare another under a new name")
public record RootRotationSpec(
        @Required
        @Pattern(Formats.FACTORY_NAME)
        @Size(min = 1, max = Formats.FACTORY_NAME_LENGTH)
        @JsonPropertyDescription("The Factory, in the same namespace, whose root changes. Example: acme")
        String factory,

        @Min(1) @Max(9007199254740991L) @JsonPropertyDescription("""
                The newest root version that the author saw; wise in Git. If a later one is published by then, the rotation \
                is Superseded instead of applied to a root that its author never saw; default: whatever is newest. \
                Example: 4""")
        Long fromVersion,

        @JsonPropertyDescription("""
                Scheduled (online keys overlap; waits for its turn) or Compromise (overtakes what is not fully signed, \
                exchanges all online keys at once, no overlap); default Scheduled. Example: Compromise""") Reason reason,

        @Size(max = 1024)
        @JsonPropertyDescription("Why, for those who are asked to sign. Example: alice hands over to bob")
        String message,

        @JsonPropertyDescription("""
                Changes among the holders of the root role; absent: unchanged. Example: {addKeys: [{name: bob, publicKey: \
                …}], removeKeys: [alice], threshold: 1}""") RoleChange root,

        @JsonPropertyDescription("""
                Changes among the holders of the targets role; absent: unchanged. The custody that the Factory declares \
                takes effect with it: Offline takes the online key out, Shared and Online bring one. The root is published \
                once targets are that old and new holders have signed (under Compromise: the new). Example: \
                {removeKeys: [release]}""") RoleChange targets,

        @Size(max = 3) @JsonPropertyDescription("""
                Roles whose online key is exchanged for a new one: timestamp, snapshot, targets; default none, under \
                Compromise all that the cluster holds ([] means none there too). Example: [timestamp, snapshot]""") List<OnlineRole> rotateOnlineKeys,

        @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                How long the new root is valid from its preparation: a number of s, m, h or d; default the Factory's \
                root.expiresAfter. Example: 365d""")
        String expiresAfter) {

    /** Sorted by name and without what is absent, so that a digest doesn't depend on how the YAML was written. */
    private static final ObjectMapper SORTED = JsonMapper.builder()
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, true)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
            .build();

    /** The digest that root signs beside the rotation's name, lower-case hex. */
    public String sha256() {
        var canonical = SORTED.convertValue(this, JsonNode.class).toString();
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    /** How urgent a rotation is. */
    public enum Reason {
        @JsonProperty("Scheduled")
        SCHEDULED,
        @JsonProperty("Compromise")
        COMPROMISE
    }

    /** A role whose key the cluster may hold. */
    public enum OnlineRole {
        @JsonProperty("timestamp")
        TIMESTAMP,
        @JsonProperty("snapshot")
        SNAPSHOT,
        @JsonProperty("targets")
        TARGETS
    }

    /** Who joins and leaves a role, and how many must sign from then on. */
    @ApiObject
    public record RoleChange(
            @Size(max = Formats.HOLDERS) @JsonPropertyDescription("""
                    Holders that join; each signs the new root once, to prove that the key is in hand. Example: \
                    [{name: bob, publicKey: …}]""")
            List<Holder> addKeys,

            @Size(max = 2 * Formats.HOLDERS) @JsonPropertyDescription("""
                    Holders that leave, by name or keyid as the current root has them; resolved before addKeys, so that a \
                    holder may exchange his own key. Example: [alice]""")
            List<@Pattern("^[!-~]+$") @Size(min = 1, max = 128) String> removeKeys,

            @Min(1) @Max(2 * Formats.HOLDERS) @JsonPropertyDescription("""
                    How many holders must sign from this root on; absent: unchanged. Where custody of targets is Shared, the \
                    cluster's key signs on top of them. Example: 2""")
            Integer threshold) {}
}
