package dev.factorytrust.docs;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** The table of invariants in docs/architecture.md names tests that are there, and that prove what it says. */
class InvariantsTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|.*\\| ([^|]*)\\|$");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)`");
    private static final Pattern PROOF = Pattern.compile("@DisplayName\\(\\s*\"invariants? ([0-9, and]+): ");

    private static final Map<Integer, Set<String>> PROOFS = new TreeMap<>();

    @BeforeAll
    static void find_the_tests_that_prove_one() throws IOException {
        try (var files = Files.walk(Path.of("src/test/java"))) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                var test = file.getFileName().toString().replace(".java", "");
                PROOF.matcher(Files.readString(file)).results().forEach(proof -> numbers(proof.group(1))
                        .forEach(number -> PROOFS.computeIfAbsent(number, _ -> new TreeSet<>())
                                .add(test)));
            }
        }
    }

    @Test
    void each_test_in_the_table_proves_its_invariant() throws IOException {
        var rows = ROW.matcher(Files.readString(Path.of("docs/architecture.md")))
                .results()
                .toList();
        assertThat(rows)
                .extracting(row -> Integer.parseInt(row.group(1)))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 13).boxed().toList());
        assertThat(rows).allSatisfy(row -> assertThat(PROOFS.getOrDefault(Integer.parseInt(row.group(1)), Set.of()))
                .as("tests of invariant %s", row.group(1))
                .containsAll(NAMED.matcher(row.group(2))
                        .results()
                        .map(name -> name.group(1))
                        .toList()));
    }

    private static Set<Integer> numbers(String text) {
        return Pattern.compile("\\d+")
                .matcher(text)
                .results()
                .map(number -> Integer.valueOf(number.group()))
                .collect(Collectors.toSet());
    }
}
