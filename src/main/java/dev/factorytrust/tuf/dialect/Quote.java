package dev.factorytrust.tuf.dialect;

/** Quotes what strangers wrote in messages for people: one line, printable, not long. */
final class Quote {

    private static final int MAX_LENGTH = 100;

    private Quote() {}

    static String shorten(String text) {
        var line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }
}
