package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

import java.util.regex.Pattern;

/**
 * What others chose, in a line that people go by: quoted, so that none of it can pass for what the line says itself. A
 * payload may come from whoever wants it signed.
 */
final class DiffText {

    /** What can't be mistaken for anything else needs no quotes. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._+~@=,/-]+");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private DiffText() {}

    /** As it is, or as JSON text where it has anything but letters, digits and what paths are made of. */
    static String name(String chosen) {
        return PLAIN.matcher(chosen).matches() ? chosen : json(TextNode.valueOf(chosen));
    }

    /** The same JSON in ASCII, and with no two spaces in a row: with enough of them a terminal begins a new line. */
    static String json(JsonNode value) {
        try {
            return JSON.writeValueAsString(value).replace("  ", " \\u0020");
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
