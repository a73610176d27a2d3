package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.ViewFeed;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * The devices, and the server that they poll: a standby replica that follows the cluster write by write. Of every state
 * that a device ever reached one stays behind at it, and each polls again whenever another view is served.
 */
final class Field implements AutoCloseable {

    /** Most stories have most of their updates in common. */
    private static final Map<String, Experience> EXPERIENCES = new ConcurrentHashMap<>();

    /** So long at least is kept what a timestamp reaches. */
    private static final Duration SLOWEST = Duration.ofHours(1);

    /** What caches before the devices may keep: half of the overlap that is the default. */
    private static final Duration CACHED = Duration.ofMinutes(30);

    private static final int STAY_BEHIND = 6;

    private final FactoryRef factory;
    private final Dialect dialect;
    private final Experience experience;
    private final FactoryCache<ConfigMap> replica = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final ConcurrentLinkedQueue<Map<String, Bytes>> flips = new ConcurrentLinkedQueue<>();
    private final ViewFeed server;
    private final Set<DeviceState> devices = new LinkedHashSet<>();
    private final Supplier<Duration> passed;
    private final Deque<Left> left = new ArrayDeque<>();
    private Map<String, Bytes> served = Map.of();
    private boolean hurried;

    /**
     * @param passed how much time has passed, whatever clocks say
     * @param before the same devices in the cluster that this one is a copy of
     */
    Field(
            InMemoryCluster cluster,
            FactoryRef factory,
            Dialect dialect,
            Supplier<Duration> passed,
            Optional<Field> before) {
        before.ifPresent(this::takeOver);
        this.factory = factory;
        this.dialect = dialect;
        this.experience = EXPERIENCES.computeIfAbsent(dialect.id(), _ -> new Experience(dialect));
        this.passed = passed;
        server = new ViewFeed(
                new MetadataStore(cluster, replica, _ -> trustedRoot(cluster)),
                new ViewFeed.Sink() {
                    @Override
                    public void publish(FactoryRef ref, Map<String, Bytes> files, Map<String, Long> newest) {
                        flips.add(Map.copyOf(files));
                    }

                    @Override
                    public void remove(FactoryRef ref) {
                        flips.add(Map.of());
                    }

                    @Override
                    public void unwatched(String namespace) {}

                    @Override
                    public void watched(String namespace) {}
                },
                (_, _) -> {});
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

    private Optional<String> trustedRoot(InMemoryCluster cluster) {
        return cluster.find(Factory.class, factory.name())
                .map(Factory::getStatus)
                .map(FactoryStatus::trustedRootSha256);
    }

    private void takeOver(Field before) {
        devices.addAll(before.devices);
        left.addAll(before.left);
        served = before.served;
        hurried = before.hurried;
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
        for (var version = oldest(served); served.containsKey(version + ".root.json"); version++) {
            devices.add(DeviceState.fresh(served.get(version + ".root.json")));
        }
        for (var device : List.copyOf(devices)) {
            devices.add(update(device));
            if (before.containsKey("timestamp.json") && !(hurried && isRootNewer(before))) {
                betweenFlips(device, before, served);
                if (!dialect.rules().consistentSnapshot()) {
                    // Of two replicas, one flips first. Where names carry versions, the other waits for what it lacks
                    // yet.
                    betweenFlips(device, served, before);
                }
            }
        }
        slowPolls();
        left.add(new Left(before, passed.get()));
        // Who stays behind at one of the last few moments stands for those at all before.
        while (devices.size() > STAY_BEHIND) {
            devices.remove(devices.iterator().next());
        }
        while (left.size() > STAY_BEHIND) {
            left.removeFirst();
        }
    }

    /** What devices are born with: root 1, unless the fleet was imported without it. */
    private static long oldest(Map<String, Bytes> view) {
        return roots(view).min().orElse(1);
    }

    private static LongStream roots(Map<String, Bytes> view) {
        return view.keySet().stream()
                .filter(name -> name.endsWith(".root.json"))
                .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))));
    }

    private static DeviceState born(Map<String, Bytes> view) {
        return DeviceState.fresh(view.get(oldest(view) + ".root.json"));
    }

    /** A view that was served until then. */
    private record Left(Map<String, Bytes> view, Duration at) {}

    /** A device on a bad line may have begun on any view of the last hour, and goes on with this one. */
    private void slowPolls() {
        left.removeIf(old -> old.at().plus(SLOWEST).compareTo(passed.get()) < 0);
        left.stream()
                .filter(old -> old.view().containsKey("timestamp.json") && !(hurried && isRootNewer(old.view())))
                .forEach(old -> {
                    betweenFlips(born(old.view()), old.view(), served);
                    if (old.at().plus(CACHED).compareTo(passed.get()) > 0) {
                        throughCaches(old.view());
                    }
                });
    }

    /**
     * A cache may keep either half of an old view: the timestamp, or that the next root wasn't there. Where names carry no
     * version, it may keep nothing but roots.
     */
    private void throughCaches(Map<String, Bytes> old) {
        var device = born(served);
        update(device, (_, name) -> name.endsWith(".root.json") ? find(old, name) : find(served, name));
        if (dialect.rules().consistentSnapshot()) {
            update(device, (_, name) -> find(old, name).or(() -> find(served, name)));
        }
    }

    /**
     * From now on root and metadata may change in one commit. Who has begun to read before it is refused once: the price of
     * a key that must not be trusted for a moment more, or that is gone.
     */
    void mayBeHurried() {
        hurried = true;
    }

    private boolean isRootNewer(Map<String, Bytes> before) {
        return served.keySet().stream().anyMatch(name -> name.endsWith(".root.json") && !before.containsKey(name));
    }

    /** After any request a device that has begun on one view may be served another. */
    private void betweenFlips(DeviceState device, Map<String, Bytes> first, Map<String, Bytes> then) {
        for (var requests = 1; ; requests++) {
            var fromFirst = requests;
            var update = experience.update(device, (count, name) -> find(count < fromFirst ? first : then, name));
            update.refusal()
                    .filter(why -> !isTorn(why, first, then) && !isBetween(update.device(), first, then))
                    .ifPresent(why -> {
                        throw stranded(device, why);
                    });
            devices.add(update.device());
            // Whatever it has of the one view and of the other, its next poll must do.
            update.refusal().ifPresent(_ -> devices.add(update(update.device())));
            if (update.asked() < requests) {
                return;
            }
        }
    }

    /**
     * Whether a file was refused because it isn't of the same view as the one that names it: where names carry no version,
     * who has begun on one view can't go on with that. It costs him this one poll.
     */
    private boolean isTorn(VerificationException why, Map<String, Bytes> first, Map<String, Bytes> then) {
        var name = why.role() + ".json";
        return !dialect.rules().consistentSnapshot()
                && (why.role().equals(RoleName.SNAPSHOT.value()) || why.role().equals(RoleName.TARGETS.value()))
                && !find(first, name).equals(find(then, name));
    }

    /** Of roots that come together, a device may get the first of one view, and of another that there is no second. */
    private boolean isBetween(DeviceState device, Map<String, Bytes> first, Map<String, Bytes> then) {
        var root = dialect.decode(Root.class, device.root()).metadata().version();
        return root > Math.min(newest(first), newest(then)) && root < Math.max(newest(first), newest(then));
    }

    private static long newest(Map<String, Bytes> view) {
        return roots(view).max().orElse(0);
    }

    private DeviceState update(DeviceState device) {
        return update(device, (_, name) -> find(served, name)).device();
    }

    private Experience.Update update(DeviceState device, Experience.Answers answers) {
        var update = experience.update(device, answers);
        update.refusal().ifPresent(why -> {
            throw stranded(device, why);
        });
        return update;
    }

    private static Optional<Bytes> find(Map<String, Bytes> view, String name) {
        return Optional.ofNullable(view.get(name));
    }

    /** Every device updates by a clock that shows {@code now}: nothing that it is served is expired. */
    void allUpdate(Instant now) {
        devices.forEach(device -> {
            try {
                ClientWorkflow.update(dialect, device, name -> find(served, name), now);
            } catch (VerificationException e) {
                throw stranded(device, e);
            }
        });
    }

    private AssertionError stranded(DeviceState device, VerificationException why) {
        var root = dialect.decode(Root.class, device.root()).metadata().version();
        return new AssertionError("invariant 1: a device with root " + root + " is stranded", why);
    }

    @Override
    public void close() {
        server.close();
    }
}
