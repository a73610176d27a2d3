package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** No white space, names in the order of their code points, whole numbers; the forms differ in how they write strings. */
enum CanonicalJson {

    /** OLPC's, which TUF 1.0 signs (§4.2): a backslash precedes the quote and the backslash, nothing else is escaped. */
    OLPC {
        @Override
        JsonNode parse(Bytes canonical) {
            return StrictJson.parseCanonical(canonical);
        }

        @Override
        void string(char c, StringBuilder out) {
            out.append(c);
        }

        @Override
        boolean holds(BigInteger number) {
            return true;
        }
    },

    /**
     * What jsoncpp 1.9.3 writes: aktualizr parses each file and writes it anew before it verifies or hashes anything. ASCII
     * alone; DEL and the slash stand for themselves; a number beyond 64 bits would come out as a floating one.
     */
    ESCAPED {
        @Override
        JsonNode parse(Bytes canonical) {
            return StrictJson.parse(canonical);
        }

        @Override
        void string(char c, StringBuilder out) {
            switch (c) {
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c > 0x7f) {
                        out.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }

        @Override
        boolean holds(BigInteger number) {
            return number.bitLength() <= (number.signum() < 0 ? 63 : 64);
        }
    };

    private static final HexFormat HEX = HexFormat.of();

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

    /** Reads this form back. */
    abstract JsonNode parse(Bytes canonical);

    /** Writes any character but the quote and the backslash. */
    abstract void string(char c, StringBuilder out);

    abstract boolean holds(BigInteger number);

    /** @throws IllegalArgumentException if the tree holds a number that this form can't */
    Bytes of(JsonNode tree) {
        var out = new StringBuilder();
        write(tree, out);
        return Bytes.utf8(out.toString());
    }

    private void write(JsonNode node, StringBuilder out) {
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
                if (!node.isIntegralNumber() || !holds(node.bigIntegerValue())) {
                    throw new IllegalArgumentException("canonical JSON has no number " + node.asText());
                }
                out.append(node.asText());
            }
            case MISSING, BINARY, POJO -> throw new IllegalArgumentException("no JSON: " + node.getNodeType());
        }
    }

    private void string(String text, StringBuilder out) {
        out.append('"');
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                string(c, out);
            }
        }
        out.append('"');
    }
}
