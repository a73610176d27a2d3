package dev.factorytrust.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.cli.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an owner does from day to day with {@code kubectl factory}, with an editor's rights and no others. */
class TargetVerbsIT {

    @TempDir
    private Path drawer;

    private RotationStory story;
    private Path editor;

    @BeforeEach
    void publish() throws IOException {
        story = new RotationStory(InstantSource.system());
        story.declareFactory("generate: {}");
        story.awaitReady();
        editor =
                Files.writeString(drawer.resolve("editor"), story.kubeconfigOf("factory-trust-edit", "factory-viewer"));
    }

    @AfterEach
    void close() {
        story.close();
    }

    private String factory(String... words) throws IOException {
        return Shell.run(editor, words);
    }

    private JsonNode facts(String... words) throws IOException {
        return new ObjectMapper()
                .readTree(factory(
                        Stream.concat(Stream.of(words), Stream.of("-o", "json")).toArray(String[]::new)));
    }

    @Test
    void a_release_goes_out_is_listed_and_comes_back() throws Exception {
        var image = Files.writeString(drawer.resolve("image"), "abc").toString();
        assertThat(factory("target", "add", "intel/lmp-764", "--factory", "acme", "--file", image))
                .contains("path intel/lmp-764, 3 bytes", "published in targets version 2");
        assertThat(factory("target", "add", "intel/lmp-764", "--factory", "acme", "--file", image))
                .as("again")
                .contains("published in targets version 2");
        Files.writeString(drawer.resolve("image"), "abcd");
        assertThatThrownBy(() -> factory("target", "add", "intel/lmp-764", "--factory", "acme", "--file", image))
                .hasMessageContaining("length is 3 and not 4")
                .hasMessageContaining("name another Target");
        assertThatThrownBy(() -> factory("target", "add", "lmp", "--factory", "acne", "--file", image))
                .hasMessageContaining("there is no Factory acne");
        assertThat(story.targetNamed("lmp").get()).isNull();

        factory("target", "add", "lmp-765", "--factory", "acme", "--file", image, "--custom", "{\"arch\": \"arm64\"}");
        assertThatThrownBy(() ->
                        factory("target", "add", "rival", "--path", "lmp-765", "--factory", "acme", "--file", image))
                .hasMessageContaining("rival is declared, and can't be published")
                .hasMessageContaining("PathConflict");
        assertThat(factory("target", "list", "acme").lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "intel/lmp-764 3 ba7816bf8f01 intel-lmp-764-01fb70545b Published in version 2",
                        "lmp-765 4 88d4266fd4e6 lmp-765 Published in version 3",
                        "lmp-765 4 88d4266fd4e6 rival PathConflict");

        assertThat(factory("target", "remove", "rival", "--no-wait")).contains("Target rival", "deleted");
        assertThat(factory("target", "remove", "intel/lmp-764")).contains("gone from targets version 4");
        assertThat(facts("target", "list", "acme").at("/entries").findValuesAsText("path"))
                .containsExactly("lmp-765");
        assertThatThrownBy(() -> factory("target", "remove", "lmp-765")).hasMessageContaining("allowEmpty");
        assertThat(facts("target", "list", "acme").at("/entries/0/state").textValue())
                .isEqualTo("Leaving");
        assertThatThrownBy(() -> factory("target", "remove", "lmp-765"))
                .hasMessageContaining("there is no Target lmp-765");
    }

    @Test
    void everything_is_signed_anew_on_request_but_not_while_it_is_paused() throws Exception {
        assertThat(factory("refresh", "acme"))
                .contains("targets    version 2", "snapshot   version 2", "timestamp  version 2");
        assertThat(facts("refresh", "acme").at("/published/timestamp/version").intValue())
                .isEqualTo(3);
        assertThat(facts("status", "acme")
                        .at("/status/roles/timestamp/keysDueAt")
                        .textValue())
                .isNotEmpty();
        assertThat(factory("status", "acme"))
                .contains("keys       targets, snapshot, timestamp: 0 days old, exchange is proposed")
                .contains("kubectl factory keys download acme -n " + story.namespace() + " --archive keys.tgz --erase");

        story.pause(true);
        assertThatThrownBy(() -> factory("refresh", "acme"))
                .hasMessageContaining("Factory acme is paused")
                .hasMessageContaining("kubectl patch factory acme -n " + story.namespace());
        assertThatThrownBy(() -> factory(
                        "target",
                        "add",
                        "lmp",
                        "--factory",
                        "acme",
                        "--length",
                        "0",
                        "--sha256",
                        "0".repeat(64),
                        "--timeout",
                        "2s"))
                .hasMessageContaining("not published within 2 s")
                .hasMessageContaining("paused");
        story.pause(false);
        assertThat(factory("refresh", "acme", "--no-wait")).contains("asked for");
        RotationStory.eventually(
                RotationStory.SOON,
                () -> assertThat(story.status().roles().targets().version()).isGreaterThan(3));
    }

    @Test
    void who_may_only_look_changes_nothing() throws Exception {
        Files.writeString(editor, story.kubeconfigOf("factory-viewer"));
        assertThat(factory("target", "list", "acme")).contains("targets version 1");
        for (var words : List.of(
                List.of("refresh", "acme"),
                List.of("target", "add", "lmp", "--factory", "acme", "--length", "0", "--sha256", "0".repeat(64)))) {
            assertThatThrownBy(() -> factory(words.toArray(String[]::new)))
                    .hasMessageContaining("failed: the cluster doesn't let you");
        }
    }
}
