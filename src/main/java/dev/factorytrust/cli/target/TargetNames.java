package dev.factorytrust.cli.target;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;

import java.util.Locale;
import java.util.regex.Pattern;

/** What Targets are called that are made for a path. */
final class TargetNames {

    /** As the Target's own schema has it; said before a large file is read in vain. */
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._+~@=,-]+(/[A-Za-z0-9._+~@=,-]+)*");

    private static final Pattern DOTS = Pattern.compile("(^|.*/)\\.\\.?(/.*|$)");
    private static final int LONGEST_PATH = 512;

    /** RFC 1123: what Kubernetes takes as a name. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final int LONGEST_NAME = 253;

    /** Leaves room for a digest. */
    private static final int LONGEST_STEM = 200;

    private TargetNames() {}

    static void requirePath(String path) {
        if (path.length() > LONGEST_PATH
                || !PATH.matcher(path).matches()
                || DOTS.matcher(path).matches()) {
            throw Failure.refused("'" + path + "' is no path that every device reads the same way: segments of letters,"
                    + " digits and . _ + ~ @ = , - parted by single slashes, none of them . or .., " + LONGEST_PATH
                    + " characters at most");
        }
    }

    /**
     * The path itself where Kubernetes takes it as a name; else what is left of it, and a digest that no other path of any
     * Factory has.
     */
    static String of(String factory, String path) {
        if (path.length() <= LONGEST_NAME && NAME.matcher(path).matches()) {
            return path;
        }
        var stem = path.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        var cut = stem.substring(0, Math.min(LONGEST_STEM, stem.length())).replaceAll("-$", "");
        var digest = Bytes.utf8(factory + '/' + path).sha256().substring(0, 10);
        return cut.isEmpty() ? "target-" + digest : cut + '-' + digest;
    }
}
