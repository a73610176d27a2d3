package dev.factorytrust.cli.console;

import java.io.Console;

/** The person at the keyboard, if there is one. */
public final class Terminal {

    private Terminal() {}

    /** @param otherwise what a program does instead of typing */
    public static Console required(String otherwise) {
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            throw Failure.refused("there is no terminal to ask at; " + otherwise);
        }
        return console;
    }

    /** Whether the person at the keyboard typed {@code yes}. */
    public static boolean confirms(String question, String otherwise) {
        return "yes".equals(required(otherwise).readLine("%s Type yes: ", question));
    }
}
