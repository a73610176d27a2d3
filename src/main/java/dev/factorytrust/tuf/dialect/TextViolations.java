package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the texts, numbers and empty objects that some client can't take, wherever in a file they stand. */
final class TextViolations {

    /** JavaScript's numbers, so tuf-js', are exact only below this. */
    private static final BigInteger EXACT = BigInteger.TWO.pow(53);

    /** The objects whose names are data: they are empty when there is none. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("signed.targets", "signed.delegations.keys");

    private final List<String> found = new ArrayList<>();

    private TextViolations() {}

    static List<String> of(JsonNode file) {
        var violations = new TextViolations();
        file.properties().forEach(field -> {
            violations.text(field.getKey(), "the file");
            violations.check(field.getValue(), Quote.shorten(field.getKey()));
        });
        return violations.found;
    }

    private void check(JsonNode node, String path) {
        if (node.isTextual()) {
            text(node.textValue(), path);
        } else if (node.isNumber() && node.bigIntegerValue().abs().compareTo(EXACT) >= 0) {
            found.add(path + " is a number that tuf-js can't hold: 2^53 or beyond");
        } else if (node.isObject() && node.isEmpty() && !MAY_BE_EMPTY.contains(path)) {
            found.add(path + " is an empty object, which tough drops");
        }
        node.properties().forEach(field -> {
            text(field.getKey(), path);
            check(field.getValue(), path + "." + Quote.shorten(field.getKey()));
        });
        for (var i = 0; node.isArray() && i < node.size(); i++) {
            check(node.get(i), path + "[" + i + "]");
        }
    }

    private void text(String text, String path) {
        if (!text.chars().allMatch(c -> c < 0x80)) {
            found.add(path + " holds other characters than ASCII's");
        }
        if (text.chars().anyMatch(c -> c < ' ' && c != '\n' || c == 0x7f)) {
            found.add(path + " holds a control character, which sigstore-java refuses");
        }
    }
}
