package dev.factorytrust.stories;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code make story} tells, told in the dialect of its devices, and with {@code CLIENTS=all} in both: the script itself
 * checks each of its claims, and gives up at the first that doesn't hold.
 */
class StoryIT {

    private static final List<String> DIALECTS =
            "all".equals(System.getenv("CLIENTS")) ? List.of("OTAConnect", "TUF") : List.of("OTAConnect");
    private static final String STRANGER = "refused, Unsigned\\w+: timestamp .*\\b0\\b.*";
    private static final String USURPER = "refused, Unsigned\\w+: root .*\\b0\\b.*";

    @Test
    @DisplayName("invariant 1: a device follows its owner past a stranger and a thief")
    void a_device_follows_its_owner_past_a_stranger_and_a_thief() throws Exception {
        var said = story();
        for (var dialect : DIALECTS) {
            var part = said.substring(said.indexOf(dialect + " 1."));
            assertThat(part.lines()
                            .takeWhile(line -> dialect.equals("TUF") || !line.contains("TUF 1."))
                            .filter(line -> line.strip().startsWith("device:"))
                            .map(line -> line.replaceFirst(".*device: ", "")
                                    .replaceFirst("root (\\d).*build is (\\d+)", "root $1, build $2")))
                    .as(dialect)
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("root 1, build 763"),
                            line -> assertThat(line).startsWith("fetched intel-corei7-64-lmp-763"),
                            line -> assertThat(line).isEqualTo("root 1, build 764"),
                            line -> assertThat(line).startsWith("fetched intel-corei7-64-lmp-764"),
                            line -> assertThat(line).isEqualTo("root 2, build 764"),
                            line -> assertThat(line).matches(STRANGER),
                            line -> assertThat(line).matches(USURPER),
                            line -> assertThat(line).isEqualTo("root 2, build 764"),
                            line -> assertThat(line).isEqualTo("root 2, build 766"),
                            line -> assertThat(line).isEqualTo("root 3, build 764"),
                            line -> assertThat(line).matches(STRANGER),
                            line -> assertThat(line).matches(STRANGER),
                            line -> assertThat(line).isEqualTo("root 3, build 764"));
        }
    }

    /** With the operator and the command line as they were packaged for this test. */
    private static String story() throws IOException, InterruptedException {
        var builder = new ProcessBuilder("src/dev/story.sh").redirectErrorStream(true);
        builder.environment().put("BUILT", "1");
        if (DIALECTS.size() == 1) {
            builder.environment().put("DIALECT", DIALECTS.getFirst());
        }
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment()
                .put("STAGE", Path.of("target", "story-test").toAbsolutePath().toString());
        var process = builder.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
