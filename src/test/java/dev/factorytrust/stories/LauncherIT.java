package dev.factorytrust.stories;

import dev.factorytrust.testing.Command;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The cache that halves the time to start: made once, used from then on, and never in anybody's way. */
class LauncherIT {

    private static final String COMMAND =
            Path.of("target", "kubectl-factory").toAbsolutePath().toString();

    @TempDir
    private Path home;

    @Test
    void a_cache_is_made_beside_the_first_call_and_used_by_the_next() throws Exception {
        assertThat(version()).startsWith("kubectl-factory ");
        assertThat(caches()).as("nobody is at a terminal, or has asked for it").isEmpty();
        version("KUBECTL_FACTORY_CACHE=off");
        assertThat(caches()).isEmpty();

        version("KUBECTL_FACTORY_CACHE=on");
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> caches().size() == 1 && isDone());
        assertThat(classSources()).contains("dev.factorytrust.cli.KubectlFactory source: shared objects file");
        assertThat(classSources("KUBECTL_FACTORY_CACHE=off"))
                .doesNotContain("dev.factorytrust.cli.KubectlFactory source: shared");

        Files.writeString(caches().getFirst(), "rubbish");
        assertThat(version()).as("all that is printed").matches("kubectl-factory [^\n]*\n");
    }

    @Test
    void where_none_can_be_made_everything_works_without() throws Exception {
        Files.writeString(home.resolve(".cache"), "no folder");
        assertThat(version("KUBECTL_FACTORY_CACHE=on")).startsWith("kubectl-factory ");
        assertThat(version("HOME=")).startsWith("kubectl-factory ");
    }

    private String version(String... environment) throws IOException, InterruptedException {
        return run(environment);
    }

    /** Where each class came from. */
    private String classSources(String... environment) throws IOException, InterruptedException {
        var log = home.resolve("classes");
        run(Stream.concat(Stream.of(environment), Stream.of("_JAVA_OPTIONS=-Xlog:class+load:file=" + log + ":none"))
                .toArray(String[]::new));
        return Files.readString(log);
    }

    private String run(String... environment) throws IOException, InterruptedException {
        return Command.run(Stream.of(
                        Stream.of("env", "-u", "XDG_CACHE_HOME", "HOME=" + home),
                        Stream.of(environment),
                        Stream.of(COMMAND, "--version"))
                .flatMap(part -> part)
                .toList());
    }

    private List<Path> caches() throws IOException {
        return files(".aot");
    }

    private boolean isDone() throws IOException {
        return files(".making").isEmpty();
    }

    private List<Path> files(String ending) throws IOException {
        var folder = home.resolve(".cache").resolve("kubectl-factory");
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
