package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** Objects as installers print them. */
final class Manifests {

    private static final YAMLMapper YAML = new YAMLMapper();

    private Manifests() {}

    /** By kind, namespace (if there is one) and name, with slashes between them. */
    static Map<String, JsonNode> objects(String yaml) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return objects(documents.readAll());
        }
    }

    /** The same of what has been read. */
    static Map<String, JsonNode> objects(Iterable<JsonNode> all) {
        var objects = new TreeMap<String, JsonNode>();
        for (var object : all) {
            if (object.isObject()) {
                var metadata = object.get("metadata");
                var namespace = metadata.path("namespace").asText();
                objects.put(
                        object.get("kind").asText()
                                + (namespace.isEmpty() ? "/" : "/" + namespace + "/")
                                + metadata.get("name").asText(),
                        object);
            }
        }
        return objects;
    }

    /** As one document, for kubectl. */
    static String list(Iterable<JsonNode> objects) {
        var list = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "List");
        list.putArray("items")
                .addAll(StreamSupport.stream(objects.spliterator(), false).toList());
        return list.toString();
    }
}
