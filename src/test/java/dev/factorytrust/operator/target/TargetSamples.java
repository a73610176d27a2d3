package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Target;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Targets as the API server hands them out. */
final class TargetSamples {

    static final String SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    static final String SHA512 = SHA256 + SHA256;

    private TargetSamples() {}

    /** Target lmp-764 of Factory acme, with more fields of its spec as JSON members ({@code "path": "a/b"}). */
    static Target target(String... fields) {
        return spec("""
                "factory": "acme", "length": 7, "hashes": {"sha256": "%s"}""".formatted(SHA256), fields);
    }

    /** Target lmp-764 of nothing but these fields. */
    static Target spec(String first, String... more) {
        var fields = more.length == 0 ? first : first + ", " + String.join(", ", more);
        return Serialization.unmarshal("""
                {"apiVersion": "factory-trust.dev/v1alpha1", "kind": "Target",
                 "metadata": {"name": "lmp-764", "namespace": "fleet", "uid": "t-1", "generation": 3,
                  "creationTimestamp": "2026-11-20T08:00:00Z"},
                 "spec": {%s}}""".formatted(fields), Target.class);
    }
}
