package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever declares a Target may want a holder to sign what he doesn't see. */
class TargetsDiffTest {

    private static final Instant EXPIRES = Instant.parse("2027-01-01T00:00:00Z");
    private static final String DIGEST = "ab".repeat(32);

    private static Targets targets(Map<String, TargetFile> files) {
        return new Targets(1, EXPIRES, files, Optional.empty(), Map.of());
    }

    private static TargetFile file(Map<String, String> hashes, String custom) {
        return new TargetFile(0, hashes, custom == null ? Optional.empty() : Optional.of(json(custom)), Map.of());
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static TargetFile lmp(String custom) {
        return file(Map.of("sha256", DIGEST), custom);
    }

    private static Targets one(TargetFile file) {
        return targets(Map.of("lmp-1", file));
    }

    @Test
    void a_new_entry_shows_all_that_devices_go_by() {
        var app = lmp("{\"docker_compose_apps\":{\"shell\":{\"uri\":\"evil.example/shell@sha256:66\"}}}");
        assertThat(TargetsDiff.between(Optional.empty(), one(app)))
                .containsExactly(
                        "+ lmp-1 sha256 " + DIGEST + " 0 bytes",
                        "    custom {\"docker_compose_apps\":{\"shell\":{\"uri\":\"evil.example/shell@sha256:66\"}}}",
                        "expires 2027-01-01T00:00:00Z");
        var field = new TargetFile(
                0, Map.of("sha512", DIGEST + DIGEST), Optional.empty(), Map.of("x-more", TextNode.valueOf("else")));
        assertThat(TargetsDiff.between(Optional.empty(), one(field)))
                .contains("+ lmp-1 0 bytes", "    field x-more \"else\"", "    sha512 " + DIGEST + DIGEST);
    }

    @Test
    void a_change_shows_each_member_that_becomes_another_and_no_other() {
        var before = lmp("{\"aaa\":\"%s\",\"uri\":\"good\",\"gone\":1}".formatted("x".repeat(300)));
        var after = file(
                Map.of("sha256", DIGEST, "sha512", DIGEST + DIGEST),
                "{\"aaa\":\"%s\",\"uri\":\"evil\",\"came\":{}}".formatted("x".repeat(300)));
        assertThat(TargetsDiff.between(Optional.of(one(before)), one(after)))
                .containsExactly(
                        "~ lmp-1",
                        "    sha512 nothing → " + DIGEST + DIGEST,
                        "    custom.came nothing → {}",
                        "    custom.gone 1 → nothing",
                        "    custom.uri \"good\" → \"evil\"",
                        "expires 2027-01-01T00:00:00Z → 2027-01-01T00:00:00Z");
        assertThat(TargetsDiff.between(Optional.of(one(lmp(null))), one(lmp("{}"))))
                .contains("    custom is there now, and empty");
    }

    @Test
    void all_changes_are_shown_and_a_summary_says_how_many_lines_it_lacks() {
        var many = targets(
                IntStream.range(100, 200).boxed().collect(Collectors.toMap(build -> "lmp-" + build, _ -> lmp(null))));
        assertThat(TargetsDiff.between(Optional.empty(), many)).hasSize(101);
        assertThat(TargetsDiff.summary(Optional.empty(), many))
                .hasSize(52)
                .endsWith("and 50 more lines, which the payload itself shows", "expires 2027-01-01T00:00:00Z");
        assertThat(TargetsDiff.summary(Optional.empty(), one(lmp("{\"a\":\"%s\"}".formatted("x".repeat(400))))))
                .allMatch(line -> line.length() <= 301);
    }

    @Test
    void a_path_that_could_pass_for_more_than_a_path_is_quoted() {
        var posing = targets(Map.of("lmp-1 sha256 00  \u202e4 bytes\n- lmp-2", lmp(null)));
        assertThat(TargetsDiff.between(Optional.empty(), posing))
                .contains("+ \"lmp-1 sha256 00 \\u0020\\u202E4 bytes\\n- lmp-2\" sha256 " + DIGEST + " 0 bytes");
    }
}
