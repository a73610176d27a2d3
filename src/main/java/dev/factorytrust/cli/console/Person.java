package dev.factorytrust.cli.console;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Who runs a verb, and is told how it goes; by standard error, since standard output is for what it makes. */
@Command
public final class Person {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }
}
