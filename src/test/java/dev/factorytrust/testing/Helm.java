package dev.factorytrust.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Helm, built from its pinned module by the first test that asks for it. */
public final class Helm {

    private static final ClientInstallation INSTALLATION = new ClientInstallation(
            "helm",
            Set.of("go.mod", "go.sum"),
            List.of(List.of(
                    "go", "build", "-trimpath", "-buildvcs=false", "-o", "{target}/helm", "helm.sh/helm/v4/cmd/helm")),
            List.of("{target}/helm"));

    private Helm() {}

    /**
     * What {@code helm template} with these arguments prints.
     *
     * @throws IOException with Helm's own words, if it refuses
     */
    public static String template(String... arguments) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("template"));
        words.addAll(List.of(arguments));
        return run(words.toArray(String[]::new));
    }

    /**
     * What {@code helm} with these arguments prints.
     *
     * @throws IOException with Helm's own words, if it fails
     */
    public static String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(INSTALLATION.command());
        command.addAll(List.of(arguments));
        return Command.run(command);
    }
}
