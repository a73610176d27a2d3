package dev.factorytrust.cli;

import dev.factorytrust.cli.ceremony.RootPayloadVerb;
import dev.factorytrust.cli.folder.RootKeyVerbs;
import dev.factorytrust.cli.folder.RootPull;
import dev.factorytrust.cli.folder.RootPush;
import dev.factorytrust.cli.folder.RootSign;
import dev.factorytrust.cli.folder.RootTerms;
import picocli.CommandLine.Command;

@Command(
        name = "root",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "The next root: changed in a folder, signed by its holders, and published.",
        subcommands = {
            RootPull.class,
            RootKeyVerbs.class,
            RootTerms.Threshold.class,
            RootTerms.Expiry.class,
            RootSign.class,
            RootPush.class,
            RootPayloadVerb.class
        })
final class RootMetadata {

    private RootMetadata() {}
}
