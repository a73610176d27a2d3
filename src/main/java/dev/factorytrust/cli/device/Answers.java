package dev.factorytrust.cli.device;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** What {@code helm test} asks of the Service, for it can't know of any Factory. Hidden: people who have one {@code verify} it. */
@Command(
        name = "answers",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Whether devices get an answer there: a file, or that there is none.")
public final class Answers implements Callable<Integer> {

    @Parameters(paramLabel = "URL", description = "A repository, whether it is there or not: http or https.")
    private String url;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var file = new RepositorySource(url).fetch("timestamp.json");
        command.commandLine()
                .getOut()
                .println(url + " answers: " + (file.isPresent() ? "a timestamp" : "no repository of that name"));
        return 0;
    }
}
