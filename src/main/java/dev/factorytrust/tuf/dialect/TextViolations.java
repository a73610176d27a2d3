package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Finds the texts that some client can't take, wherever in a file they stand. */
final class TextViolations {

    private final BiFunction<String, JsonNode, Optional<String>> also;
    private final List<String> found = new ArrayList<>();

    private TextViolations(BiFunction<String, JsonNode, Optional<String>> also) {
        this.also = also;
    }

    /** @param also what else is wrong with the value at a path */
    static List<String> of(JsonNode file, BiFunction<String, JsonNode, Optional<String>> also) {
        var violations = new TextViolations(also);
        file.properties().forEach(field -> {
            violations.text(field.getKey(), "the file");
            violations.check(field.getValue(), Quote.shorten(field.getKey()));
        });
        return violations.found;
    }

    private void check(JsonNode node, String path) {
        if (node.isTextual()) {
            text(node.textValue(), path);
        }
        also.apply(path, node).ifPresent(why -> found.add(path + " " + why));
        node.properties().forEach(field -> {
            text(field.getKey(), path);
            check(field.getValue(), path + "." + Quote.shorten(field.getKey()));
        });
        for (var i = 0; node.isArray() && i < node.size(); i++) {
            check(node.get(i), path + "[" + i + "]");
        }
    }

    private void text(String text, String path) {
        var ascii = true;
        var control = false;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            ascii &= c < 0x80;
            control |= c < ' ' && c != '\n' || c == 0x7f;
        }
        if (!ascii) {
            found.add(path + " holds other characters than ASCII's");
        }
        if (control) {
            found.add(path + " holds a control character, which some client refuses or writes differently");
        }
    }
}
