package dev.factorytrust.cli.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.api.v1alpha1.TargetSpec;
import dev.factorytrust.api.v1alpha1.TargetSpec.ComposeApp;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The members of custom that aktualizr and OTA Connect's tools know, each as an option. */
final class Shortcuts {

    enum Format {
        OSTREE,
        BINARY
    }

    @Option(names = "--name", paramLabel = "NAME", description = "custom.name: what is versioned.")
    private String name;

    @Option(
            names = "--artifact-version",
            paramLabel = "VERSION",
            description = "custom.version: its version, such as a build's number.")
    private String version;

    @Option(
            names = "--hardware-id",
            paramLabel = "ID",
            description = "custom.hardwareIds: a kind of device that it runs on; may be given several times.")
    private List<String> hardwareIds;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "custom.tags: a channel that devices follow; may be given several times.")
    private List<String> tags;

    @Option(names = "--target-format", description = "custom.targetFormat: one of ${COMPLETION-CANDIDATES}.")
    private Format format;

    @Option(
            names = "--uri",
            paramLabel = "URI",
            description = "custom.uri: where devices download it, if not from the repository.")
    private String uri;

    @Option(
            names = "--app",
            paramLabel = "APP=IMAGE",
            description = {
                "custom.docker_compose_apps: a Compose app and its image, pinned by digest;",
                "may be given several times."
            })
    private Map<String, String> apps;

    /** @param path null where it is the Target's own name */
    TargetSpec spec(String factory, String path, Artifact.Measured artifact, JsonNode custom) {
        return new TargetSpec(
                factory,
                path,
                artifact.length(),
                Map.of("sha256", artifact.sha256()),
                custom,
                name,
                version,
                hardwareIds,
                tags,
                Optional.ofNullable(format).map(Format::name).orElse(null),
                uri,
                apps == null ? null : composeApps());
    }

    private Map<String, ComposeApp> composeApps() {
        var all = new TreeMap<String, ComposeApp>();
        apps.forEach((app, image) -> all.put(app, new ComposeApp(image)));
        return all;
    }
}
