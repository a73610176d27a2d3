package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import java.util.List;

/** Whether devices see a Target. */
@ApiObject
public record TargetStatus(
        @JsonPropertyDescription(
                "The metadata.generation that this status was made from; -1 until an operator has looked. Example: 2")
        Long observedGeneration,

        @JsonPropertyDescription("""
                Ready, with reason Published, Pending, PathConflict, Invalid or FactoryNotFound. Example: [{type: Ready, \
                status: "True", reason: Published, …}]""") List<Condition> conditions,

        @JsonPropertyDescription("""
                The version of targets metadata that first listed this generation; absent until then. Example: 17""") Long publishedIn) {}
