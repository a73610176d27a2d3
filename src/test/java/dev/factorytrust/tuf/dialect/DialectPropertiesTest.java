package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.Vectors;
import dev.factorytrust.tuf.model.Metadata;
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
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.Vectors.OTA_CONNECT_PYTHON;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;

class DialectPropertiesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonNode BEYOND_64_BITS = NODES.numberNode(BigInteger.TWO.pow(64));

    /** A file that somebody else made. */
    private record Sample(Dialect dialect, Vectors vectors, String name) {

        Class<? extends Metadata> type() {
            return StandardDialectTest.type(name);
        }

        Bytes file() {
            return vectors.file(name);
        }
    }

    private static final List<Sample> SAMPLES = Stream.concat(
                    Stream.of("root", "targets", "targets-with-bins", "snapshot", "timestamp")
                            .map(name -> new Sample(TUF, PYTHON_TUF, name)),
                    Stream.of("root", "targets", "snapshot", "timestamp")
                            .map(name -> new Sample(OTA_CONNECT, OTA_CONNECT_PYTHON, name)))
            .toList();

    private static final String[] CHARACTERS = {
        "a", "z", "\"", "\\", "/", "\n", "\t", "\0", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "🔑", "𐀀"
    };

    @Provide
    Arbitrary<Sample> samples() {
        return Arbitraries.of(SAMPLES);
    }

    @Provide
    Arbitrary<CanonicalJson> forms() {
        return Arbitraries.of(CanonicalJson.values());
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
            case 2 -> NODES.numberNode(new BigInteger(64, random));
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
    void canonical_json_reads_back_to_itself(@ForAll("forms") CanonicalJson form, @ForAll("trees") JsonNode tree) {
        var canonical = form.of(tree);
        assertThat(form.of(form.parse(canonical))).isEqualTo(canonical);
        assertThat(form.of(StrictJson.parse(Bytes.utf8(tree.toString())))).isEqualTo(canonical);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void what_devices_would_write_is_strict_json_in_ascii(@ForAll("trees") JsonNode tree) {
        var canonical = CanonicalJson.ESCAPED.of(tree);
        assertThat(canonical.utf8()).isASCII();
        assertThat(CanonicalJson.OLPC.of(StrictJson.parse(canonical))).isEqualTo(CanonicalJson.OLPC.of(tree));
    }

    /** A field that nobody knows, put into any object of any file, is among what was signed, and stays there. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void an_unknown_field_survives_everywhere(
            @ForAll("samples") Sample sample,
            @ForAll @IntRange(max = 10_000) int where,
            @ForAll("trees") JsonNode value)
            throws Exception {
        var dialect = sample.dialect();
        var file = (ObjectNode) JSON.readTree(sample.file().utf8());
        var places = new ArrayList<ObjectNode>();
        collect(file.get("signed"), "", places);
        places.get(where % places.size()).set("x-unknown", value);

        var signed = dialect.decode(sample.type(), Bytes.utf8(file.toString()));
        var form = dialect == TUF ? CanonicalJson.OLPC : CanonicalJson.ESCAPED;
        assertThat(signed.canonical()).isEqualTo(form.of(file.get("signed")));
        assertThat(dialect.canonical(signed.metadata())).isEqualTo(signed.canonical());
        var assembled = dialect.assemble(sample.type(), signed.canonical(), signed.signatures());
        assertThat(dialect.decode(sample.type(), assembled.file())).isEqualTo(assembled);
        assertThat(assembled.metadata()).isEqualTo(signed.metadata());
        assertThat(dialect.hashed(assembled.file())).isEqualTo(assembled.file());
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
            @ForAll("samples") Sample sample,
            @ForAll @IntRange(max = 1_000_000) int where,
            @ForAll @IntRange(max = 5) int length,
            @ForAll @Size(max = 4) byte[] inserted) {
        var file = sample.file().toArray();
        var start = where % file.length;
        var end = Math.min(file.length, start + length);
        var damaged = new byte[file.length - (end - start) + inserted.length];
        System.arraycopy(file, 0, damaged, 0, start);
        System.arraycopy(inserted, 0, damaged, start, inserted.length);
        System.arraycopy(file, end, damaged, start + inserted.length, file.length - end);
        decodesOrIsMalformed(sample, Bytes.of(damaged));
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void files_with_another_value_somewhere_are_refused_in_one_way(
            @ForAll("samples") Sample sample,
            @ForAll @IntRange(max = 10_000) int where,
            @ForAll("trees") JsonNode value)
            throws Exception {
        var file = (ObjectNode) JSON.readTree(sample.file().utf8());
        var places = new ArrayList<Runnable>();
        replacements(file, where % 5 == 0 ? BEYOND_64_BITS : value, places);
        places.get(where % places.size()).run();
        decodesOrIsMalformed(sample, Bytes.utf8(file.toString()));
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

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void bytes_from_nowhere_are_refused_in_one_way(
            @ForAll("samples") Sample sample, @ForAll @Size(max = 64) byte[] bytes) {
        decodesOrIsMalformed(sample, Bytes.of(bytes));
    }

    /** Whatever decodes can also be searched for violations, signed anew and read again. */
    private static void decodesOrIsMalformed(Sample sample, Bytes file) {
        var dialect = sample.dialect();
        onlyMalformed(() -> {
            var signed = dialect.decode(sample.type(), file);
            dialect.violations(signed);
            assertThat(dialect.decodeSigned(sample.type(), signed.canonical())).isEqualTo(signed.metadata());
        });
        onlyMalformed(() -> dialect.decodeSignatures(file));
        onlyMalformed(() -> dialect.hashed(file));
        onlyMalformed(() -> dialect.decodeSigned(sample.type(), file));
    }

    private static void onlyMalformed(Runnable reading) {
        try {
            reading.run();
        } catch (MalformedMetadataException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
