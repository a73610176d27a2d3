package dev.factorytrust.tuf.dialect;

import java.util.regex.Pattern;

/** Quotes what strangers wrote in messages for people: one line, printable, not long. */
final class Quote {

    private static final int MAX_LENGTH = 100;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private Quote() {}

    static String shorten(String text) {
        var line = UNPRINTABLE.matcher(text).replaceAll("?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }
}
