package dev.factorytrust.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** {@code --repo}, and what people are told of the change in it. */
final class FolderOption {

    private static final Duration YEAR = Duration.ofDays(365);

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
        var owner = folder.owner();
        var current = folder.newest().metadata();
        var change = edited.from(current.version());
        var proposed = change.proposed(
                current,
                owner.namespace(),
                change.life()
                        .or(owner::life)
                        .map(Instant.now()::plus)
                        .orElse(Instant.now().plus(YEAR)));
        folder.store(change);
        tell("Root version " + proposed.next().version() + " of Factory " + owner + " would be:");
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
