package dev.factorytrust.testing;

import com.fasterxml.jackson.databind.JsonNode;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Argo CD shows of an object by the scripts that are shipped for it. */
public record ArgoHealth(String status, String message) {

    public static final Path SCRIPTS =
            Path.of("examples", "gitops", "argo-cd", "resource_customizations", "factory-trust.dev");

    public static ArgoHealth of(JsonNode object) throws IOException {
        var script = SCRIPTS.resolve(object.get("kind").asText()).resolve("health.lua");
        var lua = JsePlatform.standardGlobals();
        lua.set("obj", value(object));
        var health = lua.load(Files.readString(script), script.toString()).call();
        return new ArgoHealth(
                health.get("status").checkjstring(), health.get("message").checkjstring());
    }

    private static LuaValue value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var table = new LuaTable();
                node.properties().forEach(field -> table.set(field.getKey(), value(field.getValue())));
                yield table;
            }
            case ARRAY -> {
                var table = new LuaTable();
                node.forEach(element -> table.insert(0, value(element)));
                yield table;
            }
            case NUMBER -> LuaValue.valueOf(node.asDouble());
            case BOOLEAN -> LuaValue.valueOf(node.asBoolean());
            case STRING -> LuaValue.valueOf(node.asText());
            default -> LuaValue.NIL;
        };
    }
}
