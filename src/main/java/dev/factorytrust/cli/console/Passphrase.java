package dev.factorytrust.cli.console;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Where a passphrase comes from. */
public final class Passphrase {

    @ArgGroup
    private Source source = new Source();

    private static final class Source {

        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description = "The first line of this file is the passphrase.")
        private Path file;

        @Option(
                names = "--passphrase-env",
                paramLabel = "VARIABLE",
                description = "This environment variable is the passphrase.")
        private String variable;
    }

    private HiddenInput input() {
        return new HiddenInput("passphrase", "--passphrase", source.file, source.variable);
    }

    /** Whether one was named, other than by asking for it. */
    public boolean isGiven() {
        return input().isGiven();
    }

    /**
     * The passphrase that was named, or typed if none was.
     *
     * @param twice a new one is asked for twice
     */
    public char[] read(String prompt, boolean twice) {
        return input().read(prompt, twice);
    }
}
