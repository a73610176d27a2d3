package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Copies and checks that the records share. Their refusals are IllegalArgumentExceptions that name the field. */
final class Values {

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-12-31T23:59:59Z").plusSeconds(1);

    private Values() {}

    static <K, V> SequencedMap<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
    }

    /** JSON trees are mutable, so they are copied on their way in and on every way out. */
    static Map<String, JsonNode> copyJson(Map<String, JsonNode> fields) {
        var copy = new LinkedHashMap<String, JsonNode>();
        fields.forEach((name, value) -> copy.put(name, value.deepCopy()));
        return Collections.unmodifiableMap(copy);
    }

    static <T> List<T> distinct(String field, List<T> values) {
        var seen = new HashSet<T>();
        for (var value : values) {
            require(seen.add(value), field + " names " + value + " twice");
        }
        return List.copyOf(values);
    }

    static void positive(String field, long value) {
        require(value >= 1, field + " is " + value + ", where it starts at 1");
    }

    /** §4.2.1: the date format has whole seconds and four digits of a year. */
    static void expires(Instant expires) {
        require(expires.getNano() == 0, "expires has fractions of a second");
        require(!expires.isBefore(FIRST) && expires.isBefore(END), "expires is outside the years 0 to 9999");
    }

    static void hashes(Map<String, String> hashes) {
        hashes.forEach((algorithm, hash) ->
                require(!algorithm.isEmpty() && !hash.isEmpty(), "hashes has an empty algorithm or hash"));
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
