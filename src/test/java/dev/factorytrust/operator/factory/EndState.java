package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.Roots;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where a story has come to, in lines that don't depend on key material, on the moment, or on version numbers of targets
 * and snapshots: those skip what a crash left behind.
 */
final class EndState {

    private EndState() {}

    /** Everything. */
    static List<String> of(InMemoryCluster cluster, FactoryRef factory) {
        var lines = new ArrayList<>(meaning(cluster, factory));
        var stored = stored(cluster, factory);
        reading(cluster, factory)
                .published()
                .ifPresent(repository -> lines.add(
                        "timestamp " + repository.timestamp().metadata().version()));
        Optional.ofNullable(cluster.find(Factory.class, factory.name())
                        .orElseThrow()
                        .getStatus()
                        .rootKeysErasedAt())
                .ifPresent(_ -> lines.add("root keys erased"));
        for (var role : List.of(RoleName.ROOT, RoleName.TARGETS, RoleName.SNAPSHOT)) {
            lines.add("stored " + role.value() + ": " + stored.versions(role).size());
        }
        lines.add("parts: "
                + cluster.all(ConfigMap.class)
                        .filter(object -> object.getMetadata().getName().matches(".*-part-[0-9]+"))
                        .count());
        cluster.all(ConfigMap.class)
                .filter(object -> object.getMetadata().getLabels().get(Names.ROLE) == null)
                .forEach(object -> lines.add(key(object)));
        // A set: of two leaders each may make a key for a role; root names one of them.
        cluster.all(Secret.class)
                .map(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType())
                        ? "online key for " + secret.getMetadata().getLabels().get(Names.ROLE)
                        : InMemoryCluster.key(secret))
                .collect(Collectors.toCollection(TreeSet::new))
                .forEach(lines::add);
        return lines;
    }

    /** What people and devices are told, whatever is kept of the past. */
    static List<String> meaning(InMemoryCluster cluster, FactoryRef factory) {
        var lines = new ArrayList<String>();
        reading(cluster, factory)
                .published()
                .ifPresentOrElse(repository -> lines.addAll(published(repository)), () -> lines.add("not published"));
        cluster.find(Factory.class, factory.name())
                .ifPresent(found -> lines.add("Factory: " + conditions(found.getStatus(), status -> status.conditions())
                        + proposals(found.getStatus().pendingRotation())));
        cluster.all(RootRotation.class)
                .forEach(rotation -> lines.add(key(rotation) + ": "
                        + rotation.getStatus().phase()
                        + rotation.getStatus().toVersion()
                        + conditions(rotation.getStatus(), status -> status.conditions())));
        return lines;
    }

    /** A proposal's name follows from the Factory's UID. */
    private static String key(HasMetadata object) {
        return proposals(InMemoryCluster.key(object));
    }

    private static String proposals(String text) {
        return String.valueOf(text).replaceAll("(-root-[0-9]+)-[0-9a-f]{8}", "$1-#");
    }

    private static List<String> published(Repository repository) {
        var root = repository.root().metadata();
        return List.of(
                "root " + root.version() + " of " + root.role(RoleName.ROOT).threshold() + " of "
                        + new TreeSet<>(RootExtras.of(root).holders().values()),
                "online "
                        + List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP).stream()
                                .map(role -> root.role(role).keyids().size())
                                .toList(),
                new TreeMap<>(repository.targets().metadata().targets())
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + " release "
                                        + entry.getValue()
                                                .custom()
                                                .orElseThrow()
                                                .get("release"))
                                .collect(Collectors.joining(", ", "targets ", "")));
    }

    /** What is stored, as a device that trusts the first root would judge it. */
    static Reading reading(InMemoryCluster cluster, FactoryRef factory) {
        var stored = stored(cluster, factory);
        return stored.dialect()
                .map(dialect -> Reading.of(dialect, stored, Roots.of(dialect, stored)))
                .orElseGet(Reading.Unpublished::new);
    }

    private static StoredMetadata stored(InMemoryCluster cluster, FactoryRef factory) {
        return new StoredMetadata(
                factory,
                cluster.all(ConfigMap.class)
                        .collect(Collectors.toMap(object -> object.getMetadata().getName(), object -> object)));
    }

    private static <S> List<String> conditions(S status, Function<S, List<Condition>> conditions) {
        return conditions.apply(status).stream()
                .map(condition -> condition.type() + '=' + condition.status() + ' ' + condition.reason())
                .sorted()
                .toList();
    }
}
