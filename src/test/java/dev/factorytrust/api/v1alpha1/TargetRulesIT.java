package dev.factorytrust.api.v1alpha1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the API server accepts and refuses as a Target. SHA256 and SHA512 stand for digests. */
class TargetRulesIT {

    private static final String FULL = """
            factory: acme
            path: a/b-1/c_2.3+4~5@6=7,8
            length: 9007199254740991
            hashes: {sha256: SHA256, sha512: SHA512}
            custom: {anything: {goes: [1, "two", {}, null]}, and: true}
            name: intel-corei7-64-lmp
            version: "764"
            hardwareIds: [intel-corei7-64]
            tags: [main, devel]
            targetFormat: OSTREE
            uri: https://artifacts.example.com/764
            composeApps: {shellhttpd: {uri: "hub.example.com/acme/shellhttpd@sha256:abc"}}
            """;

    private static final String MINIMAL = "{factory: acme, length: 0, hashes: {sha256: SHA256}}";

    private final Declared declared = new Declared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                FULL,
                MINIMAL,
                "{factory: acme, length: 0, hashes: {sha512: SHA512}, custom: {}}",
                "{factory: acme, length: 0, hashes: {sha256: SHA256}, path: .hidden/..a/b..}",
            })
    void a_target_is_accepted_and_read_back_as_it_was_written(String spec) {
        var created = declared.create("Target", digests(spec));

        assertThat(declared.read(created).<Object>get("spec")).isEqualTo(Declared.yaml(digests(spec)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {length: 0, hashes: {sha256: SHA256}}                         | spec.factory: Required
                    {factory: No, length: 0, hashes: {sha256: SHA256}}            | spec.factory
                    {factory: acme, hashes: {sha256: SHA256}}                     | spec.length: Required
                    {factory: acme, length: -1, hashes: {sha256: SHA256}}         | spec.length
                    {factory: acme, length: 9007199254740992, hashes: {sha256: SHA256}} | spec.length
                    {factory: acme, length: 1.5, hashes: {sha256: SHA256}}        | spec.length
                    {factory: acme, length: 0}                                    | spec.hashes: Required
                    {factory: acme, length: 0, hashes: {}}                        | spec.hashes
                    {factory: acme, length: 0, hashes: {md5: SHA256}}             | hashes are sha256
                    {factory: acme, length: 0, hashes: {sha256: SHA256, md5: SHA256}} | hashes are sha256
                    {factory: acme, length: 0, hashes: {sha256: SHA512}}          | hashes are sha256
                    {factory: acme, length: 0, hashes: {sha512: SHA256}}          | hashes are sha256
                    {factory: acme, length: 0, hashes: {sha256: 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08}} | hashes are sha256
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, custom: text} | spec.custom
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, custom: [1]} | spec.custom
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, name: ''} | spec.name
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, version: ''} | spec.version
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, hardwareIds: []} | spec.hardwareIds
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, hardwareIds: ['']} | spec.hardwareIds[0]
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, hardwareIds: [a, a]} | Duplicate value
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, tags: []} | spec.tags
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, tags: ['']} | spec.tags[0]
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, targetFormat: ZIP} | spec.targetFormat
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, uri: ''} | spec.uri
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, composeApps: {}} | spec.composeApps
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, composeApps: {app: {}}} | spec.composeApps.app.uri: Required
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, composeApps: {app: {uri: ''}}} | spec.composeApps.app.uri
                    """)
    void a_mistake_is_refused_and_named(String spec, String expected) {
        assertThat(declared.refusal("Target", digests(spec))).contains(expected);
    }

    @Test
    void an_apps_name_is_no_longer_than_a_name_can_be() {
        var spec = "{factory: acme, length: 0, hashes: {sha256: SHA256}, composeApps: {%s: {uri: a}}}";
        assertThat(declared.refusal("Target", digests(spec.formatted("a".repeat(254)))))
                .contains("an app's name in composeApps has at most 253 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "a//b",
                "a/",
                "..",
                ".",
                "a/../b",
                "./a",
                "a/.",
                "a\\\\b",
                "a b",
                "caf\u00e9",
                "a*",
                "a?",
                "a#b",
                "a%2fb",
                "a:b",
                "a\\nb",
                "a\\u0000b",
                "a\\n",
            })
    void a_path_that_some_client_reads_otherwise_is_refused(String path) {
        assertThat(declared.refusal("Target", digests(withPath('"' + path + '"'))))
                .contains("path must be relative");
    }

    @Test
    void what_is_too_much_for_metadata_is_refused() {
        var members = IntStream.range(0, 65).mapToObj(i -> "m" + i + ": 1").collect(Collectors.joining(", ", "{", "}"));

        assertThat(declared.refusal("Target", digests(withPath("p".repeat(513)))))
                .contains("spec.path: Too long");
        assertThat(declared.refusal("Target", digests(withPath("''")))).contains("spec.path");
        assertThat(declared.refusal("Target", digests(withPath("p, custom: " + members))))
                .contains("spec.custom: Too many");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {factory: acme, length: 0, hashes: {sha256: SHA256}}          | {factory: acme, length: 1, hashes: {sha256: SHA256}}          | length is for life
                    {factory: acme, length: 0, hashes: {sha256: SHA256}}          | {factory: acme, length: 0, hashes: {sha512: SHA512}}          | hashes are for life
                    {factory: acme, length: 0, hashes: {sha256: SHA256}}          | {factory: acme, length: 0, hashes: {sha256: SHA256, sha512: SHA512}} | hashes are for life
                    {factory: acme, length: 0, hashes: {sha256: SHA256}}          | {factory: acme, length: 0, hashes: {sha256: SHA256}, path: a} | path is for life
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, path: a} | {factory: acme, length: 0, hashes: {sha256: SHA256}}          | path is for life
                    {factory: acme, length: 0, hashes: {sha256: SHA256}, path: a} | {factory: acme, length: 0, hashes: {sha256: SHA256}, path: b} | path is for life
                    """)
    void what_devices_rely_on_never_changes(String before, String after, String expected) {
        var created = declared.create("Target", digests(before));

        assertThat(declared.refusal(created, digests(after))).contains(expected);
    }

    @Test
    void what_is_said_about_it_may_change() {
        var created = declared.create("Target", digests(MINIMAL));

        declared.update(created, digests(MINIMAL.replace("}}", "}, custom: {channel: stable}, tags: [main]}")));
    }

    private static String withPath(String path) {
        return "{factory: acme, length: 0, hashes: {sha256: SHA256}, path: " + path + "}";
    }

    private static String digests(String spec) {
        return spec.replace("SHA256", "9f86d081".repeat(8)).replace("SHA512", "9f86d081".repeat(16));
    }
}
