package dev.factorytrust.cli;

import dev.factorytrust.cli.archive.KeysDownload;
import dev.factorytrust.cli.archive.KeysRotate;
import dev.factorytrust.cli.key.KeysGenerate;
import dev.factorytrust.cli.key.KeysShow;
import picocli.CommandLine.Command;

@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "Offline keys: the root keys that no cluster ever sees.",
        subcommands = {KeysGenerate.class, KeysShow.class, KeysDownload.class, KeysRotate.class})
final class Keys {

    private Keys() {}
}
