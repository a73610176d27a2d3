package dev.factorytrust.cli.folder;

import dev.factorytrust.cli.console.Output;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;

/** {@code --repo}, and what people are told of the change in it. */
final class FolderOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-r", "--repo"},
            required = true,
            paramLabel = "FOLDER",
            description = "The folder that root pull made. It holds nothing secret.")
    private Path directory;

    RootFolder folder() {
        return new RootFolder(directory);
    }

    /** Keeps a change, once the next root can be made of it, and shows that. */
    void keep(RootEdit edited) {
        var folder = folder();
        if (edited.isNone()) {
            folder.forgetChange();
            tell("nothing is left to change");
            return;
        }
        var change = edited.from(folder.newest().metadata().version());
        var proposed = folder.proposed(change);
        folder.store(change);
        tell("Root version " + proposed.next().version() + " of Factory " + folder.owner() + " would be:");
        proposed.diff().forEach(line -> tell("  " + line));
        tell("Nothing is sent or signed yet: kubectl factory root sign, or root push.");
    }

    void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }

    Path directory() {
        return directory;
    }
}
