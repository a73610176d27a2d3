package dev.factorytrust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What python-tuf made; see vectors.py beside the file. */
public final class Vectors {

    private static final JsonNode ALL = load();

    private Vectors() {}

    private static JsonNode load() {
        try (var file = Vectors.class.getResourceAsStream("/tuf/vectors.json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Stream<JsonNode> list(String name) {
        return StreamSupport.stream(ALL.required(name).spliterator(), false);
    }

    public static Bytes file(String name) {
        return Bytes.utf8(metadata(name).required("file").textValue());
    }

    public static Bytes canonical(String name) {
        return Bytes.hex(metadata(name).required("canonical").textValue());
    }

    private static JsonNode metadata(String name) {
        return ALL.required("metadata").required(name);
    }

    public static JsonNode key(String type) {
        return list("keys")
                .filter(key -> key.required("type").textValue().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
