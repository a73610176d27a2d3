package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Root;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What our roots say beyond the specification: signed with them, and ignored by every client (4.1, unrecognized
 * fields).
 *
 * @param rotation the change that made this root, so that it isn't applied twice
 * @param factory {@code <namespace>/<name>}: holders who sign for two Factories see which one they sign for
 * @param holders names of offline keys; only of keys that the root lists
 */
public record RootExtras(Optional<Rotation> rotation, Optional<String> factory, Map<KeyId, String> holders) {

    /** @param sha256 of the canonical spec, lower-case hex */
    public record Rotation(String name, String sha256) {}

    /** Nothing else is a holder's name: it stands in lines that people go by before they sign. */
    static final Pattern HOLDER_NAME = Pattern.compile("[a-z0-9-]{1,32}");

    private static final String ROTATION = "x-factory-trust-rotation";
    private static final String ROTATION_SHA256 = "x-factory-trust-rotation-sha256";
    private static final String FACTORY = "x-factory-trust-factory";
    private static final String HOLDERS = "x-factory-trust-holders";

    public RootExtras {
        holders = Collections.unmodifiableMap(new TreeMap<>(holders));
    }

    /** Reads them back. What has another shape than we write, as an imported root may, counts as absent. */
    public static RootExtras of(Root root) {
        var fields = root.unrecognized();
        var holders = new TreeMap<KeyId, String>();
        if (fields.get(HOLDERS) instanceof JsonNode names) {
            root.keys().keySet().stream().forEach(keyid -> Optional.ofNullable(
                            names.path(keyid.value()).textValue())
                    .filter(name -> HOLDER_NAME.matcher(name).matches())
                    .ifPresent(name -> holders.put(keyid, name)));
        }
        return new RootExtras(
                text(fields, ROTATION)
                        .flatMap(name -> text(fields, ROTATION_SHA256).map(sha256 -> new Rotation(name, sha256))),
                text(fields, FACTORY),
                holders);
    }

    /** Fields of ours that every change of root writes anew, and the Factory's name where there was none. */
    static boolean isExpectedToChange(String field, Optional<JsonNode> before) {
        return Set.of(ROTATION, ROTATION_SHA256, HOLDERS).contains(field) || field.equals(FACTORY) && before.isEmpty();
    }

    /** The given fields with ours replaced by these, and all others kept. */
    Map<String, JsonNode> over(Map<String, JsonNode> fields) {
        var merged = new TreeMap<>(fields);
        merged.keySet().removeAll(Set.of(ROTATION, ROTATION_SHA256, FACTORY, HOLDERS));
        rotation.ifPresent(made -> {
            merged.put(ROTATION, TextNode.valueOf(made.name()));
            merged.put(ROTATION_SHA256, TextNode.valueOf(made.sha256()));
        });
        factory.ifPresent(name -> merged.put(FACTORY, TextNode.valueOf(name)));
        if (!holders.isEmpty()) {
            var names = JsonNodeFactory.instance.objectNode();
            holders.forEach((keyid, name) -> names.put(keyid.value(), name));
            merged.put(HOLDERS, names);
        }
        return merged;
    }

    private static Optional<String> text(Map<String, JsonNode> fields, String name) {
        return Optional.ofNullable(fields.get(name)).map(JsonNode::textValue);
    }
}
