package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The objects of one namespace as etcd holds them, and the API server's rules that the operator relies on: a name is
 * taken once, a replacement or deletion names the resourceVersion it was made from, immutable is immutable.
 */
final class InMemoryCluster implements ApiServer {

    static final String NAMESPACE = "fleet";

    /** One change, as a watch would tell it; {@code after} is empty for a deletion. */
    record Change(Optional<HasMetadata> before, Optional<HasMetadata> after) {}

    private final SortedMap<String, HasMetadata> objects = new TreeMap<>();
    private final List<Consumer<Change>> watchers = new ArrayList<>();
    private final InstantSource clock;
    private long resourceVersion;

    InMemoryCluster(InstantSource clock) {
        this.clock = clock;
    }

    /** The same objects in a cluster of their own, which nobody watches yet. */
    InMemoryCluster copy(InstantSource clock) {
        var copy = new InMemoryCluster(clock);
        copy.objects.putAll(objects);
        copy.resourceVersion = resourceVersion;
        return copy;
    }

    void watch(Consumer<Change> watcher) {
        watchers.add(watcher);
    }

    /** Grows with every change. */
    long revision() {
        return resourceVersion;
    }

    <T extends HasMetadata> Stream<T> all(Class<T> kind) {
        return List.copyOf(objects.values()).stream().filter(kind::isInstance).map(kind::cast);
    }

    <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
        return Optional.ofNullable(objects.get(key(kind.getSimpleName(), name))).map(kind::cast);
    }

    @Override
    public <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
        return find(kind, name);
    }

    @Override
    public <T extends HasMetadata> List<T> labelled(Class<T> kind, String namespace, String label, String value) {
        return all(kind)
                .filter(object -> Optional.ofNullable(object.getMetadata().getLabels())
                        .filter(labels -> value.equals(labels.get(label)))
                        .isPresent())
                .toList();
    }

    @Override
    public void create(HasMetadata object) {
        if (objects.containsKey(key(object))) {
            throw refused(409, object, "already exists");
        }
        var created = Serialization.clone(object);
        created.getMetadata().setUid("uid-" + (resourceVersion + 1));
        created.getMetadata()
                .setCreationTimestamp(
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        created.getMetadata().setGeneration(1L);
        store(created);
    }

    @Override
    public void replace(HasMetadata next) {
        var seen = objects.get(key(next));
        if (seen == null) {
            throw refused(404, next, "not found");
        }
        requireUnchanged(seen, next);
        if (seen instanceof ConfigMap before
                && next instanceof ConfigMap after
                && Boolean.TRUE.equals(before.getImmutable())
                && !Objects.equals(before.getBinaryData(), after.getBinaryData())) {
            throw refused(422, next, "is immutable");
        }
        store(Serialization.clone(next));
    }

    @Override
    public void delete(HasMetadata seen) {
        var there = objects.get(key(seen));
        if (there != null) {
            requireUnchanged(there, seen);
            if (there.getMetadata().getFinalizers().isEmpty()) {
                remove(there);
            } else if (!there.isMarkedForDeletion()) {
                var marked = Serialization.clone(there);
                marked.getMetadata().setDeletionTimestamp(clock.instant().toString());
                marked.getMetadata().setGeneration(marked.getMetadata().getGeneration() + 1);
                store(marked);
            }
        }
    }

    private void remove(HasMetadata object) {
        objects.remove(key(object));
        resourceVersion++;
        tell(new Change(Optional.of(object), Optional.empty()));
    }

    @Override
    public void setFinalizers(HasMetadata seen, List<String> finalizers) {
        var there = objects.get(key(seen));
        if (there == null) {
            throw refused(404, seen, "not found");
        }
        requireUnchanged(there, seen);
        var next = Serialization.clone(there);
        next.getMetadata().setFinalizers(finalizers);
        if (next.isMarkedForDeletion() && finalizers.isEmpty()) {
            remove(there);
        } else {
            store(next);
        }
    }

    /** Gone whatever it has become: how people delete. */
    void delete(Class<? extends HasMetadata> kind, String name) {
        find(kind, name).ifPresent(this::delete);
    }

    /** Somebody edits what he has just read; a spec that became another is another generation. */
    <T extends HasMetadata> void edit(Class<T> kind, String name, Consumer<T> change) {
        var edited = Serialization.clone(find(kind, name).orElseThrow());
        change.accept(edited);
        edited.getMetadata().setGeneration(edited.getMetadata().getGeneration() + 1);
        store(edited);
    }

    /** As server-side apply of a status does: under no resourceVersion, and no new generation. */
    <S, T extends CustomResource<?, S>> void applyStatus(T resource, S status) {
        Optional.ofNullable(objects.get(key(resource))).ifPresent(there -> {
            @SuppressWarnings("unchecked")
            var next = (T) Serialization.clone(there);
            next.setStatus(Serialization.clone(status));
            store(next);
        });
    }

    private void store(HasMetadata object) {
        object.getMetadata().setResourceVersion(Long.toString(++resourceVersion));
        var before = Optional.ofNullable(objects.put(key(object), object));
        tell(new Change(before, Optional.of(object)));
    }

    private void tell(Change change) {
        watchers.forEach(watcher -> watcher.accept(change));
    }

    private static void requireUnchanged(HasMetadata there, HasMetadata seen) {
        if (!version(there).equals(version(seen))) {
            throw refused(409, seen, "has been modified");
        }
    }

    private static String version(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata())
                .map(ObjectMeta::getResourceVersion)
                .orElse("");
    }

    private static KubernetesClientException refused(int code, HasMetadata object, String why) {
        return new KubernetesClientException(key(object) + ' ' + why, code, null);
    }

    static String key(HasMetadata object) {
        return key(object.getClass().getSimpleName(), object.getMetadata().getName());
    }

    private static String key(String kind, String name) {
        return kind + ' ' + name;
    }
}
