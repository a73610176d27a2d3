package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;

import static org.assertj.core.api.Assertions.assertThat;

/** Puts one fault into a file that is fine without it. */
final class Faults {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Faults() {}

    /** @param value null removes what is there */
    static JsonNode put(Bytes file, String pointer, String value) throws JsonProcessingException {
        var tree = JSON.readTree(file.utf8());
        var at = JsonPointer.compile(pointer);
        var parent = tree.at(at.head());
        var field = at.last().getMatchingProperty();
        if (value == null) {
            assertThat(((ObjectNode) parent).remove(field)).isNotNull();
        } else if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(field), JSON.readTree(value));
        } else {
            ((ObjectNode) parent).set(field, JSON.readTree(value));
        }
        return tree;
    }
}
