package dev.factorytrust.cli.target;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Takes an artifact off the devices' list, and waits until it is gone from there.",
            "It deletes the Target. What devices have installed stays installed."
        })
final class TargetRemove implements Runnable {

    @Parameters(paramLabel = "TARGET", description = "The Target's name, or the path under which devices find it.")
    private String name;

    @Option(
            names = "--factory",
            paramLabel = "FACTORY",
            description = "Whose devices: where several Factories list the same path.")
    private String factory;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Output output;

    /** @param goneFrom the version of targets that no longer lists it; empty where nobody waited for it */
    record Removed(String namespace, String target, String path, Optional<Long> goneFrom) {}

    @Override
    public void run() {
        var removed = cluster.<Removed>read(client -> namespace -> remove(client, namespace));
        output.print(
                removed,
                List.of("Target %s, path %s: %s"
                        .formatted(
                                removed.target(),
                                removed.path(),
                                removed.goneFrom()
                                        .map(version -> "gone from targets version " + version)
                                        .orElse("deleted"))));
    }

    private Removed remove(KubernetesClient client, String namespace) {
        var target = find(client, namespace);
        delete(client, target);
        return new Removed(
                namespace,
                target.getMetadata().getName(),
                Reports.path(target),
                waiting.isWanted() ? Optional.of(gone(client, namespace, target)) : Optional.empty());
    }

    /** The one that was found: whoever made another of its name in the meantime keeps that. */
    private static void delete(KubernetesClient client, Target found) {
        var seen = found;
        while (seen != null) {
            try {
                client.resource(seen).lockResourceVersion().delete();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                seen = client.resource(seen).get();
                if (seen != null
                        && !seen.getMetadata()
                                .getUid()
                                .equals(found.getMetadata().getUid())) {
                    throw Failure.refused("Target " + found.getMetadata().getName()
                            + " was replaced by another of its name this moment, which stays: look at it first (kubectl"
                            + " factory target list " + found.getSpec().factory() + ")");
                }
            }
        }
    }

    private Target find(KubernetesClient client, String namespace) {
        var all = client.resources(Target.class).inNamespace(namespace).list().getItems().stream()
                .filter(target -> factory == null || target.getSpec().factory().equals(factory))
                .toList();
        var meant = all.stream()
                .filter(target -> target.getMetadata().getName().equals(name)
                        || Reports.path(target).equals(name))
                .toList();
        if (meant.size() > 1) {
            throw Failure.refused(name + " may mean any of the Targets "
                    + String.join(
                            ", ",
                            meant.stream()
                                    .map(target -> target.getMetadata().getName() + " (Factory "
                                            + target.getSpec().factory() + ", path " + Reports.path(target) + ")")
                                    .toList())
                    + "; use kubectl delete target with the right name, or --factory");
        }
        return meant.stream()
                .findFirst()
                .orElseThrow(() -> Failure.refused(
                        """
                there is no Target %1$s in namespace %2$s%3$s, and none with that path. An entry that is unmanaged \
                (kubectl factory target list FACTORY) is removed by way of a Target: add one with its path, length and \
                sha256, and remove that""".formatted(name, namespace, factory == null ? "" : " of Factory " + factory)));
    }

    private long gone(KubernetesClient client, String namespace, Target target) {
        var owner = client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(target.getSpec().factory());
        return waiting.until(() -> {
                    var now = owner.get();
                    if (now == null) {
                        return Optional.of(0L);
                    }
                    refuseWhatIsHeld(now, target);
                    return Optional.of(PublishedTargets.of(client, now))
                            .filter(published -> !target.getMetadata()
                                    .getName()
                                    .equals(published.managed().get(Reports.path(target))))
                            .map(PublishedTargets::version);
                })
                .orElseThrow(() -> Failure.unreachable(
                        "Target %s is deleted, and devices are offered %s after %d s still:%s"
                                .formatted(
                                        target.getMetadata().getName(),
                                        Reports.path(target),
                                        waiting.timeout().toSeconds(),
                                        Optional.ofNullable(owner.get())
                                                .map(Reports::conditions)
                                                .map(Reports::troubles)
                                                .filter(told -> !told.isEmpty())
                                                .orElse(" does the operator run?")),
                        null));
    }

    private static void refuseWhatIsHeld(Factory factory, Target target) {
        var held = Reports.holds(Reports.conditions(factory), "TargetsHeld")
                .filter(condition -> condition.reason().equals("WouldBeEmpty"));
        held.ifPresent(_ -> {
            throw Failure.refused("""
                    Target %s is deleted, and devices are offered %s all the same: it was the last, and a list that becomes \
                    empty is more often a mistake than meant. If it is meant: kubectl patch factory %s -n %s --type merge -p \
                    '{"spec": {"targets": {"allowEmpty": true}}}'. Otherwise it goes with the next Target that you add""".formatted(
                            target.getMetadata().getName(),
                            Reports.path(target),
                            factory.getMetadata().getName(),
                            factory.getMetadata().getNamespace()));
        });
    }
}
