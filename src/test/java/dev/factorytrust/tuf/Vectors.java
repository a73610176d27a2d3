package dev.factorytrust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What others made; see the script beside each file. */
public final class Vectors {

    public static final Vectors PYTHON_TUF = new Vectors("/tuf/vectors.json");
    public static final Vectors OTA_CONNECT_PYTHON = new Vectors("/tuf/ota-connect-vectors.json");

    private final JsonNode all;

    private Vectors(String resource) {
        try (var file = Vectors.class.getResourceAsStream(resource)) {
            all = new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Stream<JsonNode> list(String name) {
        return StreamSupport.stream(all.required(name).spliterator(), false);
    }

    public Bytes file(String name) {
        return Bytes.utf8(metadata(name).required("file").textValue());
    }

    public Bytes canonical(String name) {
        return Bytes.hex(metadata(name).required("canonical").textValue());
    }

    public JsonNode metadata(String name) {
        return all.required("metadata").required(name);
    }

    public JsonNode key(String type) {
        return list("keys")
                .filter(key -> key.required("type").textValue().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
