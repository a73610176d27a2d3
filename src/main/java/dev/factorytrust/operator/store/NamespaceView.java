package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;

import java.util.stream.Stream;

/**
 * One namespace of a store that several informers fill: an informer that lists anew removes whatever its store holds and
 * its list does not, and must not find other namespaces' objects there.
 */
public record NamespaceView<T extends HasMetadata>(ItemStore<T> all, String namespace) implements ItemStore<T> {

    @Override
    public String getKey(T object) {
        return all.getKey(object);
    }

    @Override
    public T put(String key, T object) {
        return all.put(key, object);
    }

    @Override
    public T remove(String key) {
        return all.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return values().map(all::getKey);
    }

    @Override
    public Stream<T> values() {
        return all.values()
                .filter(object -> namespace.equals(object.getMetadata().getNamespace()));
    }

    @Override
    public T get(String key) {
        return all.get(key);
    }

    @Override
    public int size() {
        return Math.toIntExact(values().count());
    }

    @Override
    public boolean isFullState() {
        return all.isFullState();
    }
}
