package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.ViewFeed;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.MetadataSource;
import dev.factorytrust.tuf.verify.VerificationException;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * The devices, and the server that they poll: a standby replica that follows the cluster write by write. Of every state
 * that a device ever reached one stays behind at it, and each polls again whenever another view is served.
 */
final class Field implements AutoCloseable {

    private static final Dialect DIALECT = new StandardDialect();

    private final FactoryRef factory;
    private final FactoryCache<ConfigMap> replica = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final ConcurrentLinkedQueue<Map<String, Bytes>> flips = new ConcurrentLinkedQueue<>();
    private final ViewFeed server;
    private final Set<DeviceState> devices = new LinkedHashSet<>();
    private Map<String, Bytes> served = Map.of();
    private int polls;

    Field(InMemoryCluster cluster, FactoryRef factory) {
        this.factory = factory;
        server = new ViewFeed(new MetadataStore(cluster, replica), DIALECT, _ -> true, new ViewFeed.Sink() {
            @Override
            public void publish(FactoryRef ref, Map<String, Bytes> files, Map<String, Long> newest) {
                flips.add(Map.copyOf(files));
            }

            @Override
            public void remove(FactoryRef ref) {
                flips.add(Map.of());
            }
        });
        cluster.all(ConfigMap.class).forEach(object -> replica.put(replica.getKey(object), object));
        follow();
        cluster.watch(change -> {
            var object = change.after().or(change::before).orElseThrow();
            if (object instanceof ConfigMap configMap) {
                change.after()
                        .ifPresentOrElse(
                                _ -> replica.put(replica.getKey(configMap), configMap),
                                () -> replica.remove(replica.getKey(configMap)));
                follow();
            }
        });
    }

    /** The server flips to what is stored now, and whoever is in the field polls. */
    private void follow() {
        server.changed(factory);
        var done = new CountDownLatch(1);
        server.afterwards(done::countDown);
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (var next = flips.poll(); next != null; next = flips.poll()) {
            if (!next.equals(served)) {
                var before = served;
                served = next;
                allPoll(before);
            }
        }
    }

    private void allPoll(Map<String, Bytes> before) {
        for (var version = 1L; served.containsKey(version + ".root.json"); version++) {
            devices.add(DeviceState.fresh(served.get(version + ".root.json")));
        }
        for (var device : List.copyOf(devices)) {
            devices.add(update(device, source(served), Instant.MIN));
            if (before.containsKey("timestamp.json")) {
                betweenFlips(device, before);
            }
        }
    }

    /** A view may flip after any request of a device that has begun on the one before. */
    private void betweenFlips(DeviceState device, Map<String, Bytes> before) {
        for (var requests = 1; ; requests++) {
            var counting = new Flipping(before, served, requests);
            devices.add(update(device, counting, Instant.MIN));
            if (counting.left > 0) {
                return;
            }
        }
    }

    /** Every device updates by a clock that shows {@code now}: nothing that it is served is expired. */
    void allUpdate(Instant now) {
        devices.forEach(device -> update(device, source(served), now));
    }

    private DeviceState update(DeviceState device, MetadataSource source, Instant now) {
        polls++;
        var updated = new ArrayList<DeviceState>();
        assertThatCode(() -> updated.add(ClientWorkflow.update(DIALECT, device, source, now)))
                .as("invariant 1: a device with %s polls", versions(device))
                .doesNotThrowAnyException();
        return updated.getFirst();
    }

    private static String versions(DeviceState device) {
        try {
            return "root "
                    + DIALECT.decode(dev.factorytrust.tuf.model.Root.class, device.root())
                            .metadata()
                            .version();
        } catch (dev.factorytrust.tuf.dialect.MalformedMetadataException | VerificationException e) {
            return "an unreadable root";
        }
    }

    int polls() {
        return polls;
    }

    boolean isServed() {
        return served.containsKey("timestamp.json");
    }

    private static MetadataSource source(Map<String, Bytes> files) {
        return name -> Optional.ofNullable(files.get(name));
    }

    /** A server that answers so many requests from one view, and the rest from the next. */
    private static final class Flipping implements MetadataSource {

        private final Map<String, Bytes> before;
        private final Map<String, Bytes> after;
        private int left;

        private Flipping(Map<String, Bytes> before, Map<String, Bytes> after, int requests) {
            this.before = before;
            this.after = after;
            this.left = requests;
        }

        @Override
        public Optional<Bytes> fetch(String fileName) {
            var view = left > 0 ? before : after;
            left--;
            return Optional.ofNullable(view.get(fileName));
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
