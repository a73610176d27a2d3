package dev.factorytrust.cli.target;

import picocli.CommandLine.Command;

@Command(
        name = "target",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "What devices may install: the Targets of a Factory.",
        subcommands = {TargetAdd.class, TargetList.class, TargetRemove.class})
public final class TargetVerbs {

    private TargetVerbs() {}
}
