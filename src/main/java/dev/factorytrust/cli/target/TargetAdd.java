package dev.factorytrust.cli.target;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetSpec;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = {
            "Lists an artifact for the devices of a Factory, and waits until they are offered it.",
            "It makes a Target; done again with the same content it does nothing."
        })
final class TargetAdd implements Runnable {

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Parameters(
            paramLabel = "NAME",
            description = {
                "The path under which devices find it. The Target gets the same name where it can,",
                "else one made from it. With --path: the Target's own name."
            })
    private String name;

    @Option(names = "--factory", required = true, paramLabel = "FACTORY", description = "Whose devices may install it.")
    private String factory;

    @Option(names = "--path", paramLabel = "PATH", description = "The path, where it is to be another than NAME.")
    private String path;

    @ArgGroup(multiplicity = "1")
    private Artifact artifact;

    private static final class Custom {

        @Option(names = "--custom", paramLabel = "JSON", description = "Free data about it, signed with it: an object.")
        private String text;

        @Option(names = "--custom-file", paramLabel = "FILE", description = "The same from a file.")
        private Path file;
    }

    @ArgGroup
    private Custom custom;

    @Mixin
    private Shortcuts shortcuts;

    @Option(names = "--dry-run", description = "Only print the Target, as YAML for Git; no cluster is asked.")
    private boolean dryRun;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Output output;

    /** @param publishedIn the version of targets that first listed it; empty where nobody waited for it */
    record Added(String namespace, String target, String path, TargetSpec spec, Optional<Long> publishedIn) {}

    @Override
    public void run() {
        var target = target();
        if (dryRun) {
            cluster.namedNamespace().ifPresent(target.getMetadata()::setNamespace);
            var resource = resource(target);
            output.print(resource, Output.yaml(resource).lines().toList());
            return;
        }
        var added = cluster.<Added>read(client -> namespace -> add(client, namespace, target));
        output.print(
                added,
                List.of("Target %s, path %s, %d bytes, sha256 %s: %s"
                        .formatted(
                                added.target(),
                                added.path(),
                                added.spec().length(),
                                added.spec().hashes().get("sha256"),
                                added.publishedIn()
                                        .map(version -> "published in targets version " + version)
                                        .orElse("declared"))));
    }

    private Target target() {
        var wanted = path == null ? name : path;
        TargetNames.requirePath(wanted);
        var object = path == null ? TargetNames.of(factory, wanted) : name;
        var target = new Target();
        target.setMetadata(new ObjectMetaBuilder().withName(object).build());
        target.setSpec(shortcuts.spec(
                factory, wanted.equals(object) ? null : wanted, artifact.measured(), custom == null ? null : custom()));
        return target;
    }

    private JsonNode custom() {
        var where = custom.file == null ? "--custom" : custom.file.toString();
        var text = custom.file == null ? Bytes.utf8(custom.text) : InputFile.read(custom.file);
        try {
            var json = STRICT.readTree(text.toArray());
            if (!json.isObject()) {
                throw Failure.refused(where + " is no JSON object, such as '{\"arch\": \"arm64\"}'");
            }
            return json;
        } catch (IOException e) {
            throw Failure.refused(
                    where + " is no JSON: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    private Added add(KubernetesClient client, String namespace, Target wanted) {
        Cluster.find(client, Factory.class, namespace, factory);
        var name = wanted.getMetadata().getName();
        var resource = client.resources(Target.class).inNamespace(namespace).withName(name);
        wanted.getMetadata().setNamespace(namespace);
        try {
            client.resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            requireSame(Optional.ofNullable(resource.get()).orElseThrow(() -> e), wanted);
        }
        return new Added(
                namespace,
                name,
                Reports.path(wanted),
                wanted.getSpec(),
                waiting.isWanted() ? Optional.of(published(resource, name, namespace)) : Optional.empty());
    }

    private static void requireSame(Target there, Target wanted) {
        var before = fields(there);
        var after = fields(wanted);
        var differences = new TreeMap<String, JsonNode>(after);
        differences.putAll(before);
        var told = differences.keySet().stream()
                .filter(field -> !Objects.equals(before.get(field), after.get(field)))
                .map(field -> "%s is %s and not %s".formatted(field, shown(before, field), shown(after, field)))
                .collect(Collectors.joining("; "));
        if (!told.isEmpty()) {
            throw Failure.refused(
                    "there is a Target %s already, and its %s. Only custom and what fills it may change (kubectl edit target %1$s); for the rest name another Target (NAME --path PATH), or remove this one first"
                            .formatted(there.getMetadata().getName(), told));
        }
    }

    private static String shown(Map<String, JsonNode> fields, String field) {
        return Optional.ofNullable(fields.get(field)).map(JsonNode::toString).orElse("absent");
    }

    private static Map<String, JsonNode> fields(Target target) {
        var fields = new TreeMap<String, JsonNode>();
        var spec = STRICT.<JsonNode>valueToTree(target.getSpec());
        spec.properties().stream()
                .filter(field -> !field.getValue().isNull())
                .forEach(field -> fields.put(field.getKey(), field.getValue()));
        fields.put("path", STRICT.valueToTree(Reports.path(target)));
        return fields;
    }

    private long published(Resource<Target> resource, String target, String namespace) {
        return waiting.until(() -> Optional.ofNullable(resource.get()).flatMap(TargetAdd::publishedIn))
                .orElseThrow(() -> Failure.unreachable(
                        "Target %s is declared, and not published within %d s: %s"
                                .formatted(
                                        target,
                                        waiting.timeout().toSeconds(),
                                        Optional.ofNullable(resource.get())
                                                .flatMap(TargetAdd::ready)
                                                .map(Reports::line)
                                                .orElse(
                                                        "no operator has looked at it. Does one run, and watch namespace "
                                                                + namespace + "?")),
                        null));
    }

    /** Whoever waits for what can't come by itself is told why at once. */
    private static Optional<Long> publishedIn(Target target) {
        var ready = ready(target);
        ready.filter(condition -> condition.status().equals("False")).ifPresent(condition -> {
            throw Failure.refused("Target " + target.getMetadata().getName() + " is declared, and can't be published: "
                    + Reports.line(condition));
        });
        ready.filter(condition -> condition.reason().equals("AwaitingSignatures"))
                .ifPresent(condition -> {
                    throw Failure.refused("Target " + target.getMetadata().getName()
                            + " is declared, and waits for people, so this doesn't wait for them (--no-wait says so"
                            + " beforehand): " + Reports.line(condition));
                });
        return ready.filter(condition -> condition.status().equals("True"))
                .map(_ -> target.getStatus().publishedIn());
    }

    /** Of this generation: what the operator says of the one before is no answer. */
    private static Optional<Condition> ready(Target target) {
        return Optional.ofNullable(target.getStatus())
                .filter(status -> target.getMetadata().getGeneration().equals(status.observedGeneration()))
                .map(TargetStatus::conditions)
                .stream()
                .flatMap(List::stream)
                .filter(condition -> condition.type().equals("Ready"))
                .findFirst();
    }

    /** As people write it: without what only a cluster fills in. */
    private static Map<String, Object> resource(Target target) {
        var spec = target.getSpec();
        return Output.ordered(
                "apiVersion",
                Names.GROUP + "/v1alpha1",
                "kind",
                "Target",
                "metadata",
                Output.ordered(
                        "name", target.getMetadata().getName(),
                        "namespace", target.getMetadata().getNamespace()),
                "spec",
                Output.ordered(
                        "factory", spec.factory(),
                        "path", spec.path(),
                        "length", spec.length(),
                        "hashes", spec.hashes(),
                        "name", spec.name(),
                        "version", spec.version(),
                        "hardwareIds", spec.hardwareIds(),
                        "tags", spec.tags(),
                        "targetFormat", spec.targetFormat(),
                        "uri", spec.uri(),
                        "composeApps", spec.composeApps(),
                        "custom", spec.custom()));
    }
}
