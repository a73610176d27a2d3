package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The informers that fill this package's caches: one per kind and scope, running on standbys too. */
public final class Informers implements AutoCloseable {

    private final List<Feed<?, ?>> feeds = new ArrayList<>();
    private final Map<Optional<String>, List<? extends SharedIndexInformer<?>>> scopes = new HashMap<>();
    private final Runnable died;
    private boolean closed;

    /** @param died called when an informer stops by itself: what it fed is out of date from then on */
    public Informers(Runnable died) {
        this.died = died;
    }

    /** Only before the first start: of this kind the objects that carry the label fill the cache. */
    public <T extends HasMetadata, L extends KubernetesResourceList<T>> void feed(
            MixedOperation<T, L, Resource<T>> kind, String label, FactoryCache<T> cache) {
        feeds.add(new Feed<>(kind, label, cache));
    }

    /**
     * Starts all of these scopes together and waits until each has listed what there is.
     *
     * @param added namespaces, or empty for all of them
     * @throws RuntimeException if the API server can't be reached or refuses: then none of these runs
     */
    public void start(List<Optional<String>> added) {
        added.forEach(this::prepare);
        try {
            CompletableFuture.allOf(added.stream()
                            .flatMap(scope -> of(scope).stream())
                            .map(informer -> informer.start().toCompletableFuture())
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (RuntimeException e) {
            added.forEach(this::stop);
            throw e;
        }
        added.forEach(scope -> of(scope).forEach(informer -> informer.stopped().whenComplete((_, _) -> {
            if (!of(scope).isEmpty()) {
                died.run();
            }
        })));
    }

    private synchronized void prepare(Optional<String> scope) {
        if (closed) {
            throw new IllegalStateException("The informers are closed");
        }
        scopes.put(scope, feeds.stream().map(feed -> feed.in(scope)).toList());
    }

    /** Those that are to run: none once they are stopped. */
    private synchronized List<? extends SharedIndexInformer<?>> of(Optional<String> scope) {
        return scopes.getOrDefault(scope, List.of());
    }

    public synchronized void stop(Optional<String> scope) {
        var informers = of(scope);
        scopes.remove(scope);
        informers.forEach(SharedIndexInformer::stop);
    }

    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(scopes.keySet()).forEach(this::stop);
    }

    private record Feed<T extends HasMetadata, L extends KubernetesResourceList<T>>(
            MixedOperation<T, L, Resource<T>> kind, String label, FactoryCache<T> cache) {

        SharedIndexInformer<T> in(Optional<String> scope) {
            FilterWatchListDeletable<T, L, Resource<T>> selected = scope.isPresent()
                    ? kind.inNamespace(scope.get()).withLabel(label)
                    : kind.inAnyNamespace().withLabel(label);
            ItemStore<T> store = scope.<ItemStore<T>>map(namespace -> new NamespaceView<>(cache, namespace))
                    .orElse(cache);
            return selected.runnableInformer(0).itemStore(store);
        }
    }
}
