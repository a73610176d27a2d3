package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.factorytrust.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The alerts fire when they should and not before, as Prometheus' own promtool judges where it is installed. */
class AlertsTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path RUNBOOKS = Path.of("docs", "operations", "runbooks");

    @TempDir
    Path folder;

    @Test
    void they_fire_when_they_should_and_not_before() throws Exception {
        assumePromtool();
        YAML.writeValue(folder.resolve("rules.yaml").toFile(), Monitoring.rules());
        Command.run(folder, List.of("promtool", "check", "rules", "rules.yaml"));
        for (var tests : tests()) {
            Files.copy(tests, folder.resolve(tests.getFileName()));
            Command.run(
                    folder,
                    List.of("promtool", "test", "rules", tests.getFileName().toString()));
        }
    }

    @Test
    void prometheus_reads_every_expression_of_the_dashboard() throws Exception {
        assumePromtool();
        var json = JsonNodeFactory.instance;
        var group = json.objectNode().put("name", "dashboard");
        var rules = group.putArray("rules");
        for (var expression : Monitoring.panels()) {
            rules.addObject().put("record", "panel:" + rules.size()).put("expr", expression);
        }
        assertThat(rules).hasSizeGreaterThan(10);
        YAML.writeValue(
                folder.resolve("panels.yaml").toFile(),
                json.objectNode().set("groups", json.arrayNode().add(group)));
        Command.run(folder, List.of("promtool", "check", "rules", "panels.yaml"));
    }

    @Test
    void each_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() throws IOException {
        var firing = new TreeSet<String>();
        var silent = new TreeSet<String>();
        for (var file : tests()) {
            for (var test : YAML.readTree(file.toFile()).get("tests")) {
                for (var moment : test.get("alert_rule_test")) {
                    (moment.has("exp_alerts") ? firing : silent)
                            .add(moment.get("alertname").asText());
                }
            }
        }
        var alerts = names(Monitoring.alerts());
        assertThat(firing).isEqualTo(alerts);
        assertThat(silent).isEqualTo(alerts);
    }

    @Test
    void each_has_a_severity_a_summary_and_a_runbook_and_no_runbook_is_left_over() throws IOException {
        for (var alert : Monitoring.alerts()) {
            var annotations = alert.get("annotations");
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(annotations.get("summary").asText()).isNotBlank();
            assertThat(annotations.get("description").asText()).isNotBlank();
            assertThat(Path.of(annotations.get("runbook_url").asText()))
                    .isEqualTo(RUNBOOKS.resolve(alert.get("alert").asText() + ".md"))
                    .content()
                    .startsWith("# " + alert.get("alert").asText() + "\n")
                    .contains("## What it means", "## What to do");
        }
        try (var pages = Files.list(RUNBOOKS)) {
            assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(names(Monitoring.alerts()));
        }
    }

    private static TreeSet<String> names(List<JsonNode> alerts) {
        return alerts.stream().map(alert -> alert.get("alert").asText()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Path> tests() throws IOException {
        try (var files = Files.list(Path.of("src", "test", "resources", "alerts"))) {
            return files.sorted().toList();
        }
    }

    private static void assumePromtool() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(bin -> Files.isExecutable(Path.of(bin, "promtool"))),
                "no promtool here; Debian has it in package prometheus");
    }
}
