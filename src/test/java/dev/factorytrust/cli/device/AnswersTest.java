package dev.factorytrust.cli.device;

import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

import static org.assertj.core.api.Assertions.assertThat;

class AnswersTest {

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void a_file_is_an_answer_and_so_is_none(int status) throws IOException {
        try (var server = new UniformServer(status, "{}".getBytes())) {
            var shell = Shell.run("answers", server.url());
            assertThat(shell.exitCode()).isZero();
            assertThat(shell.out()).startsWith(server.url() + " answers: ");
        }
    }

    /** As a replica says that hasn't seen the whole cluster yet. */
    @Test
    void not_yet_is_none() throws IOException {
        try (var server = new UniformServer(503, new byte[0])) {
            var shell = Shell.run("answers", server.url());
            assertThat(shell.exitCode()).isEqualTo(Failure.UNREACHABLE);
            assertThat(shell.err()).contains("answers 503");
        }
    }

    @Test
    void people_are_not_shown_it() {
        assertThat(Shell.run("--help").out()).contains("verify").doesNotContain("answers");
    }
}
