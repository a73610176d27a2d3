package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The informers that fill this package's caches: one per kind and scope, running on standbys too. */
public final class Informers implements AutoCloseable {

    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final Runnable died;
    private volatile boolean closing;

    /** @param died called when an informer stops by itself: what it fed is out of date from then on */
    public Informers(Runnable died) {
        this.died = died;
    }

    /**
     * Prepares an informer of the objects that carry a label.
     *
     * @param scope a namespace, or empty for all of them
     */
    public <T extends HasMetadata, L extends KubernetesResourceList<T>> void watch(
            MixedOperation<T, L, Resource<T>> kind, Optional<String> scope, String label, FactoryCache<T> cache) {
        FilterWatchListDeletable<T, L, Resource<T>> selected = scope.isPresent()
                ? kind.inNamespace(scope.get()).withLabel(label)
                : kind.inAnyNamespace().withLabel(label);
        ItemStore<T> store = scope.<ItemStore<T>>map(namespace -> new NamespaceView<>(cache, namespace))
                .orElse(cache);
        informers.add(selected.runnableInformer(0).itemStore(store));
    }

    /** Starts all and waits until each has listed what there is. */
    public void start() {
        var started = informers.stream()
                .map(informer -> informer.start().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(started).join();
        informers.forEach(informer -> informer.stopped().whenComplete((_, _) -> {
            if (!closing) {
                died.run();
            }
        }));
    }

    @Override
    public void close() {
        closing = true;
        informers.forEach(SharedIndexInformer::stop);
    }
}
