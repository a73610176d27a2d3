package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;

class DialectPropertiesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> NAMES = List.of("root", "targets", "targets-with-bins", "snapshot", "timestamp");

    private static final String[] CHARACTERS = {
        "a", "z", "\"", "\\", "/", "\n", "\t", "\0", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "🔑", "𐀀"
    };

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(NAMES);
    }

    /** Drawn by hand: jqwik's own nesting of arbitraries takes a hundred times as long. */
    @Provide
    Arbitrary<JsonNode> trees() {
        return Arbitraries.randomValue(random -> tree(random, 3));
    }

    private static JsonNode tree(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 8)) {
            case 0 -> NODES.textNode(text(random));
            case 1 -> NODES.numberNode(random.nextInt());
            case 2 -> NODES.numberNode(new BigInteger(90, random).negate());
            case 3 -> NODES.booleanNode(random.nextBoolean());
            case 4 -> NODES.nullNode();
            case 5, 6 -> {
                var object = NODES.objectNode();
                for (var i = random.nextInt(4); i > 0; i--) {
                    object.set(text(random), tree(random, depth - 1));
                }
                yield object;
            }
            default -> {
                var array = NODES.arrayNode();
                for (var i = random.nextInt(4); i > 0; i--) {
                    array.add(tree(random, depth - 1));
                }
                yield array;
            }
        };
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(6); i > 0; i--) {
            text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return text.toString();
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void canonical_json_reads_back_to_itself(@ForAll("trees") JsonNode tree) {
        var canonical = CanonicalJson.OLPC.of(tree);
        assertThat(CanonicalJson.OLPC.of(CanonicalJson.OLPC.parse(canonical))).isEqualTo(canonical);
        assertThat(CanonicalJson.OLPC.of(StrictJson.parse(Bytes.utf8(tree.toString()))))
                .isEqualTo(canonical);
    }

    /** A field that nobody knows, put into any object of any file, is among what was signed, and stays there. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void an_unknown_field_survives_everywhere(
            @ForAll("names") String name, @ForAll @IntRange(max = 10_000) int where, @ForAll("trees") JsonNode value)
            throws Exception {
        var file = (ObjectNode) JSON.readTree(PYTHON_TUF.file(name).utf8());
        var places = new ArrayList<ObjectNode>();
        collect(file.get("signed"), "", places);
        places.get(where % places.size()).set("x-unknown", value);

        var type = StandardDialectTest.type(name);
        var signed = TUF.decode(type, Bytes.utf8(file.toString()));
        assertThat(signed.canonical()).isEqualTo(CanonicalJson.OLPC.of(file.get("signed")));
        assertThat(TUF.canonical(signed.metadata())).isEqualTo(signed.canonical());
        var assembled = TUF.assemble(type, signed.canonical(), signed.signatures());
        assertThat(TUF.decode(type, assembled.file())).isEqualTo(assembled);
        assertThat(assembled.metadata()).isEqualTo(signed.metadata());
    }

    /** All objects but those whose names are data that has a form of its own. */
    private static void collect(JsonNode node, String name, List<ObjectNode> places) {
        if (node instanceof ObjectNode object
                && !List.of("keys", "roles", "meta", "targets", "hashes").contains(name)) {
            places.add(object);
        }
        node.properties().forEach(field -> collect(field.getValue(), field.getKey(), places));
        if (node.isArray()) {
            node.forEach(element -> collect(element, "", places));
        }
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void damaged_files_are_refused_in_one_way(
            @ForAll("names") String name,
            @ForAll @IntRange(max = 1_000_000) int where,
            @ForAll @IntRange(max = 5) int length,
            @ForAll @Size(max = 4) byte[] inserted) {
        var file = PYTHON_TUF.file(name).toArray();
        var start = where % file.length;
        var end = Math.min(file.length, start + length);
        var damaged = new byte[file.length - (end - start) + inserted.length];
        System.arraycopy(file, 0, damaged, 0, start);
        System.arraycopy(inserted, 0, damaged, start, inserted.length);
        System.arraycopy(file, end, damaged, start + inserted.length, file.length - end);
        decodesOrIsMalformed(name, Bytes.of(damaged));
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void files_with_another_value_somewhere_are_refused_in_one_way(
            @ForAll("names") String name, @ForAll @IntRange(max = 10_000) int where, @ForAll("trees") JsonNode value)
            throws Exception {
        var file = (ObjectNode) JSON.readTree(PYTHON_TUF.file(name).utf8());
        var places = new ArrayList<Runnable>();
        replacements(file, value, places);
        places.get(where % places.size()).run();
        decodesOrIsMalformed(name, Bytes.utf8(file.toString()));
    }

    private static void replacements(JsonNode node, JsonNode value, List<Runnable> places) {
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(field -> {
                places.add(() -> object.set(field, value));
                places.add(() -> object.remove(field));
                places.add(() -> object.set(value.asText(), object.get(field)));
            });
        }
        node.elements().forEachRemaining(element -> replacements(element, value, places));
    }

    /** Whatever decodes can also be searched for violations, signed anew and read again. */
    private static void decodesOrIsMalformed(String name, Bytes file) {
        var type = StandardDialectTest.type(name);
        try {
            var signed = TUF.decode(type, file);
            TUF.violations(signed);
            assertThat(TUF.decodeSigned(type, signed.canonical())).isEqualTo(signed.metadata());
        } catch (MalformedMetadataException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        try {
            TUF.decodeSignatures(file);
        } catch (MalformedMetadataException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
