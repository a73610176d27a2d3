package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import io.fabric8.kubernetes.client.KubernetesClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "What devices are served, what expires or falls due when, and what the Factory waits for.",
            "Where people have to act, it says who, and with which commands."
        })
final class Status implements Runnable {

    @Parameters(paramLabel = "FACTORY", description = "The Factory's name.")
    private String name;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Output output;

    /**
     * @param rotation the one whose turn it is
     * @param others that are not over either
     */
    record Facts(
            String namespace,
            String factory,
            FactoryStatus status,
            Optional<Rotation> rotation,
            List<Rotation> others) {}

    record Rotation(String name, String message, RootRotationStatus status) {}

    private record Seen(Factory factory, List<RootRotation> rotations) {}

    @Override
    public void run() {
        var seen = cluster.<Seen>read(client -> namespace -> look(client, namespace));
        var status = Optional.ofNullable(seen.factory().getStatus())
                .orElseThrow(() -> Failure.refused("no operator has looked at Factory " + name
                        + " yet: its status is empty. Is one installed that watches this namespace?"));
        var open = seen.rotations().stream()
                .filter(rotation -> rotation.getSpec().factory().equals(name))
                .filter(rotation -> rotation.getStatus() != null)
                .map(rotation -> new Rotation(
                        rotation.getMetadata().getName(), rotation.getSpec().message(), rotation.getStatus()))
                .filter(rotation -> !isOver(rotation.status()))
                .collect(Collectors.partitioningBy(rotation -> rotation.name().equals(status.pendingRotation())));
        var facts = new Facts(
                seen.factory().getMetadata().getNamespace(),
                name,
                status,
                open.get(true).stream().findFirst(),
                open.get(false));
        output.print(facts, lines(facts, seen.factory().getSpec().bootstrap().generate() != null));
    }

    private Seen look(KubernetesClient client, String namespace) {
        var factory = Cluster.find(client, Factory.class, namespace, name);
        return new Seen(
                factory,
                client.resources(RootRotation.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems());
    }

    private static boolean isOver(RootRotationStatus status) {
        return status.phase() != null
                && switch (status.phase()) {
                    case COMPLETED, REJECTED, SUPERSEDED -> true;
                    case QUEUED, AWAITING_SIGNATURES, PUBLISHING, OVERLAPPING -> false;
                };
    }

    /** @param archived whether the root keys were made in the cluster, so that their holder has an archive of them */
    private static List<String> lines(Facts facts, boolean archived) {
        var status = facts.status();
        var lines = new ArrayList<String>();
        lines.add("Factory " + facts.namespace() + '/' + facts.factory());
        Optional.ofNullable(status.roles())
                .ifPresentOrElse(roles -> lines.addAll(roles(roles)), () -> lines.add("  nothing is published yet"));
        Optional.ofNullable(status.targets()).ifPresent(targets -> lines.add("  targets    " + targets(targets)));
        Optional.ofNullable(status.url()).ifPresent(url -> lines.add("  devices    " + url));
        for (var condition : status.conditions()) {
            lines.add("  " + Reports.line(condition));
            remedy(condition, facts).ifPresent(command -> lines.add("    " + command));
        }
        Optional.ofNullable(status.targets()).map(FactoryStatus.TargetsSummary::payloads).orElse(List.of()).stream()
                .filter(payload -> payload.signatures() != null)
                .forEach(payload -> lines.addAll(OpenTargets.lines(facts.namespace(), facts.factory(), payload)));
        facts.rotation().ifPresent(pending -> lines.addAll(OpenRotation.lines(facts.namespace(), pending, archived)));
        facts.others().forEach(other -> lines.addAll(OpenRotation.lines(facts.namespace(), other, archived)));
        return lines;
    }

    private static List<String> roles(FactoryStatus.Roles roles) {
        var lines = new ArrayList<String>();
        var ages = new LinkedHashMap<String, List<String>>();
        role("root", roles.root(), lines, ages);
        role("targets", roles.targets(), lines, ages);
        role("snapshot", roles.snapshot(), lines, ages);
        role("timestamp", roles.timestamp(), lines, ages);
        ages.forEach((age, of) -> lines.add("  keys       " + String.join(", ", of) + ": " + age));
        return lines;
    }

    private static void role(
            String role, FactoryStatus.RoleStatus status, List<String> lines, Map<String, List<String>> ages) {
        lines.add("  %-9s  version %d, %d of %d keys, expires %s, %s %s"
                .formatted(
                        role,
                        status.version(),
                        status.threshold(),
                        status.keyids().size(),
                        status.expires(),
                        role.equals("root") ? "renewal is proposed" : "signed anew",
                        status.refreshAt()));
        if (status.keysSince() != null) {
            var age = "%d days old, exchange is proposed %s"
                    .formatted(
                            Duration.between(Instant.parse(status.keysSince()), Instant.now())
                                    .toDays(),
                            status.keysDueAt());
            ages.computeIfAbsent(age, _ -> new ArrayList<>()).add(role);
        }
    }

    private static String targets(FactoryStatus.TargetsSummary targets) {
        return targets.count()
                + (targets.unmanaged() > 0 ? ", of them without a Target: " + targets.unmanaged() : "")
                + (targets.pending() > 0 ? ", changes to come: " + targets.pending() : "");
    }

    /** The one command that does away with a condition, where there is one. */
    private static Optional<String> remedy(Condition condition, Facts facts) {
        return Optional.ofNullable(
                        switch (condition.type()) {
                            case "RootKeysInCluster" ->
                                "kubectl factory keys download %s -n %s --archive keys.tgz --erase";
                            case "Paused" ->
                                "kubectl patch factory %s -n %s --type merge -p '{\"spec\": {\"paused\": false}}'";
                            default -> null;
                        })
                .map(command -> command.formatted(facts.factory(), facts.namespace()));
    }
}
