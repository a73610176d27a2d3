package dev.factorytrust.cli.console;

import java.util.stream.Stream;

/**
 * A line in pieces that no terminal folds: where it did, a part of what others chose would stand at the beginning of a
 * line, and could pass for a change of its own. What has spaces of theirs in it is quoted; other lines stay whole, so that
 * digests do.
 */
public final class Folded {

    /** Of the 80 that terminals have. */
    private static final int COLUMNS = 78;

    private static final String GOES_ON = "      ... ";

    private Folded() {}

    public static Stream<String> lines(String line) {
        var rest = COLUMNS - GOES_ON.length();
        return line.length() <= COLUMNS || line.indexOf('"') < 0
                ? Stream.of(line)
                : Stream.concat(
                        Stream.of(line.substring(0, COLUMNS)),
                        Stream.iterate(COLUMNS, from -> from < line.length(), from -> from + rest)
                                .map(from -> GOES_ON + line.substring(from, Math.min(line.length(), from + rest))));
    }
}
