package dev.factorytrust.cli.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What nobody may see: never an argument, which every process on the machine may read.
 *
 * @param what as {@code passphrase}
 * @param option as {@code --passphrase}, which {@code -file} and {@code -env} follow
 * @param file the one that was named, or null
 * @param variable likewise
 */
public record HiddenInput(String what, String option, Path file, String variable) {

    boolean isGiven() {
        return file != null || variable != null;
    }

    /**
     * What was named, or typed if nothing was.
     *
     * @param twice a new one is asked for twice
     */
    public char[] read(String prompt, boolean twice) {
        if (file != null) {
            return fromFile();
        }
        if (variable != null) {
            return Optional.ofNullable(System.getenv(variable))
                    .filter(value -> !value.isEmpty())
                    .orElseThrow(() -> Failure.refused(
                            "the environment variable " + variable + ", which " + option + "-env names, is not set"))
                    .toCharArray();
        }
        return typed(prompt, twice);
    }

    private char[] fromFile() {
        try (var lines = Files.lines(file)) {
            return lines.findFirst()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> Failure.refused(file + " has no " + what + " on its first line"))
                    .toCharArray();
        } catch (IOException | UncheckedIOException e) {
            throw Failure.file(file, "can't be read as UTF-8", e);
        }
    }

    private char[] typed(String prompt, boolean twice) {
        var terminal = Terminal.required("a " + what + " is needed: name " + option + "-file or " + option + "-env");
        var typed = terminal.hidden(prompt + ": ");
        if (typed.length == 0) {
            throw Failure.refused("no " + what + " was typed");
        }
        if (twice && !Arrays.equals(typed, terminal.hidden("The same again: "))) {
            throw Failure.refused("the two " + what + "s are not the same");
        }
        return typed;
    }
}
