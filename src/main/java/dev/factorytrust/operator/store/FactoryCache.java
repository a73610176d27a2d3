package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An informer's store that also keeps its objects by the Factory they belong to, and says which Factory changed.
 *
 * <p>Why not the informer's own index: in Fabric8 7.6.1 an object that is being updated is missing from its index for a
 * moment (fabric8 issue 7265), and a Target that looks absent would be taken off every device. Here an update is one
 * atomic replacement.
 */
public final class FactoryCache<T extends HasMetadata> implements ItemStore<T> {

    private final Function<T, Optional<FactoryRef>> owner;
    private final Consumer<FactoryRef> changed;
    private final Map<String, T> all = new ConcurrentHashMap<>();
    private final Map<FactoryRef, Map<String, T>> byFactory = new ConcurrentHashMap<>();

    /**
     * @param owner the Factory that an object belongs to, if any
     * @param changed told after each change; runs on the informer's thread, so it must only take note
     */
    public FactoryCache(Function<T, Optional<FactoryRef>> owner, Consumer<FactoryRef> changed) {
        this.owner = owner;
        this.changed = changed;
    }

    /** The Factory named by label {@code factory-trust.dev/factory}, in the object's own namespace. */
    public static Optional<FactoryRef> byLabel(HasMetadata object) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map(labels -> labels.get(Names.FACTORY))
                .map(name -> new FactoryRef(object.getMetadata().getNamespace(), name));
    }

    /** What belongs to the Factory, by object name: a snapshot of this moment. */
    public Map<String, T> of(FactoryRef factory) {
        var group = byFactory.get(factory);
        return group == null ? Map.of() : Map.copyOf(group);
    }

    public Optional<T> find(String namespace, String name) {
        return Optional.ofNullable(all.get(Cache.namespaceKeyFunc(namespace, name)));
    }

    @Override
    public String getKey(T object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public T put(String key, T object) {
        if (LenientReading.isUnreadable(object)) {
            return all.get(key);
        }
        var old = all.put(key, object);
        var name = object.getMetadata().getName();
        var now = owner.apply(object);
        var before = Optional.ofNullable(old).flatMap(owner);
        now.ifPresent(ref -> byFactory.compute(ref, (_, group) -> {
            var present = group == null ? new ConcurrentHashMap<String, T>() : group;
            present.put(name, object);
            return present;
        }));
        before.filter(ref -> !now.equals(Optional.of(ref))).ifPresent(ref -> drop(ref, name));
        Stream.concat(now.stream(), before.stream()).distinct().forEach(changed);
        return old;
    }

    @Override
    public T remove(String key) {
        var old = all.remove(key);
        if (old != null) {
            owner.apply(old).ifPresent(ref -> {
                drop(ref, old.getMetadata().getName());
                changed.accept(ref);
            });
        }
        return old;
    }

    private void drop(FactoryRef ref, String name) {
        byFactory.computeIfPresent(ref, (_, group) -> {
            group.remove(name);
            return group.isEmpty() ? null : group;
        });
    }

    @Override
    public Stream<String> keySet() {
        return all.keySet().stream();
    }

    @Override
    public Stream<T> values() {
        return all.values().stream();
    }

    @Override
    public T get(String key) {
        return all.get(key);
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public boolean isFullState() {
        return true;
    }
}
