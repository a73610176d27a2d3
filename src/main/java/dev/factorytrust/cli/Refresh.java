package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

@Command(
        name = "refresh",
        mixinStandardHelpOptions = true,
        description = {
            "Has the operator sign timestamp, snapshot and targets anew now, and says the new versions.",
            "Without it they are renewed in time, too. It annotates the Factory with a cut-off: what was signed",
            "before that moment is signed anew, once, however often it is seen."
        })
final class Refresh implements Runnable {

    @Parameters(paramLabel = "FACTORY", description = "The Factory's name.")
    private String name;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Output output;

    /** @param published the roles as they are now; empty where nobody waited for it */
    record Refreshed(String namespace, String factory, Instant cutOff, Optional<FactoryStatus.Roles> published) {}

    @Override
    public void run() {
        var refreshed = cluster.<Refreshed>read(client -> namespace -> {
            var factory = client.resources(Factory.class).inNamespace(namespace).withName(name);
            var seen = Cluster.find(client, Factory.class, namespace, name);
            var before = Reports.status(seen)
                    .map(FactoryStatus::roles)
                    .orElseThrow(() -> Failure.refused(
                            "nothing is published yet, so there is nothing to sign anew; see kubectl factory status "
                                    + name));
            refuseWhatCannotBe(seen, namespace);
            var cutOff = cutOff(client, namespace);
            factory.patch(
                    PatchContext.of(PatchType.JSON_MERGE),
                    "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(Names.REFRESH_REQUESTED, cutOff));
            return new Refreshed(
                    namespace,
                    name,
                    cutOff,
                    waiting.isWanted() ? Optional.of(awaited(factory, before, namespace)) : Optional.empty());
        });
        output.print(
                refreshed,
                refreshed
                        .published()
                        .map(Refresh::lines)
                        .orElseGet(() -> List.of("asked for; kubectl factory status " + name + " -n "
                                + refreshed.namespace() + " shows when it is published")));
    }

    /** While nothing is signed, asking helps nobody; what has to be done first does. */
    private void refuseWhatCannotBe(Factory factory, String namespace) {
        if (Boolean.TRUE.equals(factory.getSpec().paused())) {
            throw Failure.refused(
                    "Factory %1$s is paused, and signs nothing; let it go on first: kubectl patch factory %1$s -n %2$s"
                                    .formatted(name, namespace)
                            + " --type merge -p '{\"spec\": {\"paused\": false}}'");
        }
        var conditions = Reports.conditions(factory);
        Stream.of("Stalled", "Degraded")
                .flatMap(type -> Reports.holds(conditions, type).stream())
                .filter(condition -> !isCuredByRefresh(condition))
                .findFirst()
                .ifPresent(condition -> {
                    throw Failure.refused("Factory " + name + " signs nothing at present; this comes first:\n  "
                            + Reports.line(condition));
                });
    }

    /** What has expired is what a refresh is for, unless it is the root; a failure is tried again. */
    private static boolean isCuredByRefresh(Condition condition) {
        return condition.reason().equals("PublicationFailed")
                || condition.reason().equals("Expired");
    }

    /**
     * By the clocks of the cluster: this machine's may be wrong, and a moment that has yet to come is waited for. After the
     * last signature, which the operator's clock has dated.
     */
    private Instant cutOff(KubernetesClient client, String namespace) {
        var now = Cluster.time(client).orElseGet(Instant::now);
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(Names.timestamp(name))
                        .get())
                .flatMap(Refresh::signedAt)
                .map(signed -> signed.plus(Duration.ofMillis(1)))
                .filter(now::isBefore)
                .orElse(now);
    }

    private static Optional<Instant> signedAt(ConfigMap timestamp) {
        try {
            return Optional.ofNullable(timestamp.getMetadata().getAnnotations())
                    .map(all -> all.get(Names.SIGNED_AT))
                    .map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private FactoryStatus.Roles awaited(Resource<Factory> factory, FactoryStatus.Roles before, String namespace) {
        return waiting.until(() -> Optional.ofNullable(factory.get())
                        .flatMap(Reports::status)
                        .map(FactoryStatus::roles)
                        .filter(now -> now.targets().version()
                                        > before.targets().version()
                                && now.snapshot().version() > before.snapshot().version()
                                && now.timestamp().version()
                                        > before.timestamp().version()))
                .orElseThrow(() -> Failure.unreachable(
                        "Factory %s was asked, and has published nothing within %d s; it stays asked."
                                        .formatted(name, waiting.timeout().toSeconds())
                                + Optional.ofNullable(factory.get())
                                        .map(Reports::conditions)
                                        .map(Reports::troubles)
                                        .filter(told -> !told.isEmpty())
                                        .orElse(" Does the operator run, and watch namespace " + namespace + "?"),
                        null));
    }

    private static List<String> lines(FactoryStatus.Roles roles) {
        return List.of(
                line("targets", roles.targets()),
                line("snapshot", roles.snapshot()),
                line("timestamp", roles.timestamp()));
    }

    private static String line(String role, FactoryStatus.RoleStatus status) {
        return "%-9s  version %d, expires %s".formatted(role, status.version(), status.expires());
    }
}
