package dev.factorytrust.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what a shell reads to complete kubectl-factory when it is called by that name.",
            "For kubectl factory, kubectl's own completion does it, if kubectl_complete-factory is on the PATH."
        })
final class CompletionScript implements Runnable {

    enum ShellName {
        bash,
        zsh,
        fish
    }

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
    private ShellName shell;

    @Override
    public void run() {
        try (var script = CompletionScript.class.getResourceAsStream("completion." + shell)) {
            var out = command.commandLine().getOut();
            out.print(new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
