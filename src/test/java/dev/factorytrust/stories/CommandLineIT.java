package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.TestClock;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The ceremony with {@code kubectl factory} as it is packaged. What it prints goes to the cluster as it is. */
class CommandLineIT {

    private static final Path COMMAND = Path.of("target", "kubectl-factory").toAbsolutePath();

    @TempDir
    private Path drawer;

    @Test
    void a_root_changes_hands_and_the_cluster_never_sees_its_keys() throws Exception {
        var alice = generate("alice", "ed25519");
        var bob = generate("bob", "ecdsa-p256");
        try (var story = new RotationStory(TestClock.start())) {
            story.declareFactory("offline: {threshold: 1, keys: %s}".formatted(alice));
            sign(story, "acme-root-1", "alice");
            story.awaitReady();
            var first = Files.write(drawer.resolve("1.root.json"), story.root(1).toArray());

            story.declare("hand-over", "root: {addKeys: %s, removeKeys: [alice]}".formatted(bob));
            sign(story, "hand-over", "bob");
            sign(story, "hand-over", "alice", "--current", first.toString());
            story.awaitPhase("hand-over", Phase.COMPLETED, SOON);

            var url = story.operator().url(story.namespace(), "acme").toString();
            assertThat(factory("verify", url, "--root", first.toString()))
                    .contains("+ bob ecdsa-p256", "- alice ed25519", "accepted at");
            assertThatThrownBy(() -> factory("verify", url, "--root", first.toString(), "--at", "2200-01-01T00:00:00Z"))
                    .hasMessageContaining("refused: root 2 expired");
        }
    }

    /** The entry that a Factory or RootRotation lists, as JSON. */
    private String generate(String name, String type) throws Exception {
        var printed = factory(
                "keys",
                "generate",
                "--type",
                type,
                "--name",
                name,
                "--out",
                drawer.resolve(name + ".pem").toString());
        return Serialization.asJson(Serialization.unmarshal(printed, List.class));
    }

    private void sign(RotationStory story, String rotation, String name, String... more) throws Exception {
        var payload = Files.write(
                drawer.resolve(rotation + ".json"), story.awaitPayload(rotation).toArray());
        var words = new ArrayList<>(List.of(
                "sign",
                payload.toString(),
                "--key",
                drawer.resolve(name + ".pem").toString(),
                "--yes"));
        words.addAll(List.of(more));
        story.client().resource(factory(words.toArray(String[]::new))).create();
    }

    private static String factory(String... words) throws IOException, InterruptedException {
        return Command.run(
                Stream.concat(Stream.of(COMMAND.toString()), Stream.of(words)).toList());
    }
}
