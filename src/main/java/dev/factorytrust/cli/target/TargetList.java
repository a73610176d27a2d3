package dev.factorytrust.cli.target;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.model.TargetFile;
import io.fabric8.kubernetes.client.KubernetesClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "What a Factory's devices are offered, and what is declared and not yet offered.",
            "An entry that no Target declares is unmanaged: it was adopted, and stays until a Target takes it over."
        })
final class TargetList implements Runnable {

    private static final String ROW = "%-40s %14s  %-12s  %-24s  %s";

    @Parameters(paramLabel = "FACTORY", description = "The Factory's name.")
    private String name;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Output output;

    /**
     * @param targets the published version; 0 before the first
     */
    record Listed(String namespace, String factory, long targets, List<Entry> entries) {}

    /**
     * @param target empty where no Target declares it
     * @param state the reason of the Target's condition Ready; Unmanaged, or Leaving where its Target is gone
     * @param publishedIn the version that first listed what the Target declares now
     */
    record Entry(
            String path,
            long length,
            Map<String, String> hashes,
            Optional<String> target,
            String state,
            Optional<Long> publishedIn) {}

    @Override
    public void run() {
        var listed = cluster.<Listed>read(client -> namespace -> list(client, namespace));
        var lines = new ArrayList<String>();
        lines.add("%s/%s, %s"
                .formatted(
                        listed.namespace(),
                        name,
                        listed.targets() == 0 ? "nothing is published yet" : "targets version " + listed.targets()));
        if (!listed.entries().isEmpty()) {
            lines.add(ROW.formatted("PATH", "LENGTH", "SHA256", "TARGET", "STATE"));
        }
        listed.entries().forEach(entry -> lines.add(line(entry)));
        output.print(listed, lines);
    }

    private static String line(Entry entry) {
        return ROW.formatted(
                entry.path(),
                entry.length(),
                Optional.ofNullable(entry.hashes().get("sha256"))
                        .map(digest -> digest.substring(0, Math.min(12, digest.length())))
                        .orElse("-"),
                entry.target().orElse("-"),
                entry.state()
                        + entry.publishedIn()
                                .map(version -> " in version " + version)
                                .orElse(""));
    }

    private Listed list(KubernetesClient client, String namespace) {
        var factory = Cluster.find(client, Factory.class, namespace, name);
        var published = PublishedTargets.of(client, factory);
        var entries = new ArrayList<Entry>();
        var declared = new HashSet<String>();
        client.resources(Target.class).inNamespace(namespace).list().getItems().stream()
                .filter(target -> target.getSpec().factory().equals(name))
                .forEach(target -> {
                    entries.add(declared(target));
                    declared.add(Reports.path(target));
                });
        published.content().forEach((path, file) -> {
            if (!declared.contains(path)) {
                entries.add(undeclared(
                        path, file, Optional.ofNullable(published.managed().get(path))));
            }
        });
        entries.sort(Comparator.comparing(Entry::path));
        return new Listed(namespace, name, published.version(), entries);
    }

    private static Entry declared(Target target) {
        var spec = target.getSpec();
        var status = Optional.ofNullable(target.getStatus());
        return new Entry(
                Reports.path(target),
                spec.length(),
                spec.hashes(),
                Optional.of(target.getMetadata().getName()),
                status.flatMap(known -> known.conditions().stream()
                                .filter(condition -> condition.type().equals("Ready"))
                                .map(Condition::reason)
                                .findFirst())
                        .orElse("Unseen"),
                status.flatMap(known -> Optional.ofNullable(known.publishedIn())));
    }

    private static Entry undeclared(String path, TargetFile file, Optional<String> target) {
        return new Entry(
                path,
                file.length(),
                file.hashes(),
                target,
                target.isPresent() ? "Leaving" : "Unmanaged",
                Optional.empty());
    }
}
