package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.FactoryStatus.RoleStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A namespace in lines that are the same whenever the same has happened: who signs and what stands where, without times,
 * key material, and how many versions an interrupted publication has skipped.
 */
final class NormalForm {

    private static final Pattern VERSIONED = Pattern.compile("acme-(?<role>targets|snapshot)-(?<version>[0-9]+)");

    private final TreeSet<String> lines = new TreeSet<>();
    private final Map<String, ConfigMap> configMaps;
    private final Map<String, Long> published = new TreeMap<>();
    private final Map<String, String> keys = new TreeMap<>();

    private NormalForm(KubernetesClient client, String namespace) {
        configMaps = client.configMaps().inNamespace(namespace).list().getItems().stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), Function.identity()));
        for (var version = 1; configMaps.containsKey("acme-root-" + version); version++) {
            root(version);
        }
        timestamp().ifPresent(this::published);
        configMaps.keySet().stream()
                .filter(name -> !isLeftOver(name))
                .forEach(name -> lines.add("configmap " + ranked(name)));
        client.secrets().inNamespace(namespace).list().getItems().forEach(secret -> {
            var meta = secret.getMetadata();
            var keyid = Optional.ofNullable(meta.getLabels()).map(all -> all.get("factory-trust.dev/keyid"));
            lines.add("secret " + secret.getType() + ' '
                    + keyid.map(this::key).orElse(meta.getName().replaceFirst("-[0-9a-f]{8}$", "")));
        });
        client.resources(Factory.class).inNamespace(namespace).list().getItems().stream()
                .map(Factory::getStatus)
                .filter(Objects::nonNull)
                .forEach(this::factory);
        client.resources(RootRotation.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .forEach(rotation -> rotation(rotation.getMetadata().getName(), rotation.getStatus()));
        client.resources(Target.class).inNamespace(namespace).list().getItems().forEach(this::target);
    }

    static List<String> of(KubernetesClient client, String namespace) {
        return List.copyOf(new NormalForm(client, namespace).lines);
    }

    private void root(int version) {
        var root = decode(Root.class, "acme-root-" + version);
        for (var role : RoleName.values()) {
            for (var keyid : root.metadata().role(role).keyids()) {
                var holder = RootExtras.of(root.metadata()).holders().get(keyid);
                keys.putIfAbsent(keyid.value(), Objects.requireNonNullElse(holder, role + " key of root " + version));
            }
            lines.add("root %d gives %s to %d of %s"
                    .formatted(
                            version,
                            role,
                            root.metadata().role(role).threshold(),
                            names(root.metadata().role(role).keyids())));
        }
        lines.add("root " + version + signed(root));
    }

    private void published(Signed<Timestamp> timestamp) {
        var annotations = configMaps.get("acme-timestamp").getMetadata().getAnnotations();
        var snapshot = decode(
                Snapshot.class,
                "acme-snapshot-" + timestamp.metadata().snapshotMeta().version());
        var targets = decode(
                Targets.class,
                "acme-targets-" + snapshot.metadata().meta().get("targets.json").version());
        published.put("snapshot", snapshot.metadata().version());
        published.put("targets", targets.metadata().version());
        lines.add("timestamp " + timestamp.metadata().version() + signed(timestamp) + " reaches root "
                + annotations.get("factory-trust.dev/root-version"));
        lines.add("published snapshot " + rank("snapshot", snapshot.metadata().version()) + signed(snapshot));
        lines.add("published targets " + rank("targets", targets.metadata().version()) + signed(targets) + " of "
                + new TreeSet<>(targets.metadata().targets().keySet()));
        lines.add("overlap " + annotations.containsKey("factory-trust.dev/overlap-since"));
    }

    private void factory(FactoryStatus status) {
        conditions("factory", status.conditions());
        Optional.ofNullable(status.roles()).ifPresent(roles -> {
            role("root", roles.root());
            role("targets", roles.targets());
            role("snapshot", roles.snapshot());
            role("timestamp", roles.timestamp());
        });
        lines.add("factory " + status.targets() + ", rotation " + status.pendingRotation()
                + ", first root known " + (status.trustedRootSha256() != null) + ", root keys erased "
                + (status.rootKeysErasedAt() != null));
    }

    private void role(String role, RoleStatus status) {
        if (status != null) {
            lines.add("factory %s %s by %s of %s"
                    .formatted(role, rank(role, status.version()), status.threshold(), names(status.keyids())));
        }
    }

    private void rotation(String name, RootRotationStatus status) {
        if (status == null) {
            lines.add("rotation " + name + " unknown");
            return;
        }
        lines.add("rotation %s %s from %s to %s"
                .formatted(name, status.phase(), status.fromVersion(), status.toVersion()));
        lines.add("rotation %s offered %s, signatures %s"
                .formatted(
                        name,
                        status.payload() != null,
                        Optional.ofNullable(status.signatures())
                                .map(this::signatures)
                                .orElse("none")));
        conditions("rotation " + name, status.conditions());
    }

    private String signatures(RootRotationStatus.Signatures signatures) {
        var sides = new ArrayList<String>();
        Optional.ofNullable(signatures.current()).ifPresent(side -> sides.add("current " + side(side)));
        Optional.ofNullable(signatures.next()).ifPresent(side -> sides.add("next " + side(side)));
        return sides + " rejected " + signatures.rejected();
    }

    private String side(RootRotationStatus.Side side) {
        return side.threshold() + " of "
                + names(side.signed().stream()
                        .map(RootRotationStatus.KeyRef::keyid)
                        .toList())
                + ", missing " + side.missing().size();
    }

    private void target(Target target) {
        var name = target.getMetadata().getName();
        Optional.ofNullable(target.getStatus())
                .ifPresentOrElse(
                        status -> {
                            conditions("target " + name, status.conditions());
                            lines.add("target " + name + " since " + rank("targets", status.publishedIn()));
                        },
                        () -> lines.add("target " + name + " unknown"));
    }

    private void conditions(String of, List<Condition> conditions) {
        conditions.forEach(condition ->
                lines.add("%s: %s %s %s".formatted(of, condition.type(), condition.status(), condition.reason())));
    }

    private Optional<Signed<Timestamp>> timestamp() {
        return Optional.ofNullable(configMaps.get("acme-timestamp"))
                .filter(object -> !object.getBinaryData().isEmpty())
                .map(_ -> decode(Timestamp.class, "acme-timestamp"));
    }

    private <T extends Metadata> Signed<T> decode(Class<T> type, String name) {
        var data = configMaps.get(name).getBinaryData();
        var file = Bytes.base64(data.values().iterator().next());
        return Dialects.recognise(file).decode(type, file);
    }

    private String signed(Signed<?> metadata) {
        return " signed by "
                + names(metadata.signatures().stream()
                        .map(signature -> signature.keyid().value())
                        .toList());
    }

    private List<String> names(Collection<?> keyids) {
        return keyids.stream().map(keyid -> key(keyid.toString())).sorted().toList();
    }

    /** @param keyid or the beginning of it */
    private String key(String keyid) {
        return keys.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(keyid))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("a key that no root names");
    }

    private String ranked(String name) {
        var versioned = VERSIONED.matcher(name);
        return versioned.matches()
                ? "acme-" + versioned.group("role") + ' '
                        + rank(versioned.group("role"), Long.valueOf(versioned.group("version")))
                : name.replaceFirst("-[0-9a-f]{8}(?=-payload$)", "");
    }

    /** What was made for a publication that lost against another, and goes with the next one. */
    private boolean isLeftOver(String name) {
        var versioned = VERSIONED.matcher(name);
        return versioned.matches()
                && Long.parseLong(versioned.group("version"))
                        > published.getOrDefault(versioned.group("role"), Long.MAX_VALUE);
    }

    /** Snapshots and targets count from the oldest that is still there; roots and timestamps skip no version. */
    private String rank(String role, Long version) {
        if (version == null || role.equals("root") || role.equals("timestamp")) {
            return String.valueOf(version);
        }
        var prefix = "acme-" + role + '-';
        return "no. "
                + configMaps.keySet().stream()
                        .filter(name -> name.matches(prefix + "[0-9]+"))
                        .map(name -> Long.valueOf(name.substring(prefix.length())))
                        .filter(stored -> stored <= version)
                        .count();
    }
}
