package dev.factorytrust.operator.target;

import com.fasterxml.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What clients can read of a Target's custom data. Reasons are sentences that name the field. */
final class CustomRules {

    /** The largest that JavaScript's numbers hold exactly: tuf-js would sign-check another one. */
    static final long LARGEST_INTEGER = (1L << 53) - 1;

    private static final BigInteger LARGEST = BigInteger.valueOf(LARGEST_INTEGER);
    private static final int DEPTH = 16;
    private static final int NAME_LENGTH = 1024;

    /** As much as our own reader of metadata takes. */
    private static final int TEXT_LENGTH = 1024 * 1024;

    private static final int QUOTED = 64;

    private CustomRules() {}

    /** Why some TUF client couldn't read the value, or couldn't make the bytes of it that were signed. */
    static List<String> unreadable(String field, JsonNode value) {
        var reasons = new ArrayList<String>();
        check(field, value, 1, reasons);
        return reasons;
    }

    private static void check(String field, JsonNode value, int depth, List<String> reasons) {
        switch (value.getNodeType()) {
            case NULL, BOOLEAN -> {}
            case NUMBER -> checkNumber(field, value, reasons);
            case STRING -> checkText(field, value.textValue(), TEXT_LENGTH, reasons);
            case ARRAY, OBJECT -> {
                if (depth > DEPTH) {
                    reasons.add(field + " is nested deeper than " + DEPTH + " levels: flatten it");
                } else if (value.isArray()) {
                    for (var i = 0; i < value.size(); i++) {
                        check(field + '[' + i + ']', value.get(i), depth + 1, reasons);
                    }
                } else {
                    checkObject(field, value, depth, reasons);
                }
            }
            case MISSING, BINARY, POJO -> reasons.add(field + " is no JSON value");
        }
    }

    private static void checkObject(String field, JsonNode object, int depth, List<String> reasons) {
        if (object.isEmpty()) {
            reasons.add(field + " is an empty object, which some clients refuse: leave it out");
        }
        object.properties().forEach(member -> {
            var name = member.getKey();
            checkText("the name of " + field + '.' + clip(name), name, NAME_LENGTH, reasons);
            check(field + '.' + clip(name), member.getValue(), depth + 1, reasons);
        });
    }

    private static void checkNumber(String field, JsonNode number, List<String> reasons) {
        if (!number.isIntegralNumber()) {
            reasons.add(field + " is " + clip(number.asText())
                    + ", and no client takes numbers with a fraction or an exponent: write it as a string");
        } else if (number.bigIntegerValue().abs().compareTo(LARGEST) > 0) {
            reasons.add(field + " is " + clip(number.asText())
                    + ", and not every client holds integers beyond 2^53 - 1 exactly: write it as a string");
        }
    }

    private static void checkText(String field, String text, int most, List<String> reasons) {
        if (text.length() > most) {
            reasons.add(field + " has " + text.length() + " characters, and not every client reads more than " + most
                    + ": shorten it");
        }
        text.codePoints()
                .filter(c -> c != '\n' && (c < ' ' || c > '~'))
                .findFirst()
                .ifPresent(c -> reasons.add(field
                        + " contains U+%04X, and clients differ on all but printable ASCII and newlines: ".formatted(c)
                        + "spell it in ASCII"));
    }

    /** Names and values are the author's, of any length; a message repeats as much as it takes to find them. */
    static String clip(String text) {
        return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + '…';
    }

    static String quote(String text) {
        return '"' + clip(text) + '"';
    }
}
