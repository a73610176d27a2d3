package dev.factorytrust.cli.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The Target that is printed for Git, which is the one that would be made. */
class TargetAddTest {

    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    private Path file() throws IOException {
        return Files.writeString(folder.resolve("artifact"), "abc");
    }

    private static Shell add(Object... words) {
        var all = new Object[words.length + 5];
        all[0] = "target";
        all[1] = "add";
        all[2] = "--dry-run";
        all[3] = "--factory";
        all[4] = "acme";
        System.arraycopy(words, 0, all, 5, words.length);
        return Shell.run(all);
    }

    private static JsonNode yaml(Shell shell) throws IOException {
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        return new YAMLMapper().readTree(shell.out());
    }

    @Test
    void length_and_digest_are_the_files_own() throws IOException {
        var target = yaml(add("lmp-764", "--file", file(), "-n", "fleet"));
        assertThat(target).isEqualTo(new YAMLMapper().readTree("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: Target
                metadata: {name: lmp-764, namespace: fleet}
                spec: {factory: acme, length: 3, hashes: {sha256: %s}}
                """.formatted(ABC)));
    }

    @Test
    void what_goes_to_git_names_no_namespace_that_nobody_has_named() throws IOException {
        assertThat(yaml(add("lmp-764", "--file", file())).path("metadata").has("namespace"))
                .isFalse();
    }

    @Test
    void an_artifact_may_be_elsewhere() throws IOException {
        var target =
                yaml(add("lmp-764", "--length", 0, "--sha256", ABC.toUpperCase(), "--custom", "{\"arch\": \"arm64\"}"));
        assertThat(target.at("/spec/length").longValue()).isZero();
        assertThat(target.at("/spec/hashes/sha256").textValue()).isEqualTo(ABC);
        assertThat(target.at("/spec/custom/arch").textValue()).isEqualTo("arm64");
    }

    @Test
    void custom_may_come_from_a_file_and_the_target_as_json() throws IOException {
        var custom = Files.writeString(folder.resolve("custom.json"), "{\"release\": 7}");
        var shell = add("lmp-764", "--file", file(), "--custom-file", custom, "-o", "json");
        assertThat(new ObjectMapper()
                        .readTree(shell.out())
                        .at("/spec/custom/release")
                        .intValue())
                .isEqualTo(7);
    }

    @Test
    void what_aktualizr_knows_of_an_artifact_has_options() throws IOException {
        var image = "hub.example.com/acme/edge@sha256:" + ABC;
        var target = yaml(add(
                "lmp-764",
                "--length",
                0,
                "--sha256",
                ABC,
                "--name",
                "lmp",
                "--artifact-version",
                "764",
                "--hardware-id",
                "intel-corei7-64",
                "--hardware-id",
                "qemu",
                "--tag",
                "main",
                "--target-format",
                "OSTREE",
                "--uri",
                "https://artifacts.example.com/x?a=b",
                "--app",
                "edge=" + image));
        assertThat(target.get("spec")).isEqualTo(new YAMLMapper().readTree("""
                {factory: acme, length: 0, hashes: {sha256: %s}, name: lmp, version: "764",
                 hardwareIds: [intel-corei7-64, qemu], tags: [main], targetFormat: OSTREE,
                 uri: "https://artifacts.example.com/x?a=b", composeApps: {edge: {uri: "%s"}}}
                """.formatted(ABC, image)));
        assertThat(add("lmp", "--file", file(), "--target-format", "ZIP").err()).contains("OSTREE, BINARY");
    }

    @ParameterizedTest
    @CsvSource({
        "lmp-764, lmp-764",
        "lmp.764, lmp.764",
        "intel/lmp-764, intel-lmp-764-01fb70545b",
        "LMP, lmp-655a616499",
        "~, target-24e52b0bf0",
        "-a, a-ec45e4d9d1",
    })
    void a_path_that_is_no_name_makes_one(String path, String name) throws IOException {
        var target = yaml(add("--file", file(), "--", path));
        assertThat(target.at("/metadata/name").textValue()).isEqualTo(name);
        assertThat(target.at("/spec/path").asText(name)).isEqualTo(path);
    }

    @Test
    void no_two_paths_make_the_same_name() throws IOException {
        var names = new HashSet<String>();
        var paths =
                List.of("a/b", "a-b", "a_b", "A/b", "a+b", "a.b", "x".repeat(500), "x".repeat(499), "x".repeat(253));
        for (var path : paths) {
            var name = yaml(add("--file", file(), path)).at("/metadata/name").textValue();
            assertThat(name).hasSizeLessThanOrEqualTo(253).matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
            names.add(name);
        }
        assertThat(names).hasSameSizeAs(paths);
    }

    @Test
    void the_target_may_have_a_name_of_its_own() throws IOException {
        var target = yaml(add("release", "--path", "intel/lmp-764", "--file", file()));
        assertThat(target.at("/metadata/name").textValue()).isEqualTo("release");
        assertThat(target.at("/spec/path").textValue()).isEqualTo("intel/lmp-764");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "a//b", "a/", "../a", "a/./b", "a b", "a%2fb", "ä", "a\u001b[2J", ""})
    void a_path_that_devices_read_in_different_ways_is_refused(String path) throws IOException {
        var shell = add(path, "--file", file());
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err())
                .contains("is no path that every device reads the same way")
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "{", "{} {}", "{\"a\": 1, \"a\": 2}", "arch=arm64"})
    void custom_that_is_no_object_is_refused(String custom) throws IOException {
        var shell = add("lmp", "--file", file(), "--custom", custom);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("--custom is no JSON");
    }

    @Test
    void a_file_that_can_not_be_read_is_named() {
        assertThat(add("lmp", "--file", folder.resolve("nowhere")).err()).contains("nowhere can't be read");
        assertThat(add("lmp", "--file", folder).err()).contains(folder + " can't be read");
    }

    @Test
    void the_command_line_wants_one_source_of_length_and_digest() throws IOException {
        assertThat(add("lmp").exitCode()).isEqualTo(2);
        assertThat(add("lmp", "--length", 3).exitCode()).isEqualTo(2);
        assertThat(add("lmp", "--file", file(), "--length", 3, "--sha256", ABC).exitCode())
                .isEqualTo(2);
        assertThat(add("lmp", "--file", file(), "--custom", "{}", "--custom-file", file())
                        .exitCode())
                .isEqualTo(2);
        assertThat(add("lmp", "--length", -1, "--sha256", ABC).exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(add("lmp", "--length", 3, "--sha256", "abc").err()).contains("64 hex digits");
    }
}
