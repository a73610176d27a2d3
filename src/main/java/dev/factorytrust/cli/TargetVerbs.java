package dev.factorytrust.cli;

import picocli.CommandLine.Command;

@Command(
        name = "target",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "What devices may install: the Targets of a Factory.",
        subcommands = {TargetAdd.class, TargetList.class, TargetRemove.class})
final class TargetVerbs {

    private TargetVerbs() {}
}
