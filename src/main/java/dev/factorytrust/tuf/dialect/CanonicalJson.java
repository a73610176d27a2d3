package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * OLPC canonical JSON, which TUF 1.0 signs (§4.2): no white space, names in the order of their code points, whole numbers, and
 * strings in which a backslash precedes the quote and the backslash and nothing else is escaped.
 */
final class CanonicalJson {

    /** UTF-16, and with it String.compareTo, sorts characters beyond U+FFFF before some below. */
    private static final Comparator<String> CODE_POINTS = (left, right) -> {
        var length = Math.min(left.length(), right.length());
        for (var i = 0; i < length; i++) {
            var a = left.charAt(i);
            var b = right.charAt(i);
            if (a != b) {
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    };

    private CanonicalJson() {}

    /** @throws IllegalArgumentException if the tree holds a number with a fraction */
    static Bytes of(JsonNode tree) {
        var out = new StringBuilder();
        write(tree, out);
        return Bytes.utf8(out.toString());
    }

    private static void write(JsonNode node, StringBuilder out) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                var separator = "{";
                var sorted = new TreeMap<String, JsonNode>(CODE_POINTS);
                node.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
                for (Map.Entry<String, JsonNode> field : sorted.entrySet()) {
                    out.append(separator);
                    string(field.getKey(), out);
                    out.append(':');
                    write(field.getValue(), out);
                    separator = ",";
                }
                out.append(node.isEmpty() ? "{}" : "}");
            }
            case ARRAY -> {
                out.append('[');
                for (var i = 0; i < node.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    write(node.get(i), out);
                }
                out.append(']');
            }
            case STRING -> string(node.textValue(), out);
            case BOOLEAN, NULL -> out.append(node.asText());
            case NUMBER -> {
                if (!node.isIntegralNumber()) {
                    throw new IllegalArgumentException("canonical JSON has no number " + node.asText());
                }
                out.append(node.asText());
            }
            case MISSING, BINARY, POJO -> throw new IllegalArgumentException("no JSON: " + node.getNodeType());
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }
}
