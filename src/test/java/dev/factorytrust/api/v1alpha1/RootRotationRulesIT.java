package dev.factorytrust.api.v1alpha1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the API server accepts and refuses as a RootRotation. ED25519 stands for a PEM public key. */
class RootRotationRulesIT {

    private static final String FULL = """
            factory: acme
            fromVersion: 4
            reason: Compromise
            message: alice hands over to bob
            root: {addKeys: [{name: bob, publicKey: ED25519}], removeKeys: [alice, 1f3c9a2b], threshold: 1}
            targets: {addKeys: [{name: bob, publicKey: ED25519}], removeKeys: [release], threshold: 1}
            rotateOnlineKeys: [timestamp, snapshot, targets]
            expiresAfter: 365d
            """;

    private final Declared declared = new Declared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                FULL,
                "{factory: acme}",
                "{factory: acme, reason: Scheduled, rotateOnlineKeys: []}",
                "{factory: acme, root: {}, targets: {threshold: 2}}",
            })
    void a_rotation_is_accepted_and_read_back_as_it_was_written(String spec) {
        var created = declared.create("RootRotation", spec);

        assertThat(declared.read(created).<Object>get("spec")).isEqualTo(Declared.yaml(spec));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                              | spec.factory: Required
                    {factory: ''}                                                   | spec.factory
                    {factory: Acme}                                                 | spec.factory
                    {factory: abcdefghijklmnopqrstuvwxyz-1234567890}                | spec.factory: Too long
                    {factory: acme, fromVersion: 0}                                 | spec.fromVersion
                    {factory: acme, fromVersion: 9223372036854775808}               | spec.fromVersion
                    {factory: acme, reason: Whim}                                   | Unsupported value: "Whim"
                    {factory: acme, rotateOnlineKeys: [root]}                       | Unsupported value: "root"
                    {factory: acme, rotateOnlineKeys: [targets, targets]}           | Duplicate value
                    {factory: acme, expiresAfter: 1y}                               | spec.expiresAfter
                    {factory: acme, root: {threshold: 0}}                           | spec.root.threshold
                    {factory: acme, root: {threshold: 33}}                          | spec.root.threshold
                    {factory: acme, root: {removeKeys: ['']}}                       | spec.root.removeKeys[0]
                    {factory: acme, root: {removeKeys: ['two words']}}              | spec.root.removeKeys[0]
                    {factory: acme, root: {removeKeys: [alice, alice]}}             | Duplicate value
                    {factory: acme, root: {addKeys: [{name: B, publicKey: ED25519}]}} | spec.root.addKeys[0].name
                    {factory: acme, root: {addKeys: [{name: b, publicKey: ED25519}, {name: b, publicKey: ED25519}]}} | Duplicate value
                    {factory: acme, root: {addKeys: [{name: b, publicKey: none}]}}  | must be one PEM block
                    {factory: acme, root: {addKeys: [{name: b, publicKey: BEGIN PRIVATE KEY}]}} | A private key must never enter the cluster
                    {factory: acme, targets: {threshold: 0}}                        | spec.targets.threshold
                    {factory: acme, targets: {addKeys: [{name: b, publicKey: none}]}} | must be one PEM block
                    {factory: acme, targets: {removeKeys: ['two words']}}           | spec.targets.removeKeys[0]
                    """)
    void a_mistake_is_refused_and_named(String spec, String expected) {
        assertThat(declared.refusal("RootRotation", spec)).contains(expected);
    }

    @Test
    void what_is_too_much_for_a_root_is_refused() {
        var names = new StringBuilder();
        for (int i = 0; i < 17; i++) {
            names.append("{name: h").append(i).append(", publicKey: ED25519},");
        }

        assertThat(declared.refusal("RootRotation", "{factory: acme, root: {addKeys: [" + names + "]}}"))
                .contains("spec.root.addKeys: Too many");
        assertThat(declared.refusal("RootRotation", "{factory: acme, message: " + "m".repeat(1025) + "}"))
                .contains("spec.message: Too long");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {factory: acme}                      | {factory: beta}
                    {factory: acme}                      | {factory: acme, message: now with a reason}
                    {factory: acme, message: a reason}   | {factory: acme}
                    {factory: acme, rotateOnlineKeys: []} | {factory: acme}
                    {factory: acme, root: {threshold: 1}} | {factory: acme, root: {threshold: 2}}
                    """)
    void a_rotation_never_changes(String before, String after) {
        var created = declared.create("RootRotation", before);

        assertThat(declared.refusal(created, after)).contains("a RootRotation cannot be changed once created");
    }

    @Test
    void a_name_that_leaves_no_room_for_its_payload_is_refused() {
        declared.create("RootRotation", "r".repeat(55), "{factory: acme}");

        assertThat(declared.refusal("RootRotation", "r".repeat(56), "{factory: acme}"))
                .contains("55 characters at most");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme-targets-1", "x-targets-007"})
    void a_name_whose_payload_would_look_like_one_of_targets_is_refused(String name) {
        assertThat(declared.refusal("RootRotation", name, "{factory: acme}"))
                .contains("must not end in -targets-<number>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"targets-1", "acme-targets-1a", "acme-targets-1-2", "acme-root-2"})
    void a_name_that_only_resembles_one_is_accepted(String name) {
        assertThat(declared.create("RootRotation", name, "{factory: acme}")).isNotNull();
    }
}
