package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A condition in the shape of {@code metav1.Condition}, which kstatus, Argo CD and {@code kubectl wait} read. */
@ApiObject
public record Condition(
        @Required
        @Size(max = 316)
        @JsonPropertyDescription("What this condition is about, in CamelCase; one of each. Example: Ready")
        String type,

        @Required
        @Pattern("^(True|False|Unknown)$")
        @Size(max = 7)
        @JsonPropertyDescription("True, False or Unknown. Example: True")
        String status,

        @Required
        @Size(max = 1024)
        @JsonPropertyDescription("Why, as one CamelCase word that a program may rely on. Example: Published")
        String reason,

        @Required
        @Size(max = 32768)
        @JsonPropertyDescription(
                "Why, as a sentence for people: what is the matter, and what to do. Example: Root 4 waits for bob")
        String message,

        @Required
        @JsonPropertyDescription(
                "When status last changed (reason and message may change without it), UTC. Example: 2026-11-23T10:00:00Z")
        String lastTransitionTime,

        @JsonPropertyDescription("The metadata.generation that this condition was made from. Example: 3")
        Long observedGeneration) {}
