package dev.factorytrust.server;

import io.micrometer.core.instrument.MeterRegistry;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All views of this process. Readers take one view per request and never wait for a writer. */
public final class RepositoryViews {

    private final MeterRegistry registry;
    private final ServingPolicy policy;
    private final Map<String, ServedRepository> views = new ConcurrentHashMap<>();
    private final Set<String> unwatched = ConcurrentHashMap.newKeySet();
    private volatile boolean synced;

    public RepositoryViews(MeterRegistry registry, ServingPolicy policy) {
        this.registry = registry;
        this.policy = policy;
    }

    /** Replaces the Factory's view at once and as a whole. Views of one Factory must come in their order. */
    public synchronized void publish(String namespace, String factory, RepositoryView view) {
        var key = namespace + "/" + factory;
        var previous = views.get(key);
        views.put(
                key,
                previous == null
                        ? ServedRepository.prepare(
                                view, Map.of(), new RootRequests(registry, namespace, factory), policy)
                        : ServedRepository.prepare(view, previous.files(), previous.rootRequests(), policy));
    }

    public synchronized void remove(String namespace, String factory) {
        var removed = views.remove(namespace + "/" + factory);
        if (removed != null) {
            removed.rootRequests().unregister();
        }
    }

    /** To be called once every Factory that existed at the start has its view; until then devices are answered 503. */
    public void markSynced() {
        synced = true;
    }

    public boolean isSynced() {
        return synced;
    }

    /** Has devices that ask for anything in the namespace answered 503: what there is, nobody knows. */
    public void markUnwatched(String namespace) {
        unwatched.add(namespace);
    }

    /** To be called once every Factory there has its view. */
    public void markWatched(String namespace) {
        unwatched.remove(namespace);
    }

    boolean isUnwatched(String namespace) {
        return unwatched.contains(namespace);
    }

    /** @param key {@code namespace/factory}, as it stands in a URL */
    Optional<ServedRepository> find(String key) {
        return Optional.ofNullable(views.get(key));
    }
}
