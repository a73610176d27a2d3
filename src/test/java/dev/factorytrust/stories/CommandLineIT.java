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

/** The ceremony with {@code kubectl factory} as it is packaged, by people with the ClusterRoles that are shipped for them. */
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
            story.awaitPayload("acme-root-1");
            assertThat(as("factory-viewer", story, "status", "acme"))
                    .contains("Factory " + story.namespace() + "/acme", "nothing is published yet")
                    .contains("RootRotation acme-root-1: AwaitingSignatures", "+ alice ed25519")
                    .containsPattern("still to sign, before .*: alice")
                    .contains("kubectl factory attach signed.yaml")
                    .contains("kubectl factory root payload acme-root-1 -n " + story.namespace());
            sign(story, "acme-root-1", "alice");
            story.awaitReady();
            var first = Files.write(drawer.resolve("1.root.json"), story.root(1).toArray());

            story.declare("hand-over", "root: {addKeys: %s, removeKeys: [alice]}".formatted(bob));
            sign(story, "hand-over", "bob");
            sign(story, "hand-over", "alice", "--current", first.toString());
            story.awaitPhase("hand-over", Phase.COMPLETED, SOON);

            assertThat(as("factory-viewer", story, "status", "acme"))
                    .contains("root       version 2, 1 of 1 keys", "Ready=True Published")
                    .doesNotContain("still to sign");
            assertThat(as("factory-viewer", story, "status", "acme", "-o", "json"))
                    .contains("\"version\" : 2");
            assertThatThrownBy(() -> as("factory-viewer", story, "status", "acne"))
                    .hasMessageContaining("there is no Factory acne in namespace " + story.namespace());

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
        story.awaitPayload(rotation);
        var payload = drawer.resolve(rotation + ".json");
        as("factory-key-holder", story, "root", "payload", rotation, "--out", payload.toString());
        var words = new ArrayList<>(List.of(
                "sign",
                payload.toString(),
                "--key",
                drawer.resolve(name + ".pem").toString(),
                "--yes"));
        words.addAll(List.of(more));
        var signed = Files.writeString(drawer.resolve(name + "-signs.yaml"), factory(words.toArray(String[]::new)));
        assertThat(as("factory-key-holder", story, "attach", signed.toString()))
                .contains("RootRotation " + rotation + ": ");
    }

    private String as(String clusterRole, RotationStory story, String... words)
            throws IOException, InterruptedException {
        var kubeconfig = Files.writeString(drawer.resolve("kubeconfig"), story.kubeconfigOf(clusterRole));
        return Command.run(Stream.of(
                        Stream.of("env", "KUBECONFIG=" + kubeconfig, COMMAND.toString()),
                        Stream.of(words),
                        Stream.of("-n", story.namespace()))
                .flatMap(part -> part)
                .toList());
    }

    private static String factory(String... words) throws IOException, InterruptedException {
        return Command.run(
                Stream.concat(Stream.of(COMMAND.toString()), Stream.of(words)).toList());
    }
}
