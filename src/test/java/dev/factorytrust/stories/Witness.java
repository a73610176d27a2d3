package dev.factorytrust.stories;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Sees every change of a namespace's ConfigMaps in the order in which they were made. At each, devices update from what
 * is stored: one that is new, and one for every state that there was before. None may be refused, ever, and no
 * name may have two contents.
 */
final class Witness implements ResourceEventHandler<ConfigMap>, AutoCloseable {

    private static final String TIMESTAMP = "acme-timestamp";

    private final InstantSource clock;
    private final Map<String, ConfigMap> stored = new HashMap<>();
    private final Map<String, Map<String, String>> firstContents = new HashMap<>();
    private final Set<DeviceState> inTheField = new LinkedHashSet<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<ConfigMap> informer;
    private int updates;

    Witness(KubernetesClient client, String namespace, InstantSource clock) {
        this.clock = clock;
        client.configMaps().inNamespace(namespace).list().getItems().forEach(this::take);
        poll("the beginning");
        informer = client.configMaps().inNamespace(namespace).inform(this);
    }

    @Override
    public synchronized void onAdd(ConfigMap object) {
        changed(object);
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap object) {
        changed(object);
    }

    @Override
    public synchronized void onDelete(ConfigMap object, boolean finalStateUnknown) {
        stored.remove(object.getMetadata().getName());
        poll("the deletion of " + object.getMetadata().getName());
    }

    private synchronized void changed(ConfigMap object) {
        if (!sees(object)) {
            take(object);
            poll(object.getMetadata().getName());
        }
    }

    /** Whether it has seen the object as it is here. */
    synchronized boolean sees(ConfigMap object) {
        return Optional.ofNullable(stored.get(object.getMetadata().getName()))
                .map(seen -> seen.getMetadata().getResourceVersion())
                .filter(object.getMetadata().getResourceVersion()::equals)
                .isPresent();
    }

    private void take(ConfigMap object) {
        var name = object.getMetadata().getName();
        stored.put(name, object);
        var first = firstContents.putIfAbsent(name, object.getBinaryData());
        if (first != null && !first.equals(object.getBinaryData()) && !name.equals(TIMESTAMP)) {
            complaints.add(name + " has two contents");
        }
    }

    private void poll(String after) {
        if (rootVersion() == 0) {
            return;
        }
        var now = clock.instant();
        var root = fetch("1.root.json").orElseThrow();
        var dialect = Dialects.recognise(root);
        var devices = new LinkedHashSet<>(inTheField);
        devices.add(DeviceState.fresh(root));
        for (var device : devices) {
            try {
                inTheField.add(ClientWorkflow.update(dialect, device, this::fetch, now));
                updates++;
            } catch (VerificationException e) {
                complaints.add("after " + after + " a device was refused: " + e.getMessage());
            }
        }
    }

    /** What devices are served: what the timestamp reaches. */
    private Optional<Bytes> fetch(String fileName) {
        var parts = fileName.split("\\.");
        var role = parts[parts.length - 2];
        var versioned = parts.length == 3;
        if (role.equals("root") && Long.parseLong(parts[0]) > rootVersion()) {
            return Optional.empty();
        }
        return file(versioned ? "acme-" + role + '-' + parts[0] : reached(role), role);
    }

    /** Where names carry no version, they mean what the commit reaches. */
    private String reached(String role) {
        if (role.equals("timestamp")) {
            return TIMESTAMP;
        }
        var snapshot = "acme-snapshot-"
                + decode(Timestamp.class, TIMESTAMP, "timestamp").snapshotMeta().version();
        return role.equals("snapshot")
                ? snapshot
                : "acme-targets-"
                        + decode(Snapshot.class, snapshot, "snapshot")
                                .meta()
                                .get("targets.json")
                                .version();
    }

    private <T extends Metadata> T decode(Class<T> type, String name, String role) {
        var file = file(name, role).orElseThrow();
        return Dialects.recognise(file).decode(type, file).metadata();
    }

    private Optional<Bytes> file(String name, String role) {
        return Optional.ofNullable(stored.get(name))
                .map(object -> Bytes.base64(object.getBinaryData().get(role + ".json")));
    }

    private long rootVersion() {
        return Optional.ofNullable(stored.get(TIMESTAMP))
                .map(object -> object.getMetadata().getAnnotations().get("factory-trust.dev/root-version"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    List<String> complaints() {
        return complaints;
    }

    /** How many updates of devices there were. */
    synchronized int updates() {
        return updates;
    }

    @Override
    public void close() {
        informer.stop();
    }
}
