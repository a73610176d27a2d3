package dev.factorytrust.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Only the verb that is called is read; nobody notices but by how soon it answers. */
class KubectlFactoryTest {

    static Set<String> verbs() {
        return KubectlFactory.commandLine().getSubcommands().keySet();
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void a_verb_is_the_same_without_the_others(String verb) {
        var alone = KubectlFactory.commandLine(verb).getSubcommands();
        assertThat(alone).containsOnlyKeys(verb);
        assertThat(usage(alone.get(verb)))
                .isEqualTo(usage(KubectlFactory.commandLine().getSubcommands().get(verb)))
                .contains("kubectl factory " + verb);
    }

    @Test
    void who_calls_none_or_mistypes_it_is_told_of_all() {
        assertThat(Shell.run("--help").out()).contains("status", "refresh", "target", "keys", "completion");
        assertThat(Shell.run("statu").err()).contains("Did you mean", "kubectl factory status");
    }

    private static String usage(CommandLine command) {
        return command.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }
}
