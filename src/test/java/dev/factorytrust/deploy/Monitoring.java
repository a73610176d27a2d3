package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the chart, and {@code deploy/components/monitoring} with it, ask of Prometheus. */
public final class Monitoring {

    private static final Path FOLDER = Path.of("helm", "factory-trust", "files", "monitoring");
    private static final Pattern NAME = Pattern.compile("\\b[a-z][a-z_]*\\b(?!\\s*\\()");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "group_left");

    private Monitoring() {}

    /** The rule file that the Prometheus operator makes of the PrometheusRule. */
    static JsonNode rules() throws IOException {
        return new YAMLMapper()
                .readTree(FOLDER.resolve("prometheus-rule.yaml").toFile())
                .get("spec");
    }

    static List<JsonNode> alerts() throws IOException {
        return stream(rules().get("groups"))
                .flatMap(group -> stream(group.get("rules")))
                .toList();
    }

    /** The dashboard's expressions, its variables filled in. */
    static List<String> panels() throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("factory-trust.json").toFile()).findValuesAsText("expr").stream()
                        .map(expression -> expression.replace("$__rate_interval", "5m"))
                        .toList();
    }

    /** The names of all metrics that alerts and dashboard read. */
    public static Set<String> metrics() throws IOException {
        var names = new TreeSet<String>();
        Stream.concat(alerts().stream().map(alert -> alert.get("expr").asText()), panels().stream())
                .map(expression -> expression
                        .replaceAll("\"[^\"]*\"", "")
                        .replaceAll("\\{[^}]*}|\\[[^]]*]", "")
                        .replaceAll("\\b(by|on)\\s*\\([^)]*\\)", ""))
                .forEach(expression -> NAME.matcher(expression)
                        .results()
                        .map(found -> found.group())
                        .filter(name -> !WORDS.contains(name))
                        .forEach(names::add));
        return names;
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
