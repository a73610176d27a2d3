package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "What devices are served, what expires or falls due when, and what the Factory waits for.",
            "Where people have to sign, it says who, and with which commands."
        })
final class Status implements Runnable {

    @Parameters(paramLabel = "FACTORY")
    private String name;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Output output;

    /** @param rotation the one whose turn it is */
    record Facts(String namespace, String factory, FactoryStatus status, Optional<Rotation> rotation) {}

    record Rotation(String name, String message, RootRotationStatus status) {}

    @Override
    public void run() {
        var factory = cluster.find(Factory.class, name);
        var status = Optional.ofNullable(factory.getStatus())
                .orElseThrow(() -> Failure.refused("no operator has looked at Factory " + name
                        + " yet: its status is empty. Is one installed that" + " watches this namespace?"));
        var rotation = Optional.ofNullable(status.pendingRotation())
                .map(pending -> cluster.find(RootRotation.class, pending))
                .filter(found -> found.getStatus() != null)
                .map(found -> new Rotation(
                        found.getMetadata().getName(), found.getSpec().message(), found.getStatus()));
        var namespace = factory.getMetadata().getNamespace();
        output.print(new Facts(namespace, name, status, rotation), lines(namespace, status, rotation));
    }

    private List<String> lines(String namespace, FactoryStatus status, Optional<Rotation> rotation) {
        var lines = new ArrayList<String>();
        lines.add("Factory " + namespace + '/' + name);
        Optional.ofNullable(status.roles())
                .ifPresentOrElse(roles -> lines.addAll(roles(roles)), () -> lines.add("  nothing is published yet"));
        Optional.ofNullable(status.targets()).ifPresent(targets -> lines.add("  targets    " + targets.count()));
        Optional.ofNullable(status.url()).ifPresent(url -> lines.add("  devices    " + url));
        status.conditions()
                .forEach(condition -> lines.add("  %s=%s %s: %s"
                        .formatted(condition.type(), condition.status(), condition.reason(), condition.message())));
        rotation.ifPresent(pending -> lines.addAll(rotation(namespace, pending)));
        return lines;
    }

    private static List<String> roles(FactoryStatus.Roles roles) {
        return List.of(
                role("root", roles.root()),
                role("targets", roles.targets()),
                role("snapshot", roles.snapshot()),
                role("timestamp", roles.timestamp()));
    }

    private static String role(String role, FactoryStatus.RoleStatus status) {
        return "  %-9s  version %d, %d of %d keys, expires %s, %s %s"
                .formatted(
                        role,
                        status.version(),
                        status.threshold(),
                        status.keyids().size(),
                        status.expires(),
                        role.equals("root") ? "renewal is proposed" : "signed anew",
                        status.refreshAt());
    }

    private static List<String> rotation(String namespace, Rotation pending) {
        var status = pending.status();
        var lines = new ArrayList<String>();
        lines.add("RootRotation " + pending.name() + ": " + Output.name(status.phase())
                + Optional.ofNullable(pending.message())
                        .map(message -> ", " + message)
                        .orElse(""));
        Optional.ofNullable(status.diff()).orElse(List.of()).forEach(line -> lines.add("  " + line));
        var missing = missing(status);
        if (status.payload() != null && !missing.isEmpty()) {
            lines.add("  still to sign, before " + status.payload().signBefore() + ": " + missing);
            lines.add("  each of them: kubectl factory root payload %1$s -n %2$s --out %1$s.json"
                    .formatted(pending.name(), namespace));
            lines.add("           then: kubectl factory sign %s.json --key YOUR-KEY.pem > signed.yaml"
                    .formatted(pending.name()));
            lines.add("           then: kubectl apply -f signed.yaml");
        }
        return lines;
    }

    private static String missing(RootRotationStatus status) {
        return Optional.ofNullable(status.signatures()).stream()
                .flatMap(signatures -> Stream.of(signatures.current(), signatures.next()))
                .filter(side -> side != null && side.signed().size() < side.threshold())
                .flatMap(side -> side.missing().stream())
                .map(key -> key.name() != null ? key.name() : key.keyid())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
