package dev.factorytrust.docs;

import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the commands of a page are typed as they stand there, by a cluster-admin with kubectl and its plugin, for whom
 * namespace {@code fleet} is another's name.
 */
public record Terminal(Path directory, String namespace) {

    /**
     * @return what they printed
     * @throws IOException with all that they printed, if one of them fails
     */
    public String type(String... blocks) throws IOException, InterruptedException {
        var kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), ControlPlane.shared().adminKubeconfig());
        return Command.run(
                directory,
                List.of(
                        "bash",
                        "-euo",
                        "pipefail",
                        "-c",
                        "export KUBECONFIG=" + kubeconfig + "\nexport PATH="
                                + ControlPlane.kubectl().getParent() + ":"
                                + Path.of("target").toAbsolutePath() + ":$PATH\n"
                                + String.join("\n", blocks)
                                        .replace("-n fleet", "-n " + namespace)
                                        .replace("namespace fleet", "namespace " + namespace)));
    }
}
