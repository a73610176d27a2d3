package dev.factorytrust.stories;

import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The tab key, as kubectl and as the shells themselves that are installed here take it. */
class CompletionIT {

    private static final String PATH = String.join(
            File.pathSeparator,
            Path.of("target").toAbsolutePath().toString(),
            ControlPlane.kubectl().getParent().toString(),
            System.getenv("PATH"));

    @TempDir
    private Path drawer;

    @Test
    void kubectl_itself_completes_verbs_options_and_names_in_the_cluster() throws Exception {
        var story = RotationStory.withoutOperator();
        story.declareFactory("generate: {}");
        Files.writeString(drawer.resolve("kubeconfig"), story.kubeconfigOf("factory-viewer"));
        assertThat(kubectl("ta")).containsExactly("target\tWhat devices may install: the Targets of a Factory.", ":4");
        // A busy machine doesn't answer a tab key in time; the next one comes.
        RotationStory.eventually(
                RotationStory.SOON, () -> assertThat(kubectl("status", "")).containsExactly("acme", ":4"));
        assertThat(kubectl("status", "-n", "elsewhere", ""))
                .as("where he may not look")
                .containsExactly(":4");
        assertThat(kubectl("sign", "--key", "")).containsExactly(":0");
    }

    private List<String> kubectl(String... words) throws IOException, InterruptedException {
        return run(Stream.concat(Stream.of("kubectl", "__complete", "factory"), Stream.of(words))
                        .toArray(String[]::new))
                .lines()
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            bash ~ source <(kubectl-factory completion bash); COMP_WORDS=(kubectl-factory keys generate --type = e); \
                   COMP_CWORD=5; _kubectl_factory; printf '%s ' "${COMPREPLY[@]}"
            bash ~ source <(kubectl-factory completion bash); COMP_WORDS=(kubectl-factory keys generate --type e); \
                   COMP_CWORD=4; _kubectl_factory; printf '%s ' "${COMPREPLY[@]}"
            zsh  ~ compdef() {}; _describe() { print -- ${candidates%%:*} ''; }; source <(kubectl-factory completion zsh); \
                   words=(kubectl-factory keys generate --type e); CURRENT=5; _kubectl_factory
            fish ~ kubectl-factory completion fish | source; string join ' ' (complete -C 'kubectl-factory keys generate --type e') ''
            """)
    void shells_complete_the_command_by_its_own_name(String shell, String script) throws Exception {
        assumeThat(isInstalled(shell)).isTrue();
        assertThat(run(shell, "-c", script).strip()).isEqualTo("ecdsa-p256 ed25519");
    }

    private static boolean isInstalled(String shell) {
        return Arrays.stream(PATH.split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, shell)));
    }

    private String run(String... words) throws IOException, InterruptedException {
        return Command.run(Stream.concat(
                        Stream.of("env", "PATH=" + PATH, "KUBECONFIG=" + drawer.resolve("kubeconfig")),
                        Stream.of(words))
                .toList());
    }
}
