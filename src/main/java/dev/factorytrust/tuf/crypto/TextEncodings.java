package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** Bytes as people paste them: broken into lines, with a newline at the end, with or without padding. */
public final class TextEncodings {

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]++");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]++={0,2}");

    private TextEncodings() {}

    public static Optional<Bytes> hex(String text) {
        var digits = withoutSpace(text);
        return digits.length() % 2 == 0 && HEX.matcher(digits).matches()
                ? Optional.of(Bytes.hex(digits))
                : Optional.empty();
    }

    /** Also the alphabet for URLs, and without padding. */
    public static Optional<Bytes> base64(String text) {
        var digits = withoutSpace(text);
        if (!BASE64.matcher(digits).matches()) {
            return Optional.empty();
        }
        try {
            var standard = digits.replace('-', '+').replace('_', '/');
            return Optional.of(Bytes.of(Base64.getDecoder().decode(standard)));
        } catch (IllegalArgumentException wrongLength) {
            return Optional.empty();
        }
    }

    private static String withoutSpace(String text) {
        return SPACE.matcher(text).replaceAll("");
    }
}
