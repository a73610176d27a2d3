package dev.factorytrust.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Where a passphrase comes from: never from an argument, which every process on the machine may read. */
final class Passphrase {

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

    /** Whether one was named, other than by asking for it. */
    boolean isGiven() {
        return source.file != null || source.variable != null;
    }

    /**
     * The passphrase that was named, or typed if none was.
     *
     * @param twice a new one is asked for twice
     */
    char[] read(String prompt, boolean twice) {
        if (source.file != null) {
            return fromFile();
        }
        if (source.variable != null) {
            return Optional.ofNullable(System.getenv(source.variable))
                    .filter(value -> !value.isEmpty())
                    .orElseThrow(() -> Failure.refused("the environment variable " + source.variable
                            + ", which --passphrase-env names, is not set"))
                    .toCharArray();
        }
        return typed(prompt, twice);
    }

    private char[] fromFile() {
        try (var lines = Files.lines(source.file)) {
            return lines.findFirst()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> Failure.refused(source.file + " has no passphrase on its first line"))
                    .toCharArray();
        } catch (IOException | UncheckedIOException e) {
            throw Failure.file(source.file, "can't be read as UTF-8", e);
        }
    }

    private static char[] typed(String prompt, boolean twice) {
        var console = Terminal.required("a passphrase is needed: name --passphrase-file or --passphrase-env");
        var passphrase = console.readPassword("%s: ", prompt);
        if (passphrase == null || passphrase.length == 0) {
            throw Failure.refused("no passphrase was typed");
        }
        if (twice && !Arrays.equals(passphrase, console.readPassword("The same again: "))) {
            throw Failure.refused("the two passphrases are not the same");
        }
        return passphrase;
    }
}
