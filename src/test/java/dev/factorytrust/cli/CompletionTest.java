package dev.factorytrust.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** What shells are told may stand at the cursor. */
class CompletionTest {

    private static final Completion.Names NAMES = (label, given) ->
            label.equals("FACTORY") ? List.of("acme", "alpha", "of " + new TreeMap<>(given)) : List.of();

    /** Candidates without their descriptions, and the directive. */
    private static String complete(String... words) {
        return Completion.of(KubectlFactory.commandLine(), List.of(words), NAMES).stream()
                .map(line -> line.split("\t")[0])
                .collect(Collectors.joining(" "));
    }

    @Test
    void verbs_by_their_beginning_with_what_they_are() {
        assertThat(complete("re")).isEqualTo("refresh :4");
        assertThat(complete("target", "")).isEqualTo("add list payload remove :4");
        assertThat(Completion.of(KubectlFactory.commandLine(), List.of("ve"), NAMES))
                .containsExactly(
                        "verify\tWalks a repository as a device would, hop by hop from the root that you trust.", ":4");
    }

    @Test
    void options_of_the_verb_that_was_typed() {
        assertThat(complete("refresh", "acme", "--t")).isEqualTo("--timeout :4");
        assertThat(complete("refresh", "--"))
                .contains("--namespace", "--no-wait")
                .doesNotContain("--root");
        assertThat(String.join("\n", Completion.of(KubectlFactory.commandLine(), List.of("refresh", "--t"), NAMES)))
                .contains("Default: 1m");
    }

    @Test
    void values_that_an_option_can_have() {
        assertThat(complete("keys", "generate", "--type", "ed")).isEqualTo("ed25519 :4");
        assertThat(complete("verify", "--output=j")).isEqualTo("--output=json :4");
        assertThat(complete("status", "acme", "-o", "")).isEqualTo("json text yaml :4");
        assertThat(complete("completion", "")).isEqualTo("bash fish zsh :4");
    }

    @Test
    void files_where_a_file_is_meant() {
        assertThat(complete("sign", "")).isEqualTo(":0");
        assertThat(complete("target", "add", "lmp", "--file", "")).isEqualTo(":0");
        assertThat(complete("target", "add", "lmp", "--file", "x", "")).isEqualTo(":4");
    }

    @Test
    void names_from_the_cluster_where_one_is_meant_and_of_the_namespace_that_was_typed() {
        assertThat(complete("status", "ac")).isEqualTo("acme :4");
        assertThat(complete("status", "acme", "")).isEqualTo(":4");
        assertThat(complete("status", "-n", "fleet", "--context=east", "o"))
                .isEqualTo("of {--context=east, --namespace=fleet} :4");
        assertThat(complete("target", "add", "lmp", "--factory", "al")).isEqualTo("alpha :4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "--nonsense=", "-x", "status --nonsense", "__complete"})
    void what_nobody_knows_completes_to_nothing(String line) {
        assertThat(complete(line.split(" "))).isEqualTo(":4");
    }

    @Test
    void nothing_typed_is_no_error() {
        assertThat(complete()).isEqualTo(":4");
        assertThat(complete("")).startsWith("attach completion export import keys refresh ");
    }

    @Test
    void a_name_does_not_speak_to_the_terminal() {
        Completion.Names strangers = (_, _) -> List.of("\u001b[2J");
        assertThat(Completion.of(KubectlFactory.commandLine(), List.of("status", ""), strangers))
                .containsExactly("\uFFFD[2J", ":4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void each_shell_gets_a_script_that_asks(String shell) {
        assertThat(Shell.run("completion", shell).out()).contains("kubectl-factory", Completion.VERB);
    }
}
