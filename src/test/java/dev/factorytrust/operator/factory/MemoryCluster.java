package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One namespace in memory: optimistic concurrency, UIDs and a log of events, as far as the operator relies on them. The
 * operator's writes can be cut off; nobody else's are.
 */
final class MemoryCluster implements ApiServer {

    /** What a watch tells. */
    record Event(HasMetadata object, boolean deleted) {}

    /** The process is gone: nothing after this runs. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final InstantSource clock;
    private final Consumer<Event> watch;
    private final Map<String, HasMetadata> objects = new TreeMap<>();
    private final List<Event> events = new ArrayList<>();
    private int writesUntilCrash = Integer.MAX_VALUE;
    private boolean crashAfterWrite;

    /** @param watch told of every change before anybody else does anything */
    MemoryCluster(InstantSource clock, Consumer<Event> watch) {
        this.clock = clock;
        this.watch = watch;
    }

    /** Everything that happened to another cluster, all over again. */
    void replay(List<Event> past) {
        past.forEach(event -> {
            if (event.deleted()) {
                objects.remove(key(event.object()));
            } else {
                objects.put(key(event.object()), event.object());
            }
            tell(event);
        });
    }

    /** The operator's next write but {@code writes} doesn't return; {@code after} tells whether it takes effect. */
    void crashAt(int writes, boolean after) {
        writesUntilCrash = writes;
        crashAfterWrite = after;
    }

    void noCrash() {
        writesUntilCrash = Integer.MAX_VALUE;
    }

    List<Event> events() {
        return events;
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.values().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Override
    public void create(HasMetadata object) {
        write(() -> put(object));
    }

    /** Somebody else than the operator creates an object. */
    void put(HasMetadata object) {
        if (objects.containsKey(key(object))) {
            throw outdated(object);
        }
        var uid = "uid-" + events.size();
        var made = clock.instant().toString();
        store(object, meta -> meta.withUid(uid).withGeneration(1L).withCreationTimestamp(made));
    }

    @Override
    public void replace(HasMetadata next) {
        write(() -> {
            var there = current(next);
            store(next, meta -> meta.withUid(there.getUid()).withCreationTimestamp(there.getCreationTimestamp()));
        });
    }

    @Override
    public void delete(HasMetadata seen) {
        write(() -> {
            if (objects.containsKey(key(seen))) {
                current(seen);
                remove(seen);
            }
        });
    }

    /** Somebody else than the operator deletes an object. */
    void remove(HasMetadata object) {
        tell(new Event(objects.remove(key(object)), true));
    }

    /** A status is written where it differs, if its object is still the one that was seen. */
    void report(RootRotation seen, RootRotationStatus status) {
        if (!status.equals(seen.getStatus()) && objects.get(key(seen)) == seen) {
            var next = (RootRotation) withMetadata(seen, seen.getMetadata());
            next.setStatus(status);
            store(next, _ -> {});
        }
    }

    @Override
    public <T extends HasMetadata> Optional<T> find(Class<T> type, String namespace, String name) {
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public List<Secret> secrets(FactoryRef factory) {
        return all(Secret.class).stream()
                .filter(object -> Optional.ofNullable(object.getMetadata().getLabels())
                        .filter(labels -> factory.name().equals(labels.get(Names.FACTORY)))
                        .isPresent())
                .toList();
    }

    private void write(Runnable write) {
        var crashes = writesUntilCrash-- == 0;
        if (!crashes || crashAfterWrite) {
            write.run();
        }
        if (crashes) {
            throw new Crash();
        }
    }

    private ObjectMeta current(HasMetadata seen) {
        return Optional.ofNullable(objects.get(key(seen)))
                .map(HasMetadata::getMetadata)
                .filter(there ->
                        there.getResourceVersion().equals(seen.getMetadata().getResourceVersion()))
                .orElseThrow(() -> outdated(seen));
    }

    private void store(HasMetadata object, Consumer<ObjectMetaBuilder> change) {
        var meta = new ObjectMetaBuilder(object.getMetadata()).withResourceVersion(Integer.toString(events.size() + 1));
        change.accept(meta);
        var stored = withMetadata(object, meta.build());
        objects.put(key(stored), stored);
        tell(new Event(stored, false));
    }

    private void tell(Event event) {
        events.add(event);
        watch.accept(event);
    }

    private static HasMetadata withMetadata(HasMetadata object, ObjectMeta meta) {
        return switch (object) {
            case ConfigMap map -> new ConfigMapBuilder(map).withMetadata(meta).build();
            case Secret secret -> new SecretBuilder(secret).withMetadata(meta).build();
            case RootRotation rotation -> {
                var copy = new RootRotation();
                copy.setMetadata(meta);
                copy.setSpec(rotation.getSpec());
                copy.setStatus(rotation.getStatus());
                yield copy;
            }
            case Target target -> {
                var copy = new Target();
                copy.setMetadata(meta);
                copy.setSpec(target.getSpec());
                yield copy;
            }
            default -> throw new IllegalArgumentException(object.getKind());
        };
    }

    private static KubernetesClientException outdated(HasMetadata object) {
        return new KubernetesClientException(object.getMetadata().getName(), HttpURLConnection.HTTP_CONFLICT, null);
    }

    private static String key(HasMetadata object) {
        return object.getKind() + '/' + object.getMetadata().getName();
    }
}
