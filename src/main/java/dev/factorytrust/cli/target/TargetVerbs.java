package dev.factorytrust.cli.target;

import dev.factorytrust.cli.ceremony.TargetsPayloadVerb;
import picocli.CommandLine.Command;

@Command(
        name = "target",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "What devices may install: the Targets of a Factory.",
        subcommands = {TargetAdd.class, TargetList.class, TargetRemove.class, TargetsPayloadVerb.class})
public final class TargetVerbs {

    private TargetVerbs() {}
}
