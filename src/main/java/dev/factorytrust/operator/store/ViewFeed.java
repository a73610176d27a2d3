package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ObjLongConsumer;

/**
 * Brings verified states to the server, on every replica. A state that doesn't hold never replaces one that did; where
 * none ever did, devices are served the roots that could be verified, so that they can follow the next cure.
 */
public final class ViewFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ViewFeed.class);

    /** Where views go: the HTTP server, which knows nothing of this package. */
    public interface Sink {
        /**
         * @param files by the names that devices ask for
         * @param newest the version that each unversioned name stands for, by role
         */
        void publish(FactoryRef factory, Map<String, Bytes> files, Map<String, Long> newest);

        void remove(FactoryRef factory);

        /** What Factories there are in a namespace isn't known, until it is {@link #watched}. */
        void unwatched(String namespace);

        void watched(String namespace);
    }

    private final MetadataStore metadata;
    private final Sink sink;
    private final ObjLongConsumer<FactoryRef> served;
    private final Set<FactoryRef> waiting = ConcurrentHashMap.newKeySet();
    private final Set<FactoryRef> faulty = ConcurrentHashMap.newKeySet();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("views").daemon().factory());

    /** @param served told the version of the timestamp that devices are served from now on; 0 where they are served none */
    public ViewFeed(MetadataStore metadata, Sink sink, ObjLongConsumer<FactoryRef> served) {
        this.metadata = metadata;
        this.sink = sink;
        this.served = served;
    }

    /** Takes note that a Factory's objects changed. Cheap, as the informer's thread needs it. */
    public void changed(FactoryRef factory) {
        if (waiting.add(factory) && !thread.isShutdown()) {
            thread.execute(() -> {
                waiting.remove(factory);
                try {
                    flip(factory);
                } catch (RuntimeException e) {
                    LOG.error("{}: its view could not be made; the last one stays", factory, e);
                }
            });
        }
    }

    /** Runs {@code action} once everything noted so far has been flipped to. */
    public void afterwards(Runnable action) {
        thread.execute(action);
    }

    private void flip(FactoryRef factory) {
        var look = metadata.look(factory);
        var stored = look.stored();
        switch (look.reading()) {
            case Reading.Published(var repository, var _) -> {
                var files = new HashMap<>(repository.files());
                retained(stored, repository, RoleName.SNAPSHOT, files);
                retained(stored, repository, RoleName.TARGETS, files);
                sink.publish(
                        factory,
                        files,
                        Map.of(
                                "root", repository.root().metadata().version(),
                                "snapshot", repository.snapshot().metadata().version(),
                                "targets", repository.targets().metadata().version()));
                served.accept(factory, repository.timestamp().metadata().version());
                faulty.remove(factory);
            }
            case Reading.Faulty(var object, var problem, var verified) -> {
                if (faulty.add(factory)) {
                    LOG.error("{}: {} {}; devices are served the last state that held", factory, object, problem);
                }
                if (metadata.lastGood(factory).isEmpty() && !verified.isEmpty()) {
                    var files = new HashMap<String, Bytes>();
                    var dialect = look.dialect().orElseThrow();
                    verified.forEach(
                            (version, root) -> files.put(dialect.fileName(RoleName.ROOT, version), root.file()));
                    sink.publish(factory, files, Map.of("root", verified.lastKey()));
                    served.accept(factory, 0);
                }
            }
            case Reading.RolledBack(var version, var _) ->
                LOG.warn("{}: timestamp version {} is stored, which is older than what is served", factory, version);
            case Reading.Unpublished _ -> {
                // A view outlives the objects that it was made from, but not its fleet.
                if (metadata.lastGood(factory).isEmpty()) {
                    sink.remove(factory);
                    served.accept(factory, 0);
                    if (stored.isEmpty()) {
                        metadata.forget(factory);
                    }
                }
            }
        }
    }

    /**
     * Older versions that a device may still be on its way to, having read the timestamp a moment ago. Where names carry no
     * version, the one name is the committed version's.
     */
    private static void retained(
            StoredMetadata stored, Repository repository, RoleName role, Map<String, Bytes> files) {
        var committed = repository.role(role).metadata().version();
        stored.published(role, committed).headMap(committed, false).forEach((version, object) -> {
            var name = repository.dialect().fileName(role, version);
            if (!files.containsKey(name)) {
                stored.readable(object, Names.metadataEntry(role)).ifPresent(file -> files.put(name, file));
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
