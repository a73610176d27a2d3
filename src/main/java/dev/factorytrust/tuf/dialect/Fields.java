package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads an object's fields by type, tells their path when one is missing or wrong, and keeps those that nobody asked for. */
final class Fields {

    private final String path;
    private final ObjectNode object;
    private final Set<String> known = new HashSet<>();

    private Fields(String path, ObjectNode object) {
        this.path = path;
        this.object = object;
    }

    static Fields of(String path, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new Fields(path, object);
        }
        throw new MalformedMetadataException(path + " isn't an object");
    }

    ObjectNode json() {
        return object;
    }

    String path() {
        return path;
    }

    boolean has(String name) {
        return object.has(name);
    }

    String text(String name) {
        var value = required(name);
        if (!value.isTextual()) {
            throw wrong(name, "a string");
        }
        return value.textValue();
    }

    long integer(String name) {
        var value = required(name);
        if (!value.canConvertToLong()) {
            throw wrong(name, "a whole number of 64 bits");
        }
        return value.longValue();
    }

    int smallInteger(String name) {
        var value = required(name);
        if (!value.canConvertToInt()) {
            throw wrong(name, "a whole number of 32 bits");
        }
        return value.intValue();
    }

    boolean bool(String name) {
        var value = required(name);
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    Fields object(String name) {
        return of(at(name), required(name));
    }

    <T> Optional<T> optional(String name, Function<String, T> reader) {
        return has(name) ? Optional.of(reader.apply(name)) : Optional.empty();
    }

    List<String> texts(String name) {
        return list(name, (at, value) -> {
            if (!value.isTextual()) {
                throw new MalformedMetadataException(at + " isn't a string");
            }
            return value.textValue();
        });
    }

    <T> List<T> list(String name, BiFunction<String, JsonNode, T> reader) {
        return list(at(name), required(name), reader);
    }

    static <T> List<T> list(String path, JsonNode array, BiFunction<String, JsonNode, T> reader) {
        if (!array.isArray()) {
            throw new MalformedMetadataException(path + " isn't an array");
        }
        var values = new ArrayList<T>();
        for (var i = 0; i < array.size(); i++) {
            var at = path + "[" + i + "]";
            values.add(located(at, () -> reader.apply(at, array.get(values.size()))));
        }
        return values;
    }

    /** Every field of an object whose names are data, such as {@code keys}. */
    <K, V> Map<K, V> map(String name, Function<String, K> key, BiFunction<String, JsonNode, V> reader) {
        var map = new LinkedHashMap<K, V>();
        var inner = object(name);
        for (var field : inner.object.properties()) {
            var at = inner.at(field.getKey());
            located(at, () -> map.put(key.apply(field.getKey()), reader.apply(at, field.getValue())));
        }
        return map;
    }

    Map<String, JsonNode> unrecognized() {
        var rest = new LinkedHashMap<String, JsonNode>();
        object.properties().stream()
                .filter(field -> !known.contains(field.getKey()))
                .forEach(field -> rest.put(field.getKey(), field.getValue()));
        return rest;
    }

    /** Gives the refusals of the model's records their place. */
    static <T> T located(String path, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new MalformedMetadataException(path + ": " + Quote.shorten(e.getMessage()));
        }
    }

    MalformedMetadataException wrong(String name, String expected) {
        return new MalformedMetadataException(at(name) + " isn't " + expected);
    }

    private JsonNode required(String name) {
        known.add(name);
        var value = object.get(name);
        if (value == null) {
            throw new MalformedMetadataException(at(name) + " is missing");
        }
        return value;
    }

    private String at(String name) {
        return path + "." + Quote.shorten(name);
    }
}
