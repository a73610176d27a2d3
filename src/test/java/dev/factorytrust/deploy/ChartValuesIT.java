package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.factorytrust.testing.Helm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every value of the chart changes what it says, and none is taken for what it isn't. */
class ChartValuesIT {

    private static final String CASES = "src/test/resources/chart-values.csv";
    private static final Path CHART = Path.of("helm", "factory-trust");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Map<String, JsonNode>> BEFORE = new HashMap<>();

    @ParameterizedTest(name = "{0}={1}: {3} {4}")
    @CsvFileSource(files = CASES, delimiter = '|', quoteCharacter = '\0', numLinesToSkip = 2)
    void a_value_changes_what_it_says(
            String value, String given, String with, String object, String pointer, String expected) throws Exception {
        var surroundings = with == null ? List.<String>of() : List.of("--set-json", with);
        var changed = new ArrayList<>(surroundings);
        changed.addAll(List.of("--set-json", value + "=" + given));

        var wanted = expected.equals("absent") ? MissingNode.getInstance() : JSON.readTree(expected);
        var before = BEFORE.get(with == null ? "" : with);
        if (before == null) {
            before = chart(surroundings);
            BEFORE.put(with == null ? "" : with, before);
        }
        assertThat(find(before, object, pointer)).as("without it").isNotEqualTo(wanted);
        assertThat(find(chart(changed), object, pointer)).isEqualTo(wanted);
    }

    @Test
    void no_value_is_left_out_here() throws IOException {
        var cases = Files.readAllLines(Path.of(CASES)).stream()
                .map(line -> line.split(" ")[0])
                .toList();
        assertThat(values())
                .allSatisfy((value, _) ->
                        assertThat(cases).as(value).anyMatch(tested -> (tested + ".").startsWith(value + ".")));
    }

    /** A list where a word belongs, a word where a list does; but for what is Kubernetes' own, which the API server judges. */
    @Test
    void a_value_of_another_kind_is_refused() throws IOException {
        var checked = values();
        checked.keySet()
                .removeIf(value ->
                        value.matches("(resources|securityContext|containerSecurityContext|strategy|affinity).*"));
        var wrong = new ArrayList<String>();
        checked.forEach((value, node) -> {
            wrong.add("--set-json");
            wrong.add(value + "=" + (node.isContainerNode() ? "\"word\"" : "[]"));
        });
        assertThat(checked).hasSizeGreaterThan(50);
        assertThatThrownBy(() -> chart(wrong))
                .isInstanceOf(IOException.class)
                .message()
                .satisfies(message -> assertThat(checked.keySet())
                        .allSatisfy(value -> assertThat(message).contains("at '/" + value.replace('.', '/') + "'")));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/chart-refusals.csv", delimiter = '|', numLinesToSkip = 1)
    void what_can_not_work_is_refused_before_anything_is_installed(String values, String message) {
        assertThatThrownBy(() -> chart(List.of("--set", values)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    /** The leaves of values.yaml, each by its path. */
    private static TreeMap<String, JsonNode> values() throws IOException {
        var leaves = new TreeMap<String, JsonNode>();
        collect("", new YAMLMapper().readTree(CHART.resolve("values.yaml").toFile()), leaves::put);
        return leaves;
    }

    private static void collect(String path, JsonNode node, BiConsumer<String, JsonNode> leaf) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), leaf));
        } else {
            leaf.accept(path, node);
        }
    }

    private static JsonNode find(Map<String, JsonNode> objects, String object, String pointer) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(object))
                .findFirst()
                .map(entry -> entry.getValue().at(pointer == null ? "" : pointer))
                .orElse(MissingNode.getInstance());
    }

    private static Map<String, JsonNode> chart(List<String> arguments) throws Exception {
        var all = new ArrayList<>(List.of("factory-trust", CHART.toString(), "-n", "factory-trust-system"));
        all.addAll(arguments);
        return Manifests.objects(Helm.template(all.toArray(String[]::new)));
    }
}
