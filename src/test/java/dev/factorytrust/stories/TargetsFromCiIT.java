package dev.factorytrust.stories;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.docs.Page;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A pipeline declares what it built, by the commands of docs/targets-from-ci.md and with the files of examples/. */
class TargetsFromCiIT {

    private static final Path EXAMPLES = Path.of("examples", "targets-from-ci");

    private final TestClock clock = TestClock.start();
    private final Page page = Page.read(Path.of("docs", "targets-from-ci.md"));

    @TempDir
    private Path directory;

    @Test
    void what_the_page_says_brings_a_build_to_devices() throws Exception {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            run(fleet, page.under("Rights"));
            run(fleet, """
                    kubectl config set-credentials ci --token="$(cat token)"
                    kubectl config set-context --current --user=ci""");
            run(fleet, page.under("From a build's outputs"));
            var artifact = fleet.target("intel-corei7-64-lmp-764").getSpec();
            assertThat(artifact.length()).isEqualTo(15);
            assertThat(artifact.targetFormat()).isEqualTo("BINARY");
            fleet.awaitServed(operator);
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.lookUp("intel-corei7-64-lmp-764")).contains(new Device.Artifact(15, artifact.hashes()));

            assertThatThrownBy(() -> run(fleet, page.under("Without Git"))).hasMessageContaining("Forbidden");
            Files.delete(directory.resolve("kubeconfig"));
            run(fleet, page.under("Without Git"));
            run(fleet, page.under("By Git"));
            run(fleet, "kubectl apply -n fleet --dry-run=server --validate=strict -k " + EXAMPLES.resolve("kustomize"));
            Fleet.await(() -> assertThat(device.update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .isEqualTo(Set.of("intel-corei7-64-lmp-765"))));
        }
    }

    /** {@code env}, {@code variables} and the like say where the script stands; the rest is the same everywhere. */
    @ParameterizedTest
    @CsvSource({
        "github-actions.yaml, /jobs/target/steps",
        "gitlab-ci.yaml, /target/script",
        "tekton.yaml, /spec/steps",
    })
    void a_pipelines_scripts_are_shell_and_end_with_a_target_that_is_awaited(String file, String steps)
            throws Exception {
        var pipeline = Serialization.unmarshal(Files.readString(EXAMPLES.resolve(file)), JsonNode.class);
        var scripts = scripts(pipeline.at(steps)).toList();

        assertThat(scripts).isNotEmpty();
        for (var script : scripts) {
            Command.run(List.of("sh", "-n", "-c", script));
        }
        assertThat(String.join("\n", scripts))
                .contains("kubectl apply", "kubectl wait")
                .contains("target.yaml");
        assertThat(Files.readString(EXAMPLES.resolve(file))).contains("ci/target.sh >target.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NAME='a\"b'",
                "VERSION='1: 2'",
                "FACTORY='acme, x'",
                "HARDWARE_IDS='x *'",
                "TAGS='main \"}'",
                "URI='https://a b'",
                "FILE=missing",
                "OSTREE_COMMIT='#'"
            })
    void what_would_end_a_string_in_the_yaml_is_refused_and_nothing_is_printed(String assignment) {
        var script = "export FACTORY=acme NAME=lmp VERSION=1 HARDWARE_IDS=x OSTREE_COMMIT= FILE=" + EXAMPLES
                + "/target.sh; export " + assignment + "; " + EXAMPLES + "/target.sh";

        assertThatThrownBy(() -> Command.run(List.of("sh", "-c", script)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("target.sh: ")
                .hasMessageNotContaining("apiVersion");
    }

    private static Stream<String> scripts(JsonNode steps) {
        return steps.valueStream()
                .map(step -> step.isTextual() ? step : step.has("run") ? step.get("run") : step.path("script"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    /** In a copy of the repository's examples; namespace fleet is the test's own. */
    private void run(Fleet fleet, String block) throws IOException, InterruptedException {
        var kubeconfig = directory.resolve("kubeconfig");
        if (!Files.exists(kubeconfig)) {
            Files.writeString(kubeconfig, ControlPlane.shared().adminKubeconfig());
        }
        var copy = directory.resolve("examples");
        if (!Files.exists(copy)) {
            Command.run(List.of("cp", "-r", "examples", copy.toString()));
            for (var file : List.of("rbac.yaml", "kustomize/kustomization.yaml")) {
                var example = copy.resolve("targets-from-ci").resolve(file);
                Files.writeString(
                        example,
                        Files.readString(example).replace("namespace: fleet", "namespace: " + fleet.namespace()));
            }
        }
        Command.run(
                directory,
                List.of(
                        "bash",
                        "-c",
                        "set -euo pipefail\nexport KUBECONFIG=" + kubeconfig + "\nexport PATH="
                                + ControlPlane.kubectl().getParent() + ":$PATH\n"
                                + block.replace("-n fleet", "-n " + fleet.namespace())));
    }
}
