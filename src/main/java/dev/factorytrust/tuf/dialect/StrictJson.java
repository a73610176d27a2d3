package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.factorytrust.tuf.Bytes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON in which every reader sees the same: UTF-8, no duplicate names, nothing behind the end, whole numbers only, no half
 * characters; and bounded, for strangers send it.
 */
final class StrictJson {

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(64)
            .maxNumberLength(64)
            .maxNameLength(32 * 1024)
            .maxStringLength(1024 * 1024)
            .build();
    // Names differ in every file and would only fill the factory's table of symbols.
    private static final JsonMapper STRICT = mapper(factory().build());
    private static final JsonMapper CANONICAL = mapper(
            factory().enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).build());

    private StrictJson() {}

    private static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder()
                .streamReadConstraints(CONSTRAINTS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
    }

    private static JsonMapper mapper(JsonFactory factory) {
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    static JsonNode parse(Bytes json) {
        return parse(STRICT, json);
    }

    /** Canonical JSON is JSON but for its newlines and other control characters, which stand for themselves in strings. */
    static JsonNode parseCanonical(Bytes json) {
        return parse(CANONICAL, json);
    }

    private static JsonNode parse(JsonMapper mapper, Bytes json) {
        if (json.size() > MAX_BYTES) {
            throw new MalformedMetadataException(json.size() + " bytes, where " + MAX_BYTES + " is the most");
        }
        try {
            // Decoded here, since Jackson would guess UTF-16 and 32, and take halves of characters.
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json.toArray()));
            var tree = mapper.readTree(text.toString());
            check(tree, Place.TOP);
            return tree;
        } catch (CharacterCodingException e) {
            throw new MalformedMetadataException("not UTF-8");
        } catch (JsonProcessingException e) {
            var place = e.getLocation() == null
                    ? ""
                    : " at character " + e.getLocation().getCharOffset();
            throw new MalformedMetadataException(
                    "not strict JSON" + place + ": " + Quote.shorten(e.getOriginalMessage()));
        }
    }

    /** Where in a file; written out for what is refused only. */
    private record Place(Place in, String step) {

        private static final Place TOP = new Place(null, "");

        @Override
        public String toString() {
            return in == null ? step : in + step;
        }
    }

    private static void check(JsonNode node, Place place) {
        switch (node.getNodeType()) {
            case OBJECT ->
                node.properties().forEach(field -> {
                    text(field.getKey(), place);
                    check(field.getValue(), new Place(place, "." + field.getKey()));
                });
            case ARRAY -> {
                for (var i = 0; i < node.size(); i++) {
                    check(node.get(i), new Place(place, "[" + i + "]"));
                }
            }
            case NUMBER -> {
                if (!node.isIntegralNumber()) {
                    throw new MalformedMetadataException(Quote.shorten(place.toString()) + " isn't a whole number");
                }
            }
            case STRING -> text(node.textValue(), place);
            case BOOLEAN, NULL -> {}
            case MISSING, BINARY, POJO -> throw new MalformedMetadataException("no JSON");
        }
    }

    /** Half a surrogate pair has no UTF-8: canonical bytes of different strings would be the same. */
    private static void text(String text, Place place) {
        for (var i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw new MalformedMetadataException(
                            Quote.shorten(place.toString()) + " holds half a surrogate pair");
                }
                i++;
            }
        }
    }
}
