package dev.factorytrust.operator.target;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.target.TargetFiles.Result;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.operator.target.TargetSamples.SHA256;
import static dev.factorytrust.operator.target.TargetSamples.SHA512;
import static dev.factorytrust.operator.target.TargetSamples.spec;
import static dev.factorytrust.operator.target.TargetSamples.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

class TargetFilesTest {

    private static final String SHORTCUTS = """
            "name": "lmp", "version": "764", "hardwareIds": ["intel-corei7-64"], "tags": ["main", "qa"],
            "targetFormat": "OSTREE", "uri": "https://a.example/x", "composeApps": {"web": {"uri": "hub/web@sha256:1"}}""";

    private static final String FILLED = """
            {"name": "lmp", "version": "764", "hardwareIds": ["intel-corei7-64"], "tags": ["main", "qa"],
             "targetFormat": "OSTREE", "uri": "https://a.example/x",
             "docker_compose_apps": {"web": {"uri": "hub/web@sha256:1"}}}""";

    @Test
    void a_target_without_path_is_published_under_its_name() {
        assertThat(publishable(target()).path()).isEqualTo("lmp-764");
    }

    @Test
    void length_hashes_and_custom_are_published_as_they_are() throws Exception {
        var custom = """
                {"arch": "arm64", "sizes": [1, -9007199254740991], "ok": true, "notes": "a\\nb", "none": null, "l": []}""";
        var file = publishable(target("\"path\": \"images/lmp@764+1.img\"", "\"custom\": " + custom));

        assertThat(file.path()).isEqualTo("images/lmp@764+1.img");
        assertThat(file.file().length()).isEqualTo(7);
        assertThat(file.file().hashes()).isEqualTo(Map.of("sha256", SHA256));
        assertThat(file.file().custom()).contains(json(custom));
    }

    @Test
    void without_custom_data_there_is_no_member_custom() {
        assertThat(publishable(target()).file().custom()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(InDialect.ALL)
    void shortcuts_fill_custom_in_every_dialect(Dialect dialect) throws Exception {
        var custom = published(target(SHORTCUTS), dialect).file().custom().orElseThrow();
        custom.remove(TargetTimes.MEMBERS);
        assertThat((Object) custom).isEqualTo(json(FILLED));
    }

    @Test
    void a_shortcut_and_custom_may_say_the_same() throws Exception {
        assertThat(publishable(target(SHORTCUTS, "\"custom\": " + FILLED))
                        .file()
                        .custom())
                .contains(json(FILLED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\": \"a\"                      | \"name\": \"b\"                    | spec.name",
                "\"version\": \"1\"                   | \"version\": 1                     | spec.version",
                "\"hardwareIds\": [\"a\"]             | \"hardwareIds\": [\"b\"]           | spec.hardwareIds",
                "\"tags\": [\"a\"]                    | \"tags\": null                     | spec.tags",
                "\"targetFormat\": \"OSTREE\"         | \"targetFormat\": \"BINARY\"       | spec.targetFormat",
                "\"uri\": \"https://a\"               | \"uri\": \"https://b\"             | spec.uri",
                "\"composeApps\": {\"a\":{\"uri\":\"x\"}} | \"docker_compose_apps\": {\"b\":{\"uri\":\"x\"}} | spec.composeApps",
            })
    void a_shortcut_and_custom_that_differ_are_both_named(String shortcut, String member, String field) {
        var name = member.substring(1, member.indexOf('"', 1));

        assertThat(reasons(target(shortcut, "\"custom\": {" + member + "}"), TestMetadata.TUF))
                .containsExactly(
                        field + " and spec.custom." + name + " fill the same member and differ: remove one of them");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\\\\b", "a b", "ü", "a?b", "a%2fb", "a:b"})
    void a_path_that_clients_read_in_different_ways_is_refused(String path) {
        assertThat(reasons(target("\"path\": \"" + path + '"'), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith("spec.path ");
    }

    @Test
    void a_path_has_512_characters_at_most() {
        assertThat(publishable(target("\"path\": \"" + "a".repeat(512) + '"')).path())
                .hasSize(512);
        assertThat(reasons(target("\"path\": \"" + "a".repeat(513) + '"'), TestMetadata.TUF))
                .containsExactly("spec.path has 513 characters, more than the 512 that a path may have");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"length\": -1, \"hashes\": {\"sha256\": \"%1$s\"}           | spec.length is -1",
                "\"length\": 9007199254740992, \"hashes\": {\"sha256\": \"%1$s\"} | spec.length is 9007199254740992",
                "\"hashes\": {\"sha256\": \"%1$s\"}                           | spec.length is null",
                "\"length\": 0                                                | spec.hashes is empty",
                "\"length\": 0, \"hashes\": {}                                | spec.hashes is empty",
                "\"length\": 0, \"hashes\": {\"sha512\": \"%2$s\"}            | hashes has no sha256",
                "\"length\": 0, \"hashes\": {\"sha256\": \"AB\"}              | spec.hashes.sha256 is no sha256 digest",
                "\"length\": 0, \"hashes\": {\"sha256\": \"%1$s\", \"md5\": \"0\"} | spec.hashes.md5 is no algorithm",
            })
    void a_length_or_hash_that_clients_refuse_is_refused(String fields, String reason) {
        assertThat(reasons(spec(fields.formatted(SHA256, SHA512)), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith(reason);
    }

    @Test
    void devices_know_an_artifact_by_its_sha512_too() {
        var target = spec("\"length\": 0, \"hashes\": {\"sha512\": \"" + SHA512 + "\"}");

        assertThat(published(target, TestMetadata.OTA_CONNECT).file().hashes()).containsOnlyKeys("sha512");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                          | spec.custom is an empty object",
                "{\"a\": {\"b\": {}}}        | spec.custom.a.b is an empty object",
                "{\"a\": [1, {}]}            | spec.custom.a[1] is an empty object",
                "{\"a\": 0.5}                | spec.custom.a is 0.5,",
                "{\"a\": 1e3}                | spec.custom.a is 1000.0,",
                "{\"a\": [9007199254740992]} | spec.custom.a[0] is 9007199254740992,",
                "{\"a\": -9007199254740992}  | spec.custom.a is -9007199254740992,",
                "{\"a\": 99999999999999999999999} | spec.custom.a is 99999999999999999999999,",
                "{\"a\": \"gr\u00fcn\"}      | spec.custom.a contains U+00FC,",
                "{\"a\": \"\ud83d\ude80\"}   | spec.custom.a contains U+1F680,",
                "{\"a\": \"x\\ty\"}          | spec.custom.a contains U+0009,",
                "{\"a\": \"\\u007f\"}        | spec.custom.a contains U+007F,",
                "{\"a\": {\"\u00fc\": 1}}    | the name of spec.custom.a.\u00fc contains U+00FC,",
                "[1]                         | spec.custom is no object",
                "\"text\"                    | spec.custom is no object",
            })
    void custom_data_that_some_client_cannot_read_is_refused_by_the_name_of_its_field(String custom, String reason) {
        assertThat(reasons(target("\"custom\": " + custom), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith(reason);
    }

    @Test
    void custom_data_is_nested_16_deep_at_most() {
        assertThat(publishable(target("\"custom\": " + nested(16))).file().custom())
                .isPresent();
        assertThat(reasons(target("\"custom\": " + nested(17)), TestMetadata.TUF))
                .singleElement()
                .asString()
                .endsWith(" is nested deeper than 16 levels: flatten it");
    }

    /** Our own reader of metadata has limits above these: one Target must not keep its whole Factory from publishing. */
    @Test
    void names_and_texts_in_custom_data_are_only_so_long() {
        assertThat(publishable(target("\"custom\": {\"%s\": 1}".formatted("a".repeat(1024))))
                        .file()
                        .custom())
                .isPresent();
        assertThat(reasons(target("\"custom\": {\"%s\": 1}".formatted("a".repeat(1025))), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith("the name of spec.custom.aaa")
                .endsWith(" has 1025 characters, and not every client reads more than 1024: shorten it");
        assertThat(reasons(target("\"custom\": {\"a\": \"%s\"}".formatted("a".repeat(1048577))), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith("spec.custom.a has 1048577 characters,");
    }

    @Test
    void shortcuts_are_held_to_the_rules_of_custom_data() {
        assertThat(reasons(target("\"tags\": [\"main\", \"gr\u00fcn\"]"), TestMetadata.TUF))
                .singleElement()
                .asString()
                .startsWith("spec.tags[1] contains U+00FC,");
    }

    @Test
    void every_mistake_is_named_at_once() {
        assertThat(reasons(target("\"path\": \"..\"", "\"custom\": {\"a\": 0.5, \"b\": {}}"), TestMetadata.TUF))
                .hasSize(3);
    }

    @Test
    void a_reason_repeats_no_more_of_a_long_name_than_it_takes_to_find_it() {
        assertThat(reasons(target("\"custom\": {\"" + "n".repeat(1000) + "\": 0.5}"), TestMetadata.TUF))
                .singleElement()
                .asString()
                .hasSizeLessThan(250);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": 1}                                   | custom.name is no string",
                "{\"version\": 764}                              | custom.version is no string",
                "{\"targetFormat\": [\"OSTREE\"]}                | custom.targetFormat is no string",
                "{\"uri\": {\"a\": 1}}                           | custom.uri is no string",
                "{\"hardwareIds\": \"intel\"}                    | custom.hardwareIds is no list of strings",
                "{\"hardwareIds\": [\"a\", {\"b\": 1}]}          | custom.hardwareIds[1] is no string",
                "{\"tags\": {\"main\": true}}                    | custom.tags is no list of strings",
                "{\"docker_compose_apps\": [\"web\"]}            | custom.docker_compose_apps is no object",
                "{\"docker_compose_apps\": {\"web\": \"hub\"}}   | custom.docker_compose_apps.web has no uri",
                "{\"docker_compose_apps\": {\"web\": {\"uri\": 1}}} | custom.docker_compose_apps.web has no uri",
                "{\"createdAt\": \"yesterday\"}                   | custom.createdAt is no moment such as",
                "{\"updatedAt\": 1764064800}                    | custom.updatedAt is no moment such as",
                "{\"ecuIdentifiers\": {\"a\": 1}}                | custom.ecuIdentifiers belongs to a director",
            })
    void members_that_aktualizr_reads_are_of_the_type_it_reads_where_it_is_the_client(String custom, String reason) {
        var target = target("\"custom\": " + custom);

        assertThat(reasons(target, TestMetadata.OTA_CONNECT))
                .singleElement()
                .asString()
                .startsWith(reason);
        assertThat(publishable(target).file().custom()).isPresent();
    }

    @Test
    void a_hardware_id_has_200_characters_at_most_where_aktualizr_is_the_client() {
        var longest = "\"custom\": {\"hardwareIds\": [\"" + "h".repeat(200) + "\"]}";
        var tooLong = "\"custom\": {\"hardwareIds\": [\"" + "h".repeat(201) + "\"]}";

        assertThat(published(target(longest), TestMetadata.OTA_CONNECT)).isNotNull();
        assertThat(reasons(target(tooLong), TestMetadata.OTA_CONNECT))
                .singleElement()
                .asString()
                .startsWith("custom.hardwareIds has an entry of 201 characters");
    }

    @Test
    void a_null_is_as_good_as_absent_where_aktualizr_is_the_client() {
        var custom = "\"custom\": {\"uri\": null, \"tags\": null, \"docker_compose_apps\": null}";

        assertThat(published(target(custom), TestMetadata.OTA_CONNECT).file().custom())
                .isPresent();
    }

    private static String nested(int levels) {
        return "{\"a\": ".repeat(levels) + "1" + "}".repeat(levels);
    }

    private static Result.Publishable publishable(Target target) {
        return published(target, TestMetadata.TUF);
    }

    private static Result.Publishable published(Target target, Dialect dialect) {
        return assertThat(TargetFiles.of(target, dialect, Optional.empty()))
                .asInstanceOf(type(Result.Publishable.class))
                .actual();
    }

    private static List<String> reasons(Target target, Dialect dialect) {
        return assertThat(TargetFiles.of(target, dialect, Optional.empty()))
                .asInstanceOf(type(Result.Invalid.class))
                .actual()
                .reasons();
    }

    private static ObjectNode json(String text) throws JsonProcessingException {
        return (ObjectNode) new ObjectMapper().readTree(text);
    }
}
