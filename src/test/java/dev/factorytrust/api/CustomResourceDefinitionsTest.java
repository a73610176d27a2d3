package dev.factorytrust.api;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps what is generated from the API classes, and committed, true to them. */
class CustomResourceDefinitionsTest {

    private static final Path CRDS = Path.of("crds");
    private static final Path IN_THE_CHART = Path.of("helm", "factory-trust", "files", "crds");
    private static final String REWRITE = "mvn -q test -Dtest=CustomResourceDefinitionsTest -Dapi.rewrite=true";

    @Test
    void the_committed_crds_are_what_the_classes_generate() throws IOException {
        var files = new TreeMap<Path, String>();
        CustomResourceDefinitions.generate().forEach((name, yaml) -> {
            files.put(CRDS.resolve(name + ".yaml"), yaml);
            files.put(IN_THE_CHART.resolve(name + ".yaml"), yaml);
        });

        assertCommitted(files);

        try (var committed = Files.list(CRDS);
                var inTheChart = Files.list(IN_THE_CHART)) {
            assertThat(Stream.concat(committed, inTheChart))
                    .as("nothing else is there")
                    .containsExactlyInAnyOrderElementsOf(files.keySet());
        }
    }

    @Test
    void the_committed_reference_says_what_the_crds_say() throws IOException {
        assertCommitted(
                Map.of(Path.of("docs", "reference.md"), ReferencePage.of(CustomResourceDefinitions.generate())));
    }

    private static void assertCommitted(Map<Path, String> files) throws IOException {
        for (var file : files.entrySet()) {
            if (Boolean.getBoolean("api.rewrite")) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
            assertThat(file.getKey())
                    .as("generated from dev.factorytrust.api.v1alpha1; to rewrite it: %s", REWRITE)
                    .hasContent(file.getValue());
        }
    }
}
