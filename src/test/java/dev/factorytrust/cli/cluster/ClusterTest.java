package dev.factorytrust.cli.cluster;

import dev.factorytrust.cli.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is told where no cluster can be asked. */
class ClusterTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"status acme", "root pull acme --repo folder", "root payload hand-over --out -"})
    void a_kubeconfig_that_is_none_is_told(String words) throws IOException {
        var kubeconfig = Files.writeString(directory.resolve("kubeconfig"), "clusters: [");
        assertThatThrownBy(() -> Shell.run(kubeconfig, words.split(" ")))
                .hasMessageContaining("what says where the cluster is can't be read");
    }

    @Test
    void a_timeout_is_a_duration_as_resources_write_it() {
        for (var verb :
                new String[] {"refresh acme", "keys download acme --archive k", "keys rotate acme --archive k"}) {
            var wrong = Shell.run((Object[]) (verb + " --timeout 5w").split(" "));
            assertThat(wrong.exitCode()).as(verb).isEqualTo(2);
            assertThat(wrong.err()).contains("'5w' is no duration such as 30s, 15m, 2h or 365d");
        }
    }
}
