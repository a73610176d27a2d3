package dev.factorytrust.stories;

import dev.factorytrust.testing.Command;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What people with {@code kubectl factory} as it is packaged type, in a drawer of files of their own. */
final class Holders {

    private static final Path COMMAND = Path.of("target", "kubectl-factory").toAbsolutePath();

    private final Path drawer;
    private final List<String> environment;

    /** @param environment as {@code NAME=value} */
    Holders(Path drawer, String... environment) {
        this.drawer = drawer;
        this.environment = List.of(environment);
    }

    Path file(String name) {
        return drawer.resolve(name);
    }

    Path write(String name, String content) throws IOException {
        return Files.writeString(file(name), content);
    }

    Path write(String name, Bytes content) throws IOException {
        return Files.write(file(name), content.toArray());
    }

    /** Where neither a cluster nor a network is. What is printed to people is left out. */
    String offline(Object... words) throws IOException, InterruptedException {
        return run(Stream.of("KUBECONFIG=" + file("no-such-kubeconfig")), words);
    }

    /** With a key holder's rights in the story's namespace, and no other. */
    String online(RotationStory story, Object... words) throws IOException, InterruptedException {
        var kubeconfig = write("kubeconfig", story.kubeconfigOf("factory-key-holder"));
        return run(Stream.of("KUBECONFIG=" + kubeconfig), words);
    }

    private String run(Stream<String> more, Object... words) throws IOException, InterruptedException {
        return Command.run(
                drawer,
                Stream.of(
                                Stream.of("env"),
                                more,
                                environment.stream(),
                                Stream.of(COMMAND.toString()),
                                Stream.of(words).map(Object::toString))
                        .flatMap(part -> part)
                        .toList());
    }

    /** Something else than ours. */
    void shell(String script) throws IOException, InterruptedException {
        Command.run(drawer, List.of("bash", "-euo", "pipefail", "-c", script));
    }

    /** The entry that a Factory or RootRotation lists, as JSON, from what {@code keys generate} prints. */
    static String entry(String printed) {
        return Serialization.asJson(Serialization.unmarshal(printed, List.class).getFirst());
    }
}
