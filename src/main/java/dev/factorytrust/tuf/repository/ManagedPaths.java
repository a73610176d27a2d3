package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which paths of a targets version came from Target resources: kept beside that version, never served.
 *
 * @param factoryUid the Factory object that saw them; under another one they count as nobody's
 * @param managed path to the name of its Target
 */
public record ManagedPaths(String factoryUid, Map<String, String> managed) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public ManagedPaths {
        managed = Collections.unmodifiableMap(new TreeMap<>(managed));
    }

    /** {@code {"factoryUid": …, "managed": {path: target}}}, the same bytes for the same record. */
    public Bytes toJson() {
        var paths = JsonNodeFactory.instance.objectNode();
        managed.forEach(paths::put);
        var object = JsonNodeFactory.instance.objectNode().put("factoryUid", factoryUid);
        object.set("managed", paths);
        return Bytes.utf8(object.toString());
    }

    /** @throws IllegalArgumentException where these are not the bytes of {@link #toJson} */
    public static ManagedPaths fromJson(Bytes json) {
        JsonNode object;
        try {
            object = JSON.readTree(json.toArray());
        } catch (IOException notJson) {
            throw new IllegalArgumentException("the record of managed paths is not JSON", notJson);
        }
        var managed = new TreeMap<String, String>();
        var paths = object.path("managed");
        paths.properties()
                .forEach(entry -> managed.put(entry.getKey(), entry.getValue().asText()));
        var textual =
                paths.properties().stream().allMatch(entry -> entry.getValue().isTextual());
        if (!object.path("factoryUid").isTextual() || !paths.isObject() || !textual) {
            throw new IllegalArgumentException("the record of managed paths needs factoryUid and managed");
        }
        return new ManagedPaths(object.get("factoryUid").textValue(), managed);
    }
}
