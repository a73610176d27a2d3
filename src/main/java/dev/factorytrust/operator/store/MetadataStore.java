package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The one place that reads and writes metadata ConfigMaps.
 *
 * <p>Reads come from one informer, which runs on standbys too. Writes are compare-and-swap: an object that is named by
 * version is created or not at all, the timestamp is replaced only if nobody else has replaced it. A write that loses
 * throws {@link PlanOutdatedException} and is never tried again: whoever planned it must look at the new state first.
 */
public final class MetadataStore {

    private final ApiServer api;
    private final FactoryCache<ConfigMap> cache;
    private final int largest;
    private final Function<FactoryRef, Optional<String>> trusted;
    private final Map<FactoryRef, Memory> memories = new ConcurrentHashMap<>();
    private final RootKeyIndex rootKeys = new RootKeyIndex();

    /** What stands at names of ours without our label, so that no informer tells of it: known since a write met it. */
    private final Map<FactoryRef, Map<String, ConfigMap>> foreign = new ConcurrentHashMap<>();

    /** @param trusted the digest of the root that devices began with, as the Factory's status says; empty before that */
    public MetadataStore(ApiServer api, FactoryCache<ConfigMap> cache, Function<FactoryRef, Optional<String>> trusted) {
        this(api, cache, trusted, Names.LARGEST_FILE);
    }

    /** @param largest the most bytes of content in one object: what has more is stored in parts */
    public MetadataStore(
            ApiServer api, FactoryCache<ConfigMap> cache, Function<FactoryRef, Optional<String>> trusted, int largest) {
        this.api = api;
        this.cache = cache;
        this.trusted = trusted;
        this.largest = largest;
    }

    /**
     * What is stored for a Factory, as of the informer, and what it amounts to.
     *
     * @param dialect that it is stored in, whatever a Factory of that name declares; empty where nothing tells
     */
    public record Look(StoredMetadata stored, Optional<Dialect> dialect, Roots roots, Reading reading) {}

    /** The newest state that held, and the digest of the root that its devices began with. */
    private record Good(Reading.Published published, Optional<String> firstRoot) {}

    /** What the last look at a Factory saw. */
    private record Memory(Look look, Optional<Good> good) {}

    /**
     * Reads and verifies what is stored, and remembers it if it holds and isn't older than what held before. One look at
     * a Factory at a time: of two, the one that began with older objects would take the other's for a replay. Where nothing
     * has changed since the last look, that one holds still.
     */
    public Look look(FactoryRef factory) {
        return memories.compute(factory, (_, memory) -> {
                    var before = Optional.ofNullable(memory);
                    var stored =
                            new StoredMetadata(factory, withForeign(factory), largest, before.map(seen -> seen.look()
                                    .stored()));
                    var root = trusted.apply(factory);
                    var good = before.flatMap(
                            seen -> ofFleet(root.or(() -> first(seen.look().roots())), seen.good()));
                    return before.filter(seen -> seen.good().equals(good)
                                    && seen.look().stored().hasSameObjects(stored))
                            .orElseGet(() -> look(stored, root, good));
                })
                .look();
    }

    /**
     * What was seen under the name may be another fleet's: its Factory was deleted with all that it had, and the name taken
     * again. Where status doesn't tell yet, what is stored does.
     */
    private static Optional<Good> ofFleet(Optional<String> firstRoot, Optional<Good> good) {
        return good.filter(seen -> firstRoot.equals(seen.firstRoot()));
    }

    private static Optional<String> first(Roots roots) {
        return roots.oldest().map(root -> root.file().sha256());
    }

    private Memory look(StoredMetadata stored, Optional<String> root, Optional<Good> good) {
        var known = stored.dialect();
        // What is in no dialect that is known holds in none.
        var dialect = known.orElseGet(Dialects.all()::getFirst);
        var roots = Roots.of(dialect, stored);
        var first = first(roots);
        var lastGood = (first.isPresent() ? ofFleet(root.or(() -> first), good) : good).map(Good::published);
        var reading = lastGood.filter(
                        before -> before.repository().dialect().id().equals(dialect.id()))
                .filter(before -> isUntouched(before, stored))
                .<Reading>map(before -> before)
                .orElseGet(() -> notOlder(Reading.of(dialect, stored, roots), stored.factory(), lastGood));
        rootKeys.look(stored.factory(), roots);
        return new Memory(
                new Look(stored, known, roots, reading),
                reading instanceof Reading.Published published && (root.isEmpty() || root.equals(first))
                        ? Optional.of(new Good(
                                lastGood.map(before -> remembering(before, published))
                                        .orElse(published),
                                first))
                        : ofFleet(root.or(() -> first), good));
    }

    /**
     * A name with a version never gets another content. Where it has, and everything that is signed holds all the same, what
     * the operator recorded beside it was replaced: the first is remembered, and put back.
     */
    private static Reading.Published remembering(Reading.Published before, Reading.Published now) {
        var objects = new HashMap<>(now.reached());
        objects.replaceAll(
                (name, object) -> Optional.ofNullable(before.reached().get(name))
                        .filter(first -> Boolean.TRUE.equals(first.getImmutable()))
                        .filter(first -> !StoredMetadata.haveSameContent(first, object))
                        .orElse(object));
        return new Reading.Published(now.repository(), objects);
    }

    /**
     * Whether all that it was read from is the same: what else came or went, such as the parts of the next version one by
     * one, doesn't change what devices are served, and megabytes aren't read again.
     */
    private static boolean isUntouched(Reading.Published published, StoredMetadata stored) {
        return published.reached().entrySet().stream().allMatch(entry -> stored.find(entry.getKey())
                .filter(object -> object == entry.getValue())
                .isPresent());
    }

    private Map<String, ConfigMap> withForeign(FactoryRef factory) {
        var others = foreign.getOrDefault(factory, Map.of());
        if (others.isEmpty()) {
            return cache.of(factory);
        }
        var all = new HashMap<>(others);
        all.putAll(cache.of(factory));
        return all;
    }

    private static Reading notOlder(Reading reading, FactoryRef factory, Optional<Reading.Published> lastGood) {
        return reading instanceof Reading.Published published
                ? lastGood.filter(before -> version(published) < version(before))
                        .<Reading>map(before -> new Reading.RolledBack(
                                version(published), before.reached().get(Names.timestamp(factory.name()))))
                        .orElse(reading)
                : reading;
    }

    /** Which Factories' root keys are known from their roots. */
    public RootKeyIndex rootKeys() {
        return rootKeys;
    }

    private static long version(Reading.Published published) {
        return published.repository().timestamp().metadata().version();
    }

    /** The newest state that was seen to hold, whatever has happened to its objects since. */
    public Optional<Reading.Published> lastGood(FactoryRef factory) {
        return Optional.ofNullable(memories.get(factory)).flatMap(Memory::good).map(Good::published);
    }

    public void forget(FactoryRef factory) {
        memories.remove(factory);
        rootKeys.forget(factory);
        foreign.remove(factory);
    }

    /** The timestamp object as the API server has it now: plans are made on the informer's, which may lag. */
    public Optional<ConfigMap> liveTimestamp(FactoryRef factory) {
        return api.find(ConfigMap.class, factory.namespace(), Names.timestamp(factory.name()));
    }

    /**
     * Creates an immutable object; where it is too large for one, its parts, and last the head that lists them.
     *
     * @throws PlanOutdatedException when the name is taken
     * @throws NameTakenException when it is taken for good, by an object of somebody else's that can't be passed over
     */
    public void create(ConfigMap object) {
        PartedObjects.of(object, largest).forEach(this::createOne);
    }

    private void createOne(ConfigMap object) {
        try {
            PlanOutdatedException.swap(object.getMetadata().getName(), () -> api.create(object));
        } catch (PlanOutdatedException taken) {
            var factory = FactoryCache.byLabel(object).orElseThrow();
            var there = api.find(
                    ConfigMap.class, factory.namespace(), object.getMetadata().getName());
            there.filter(other -> !FactoryCache.byLabel(other).equals(Optional.of(factory)))
                    .ifPresent(other -> takeNote(factory, other));
            if (there.filter(other -> isSamePart(other, object)).isEmpty()) {
                throw taken;
            }
        }
    }

    /** A part has no meaning of its own: an import that was cut off goes on with those that are there. */
    private static boolean isSamePart(ConfigMap there, ConfigMap wanted) {
        return wanted.getBinaryData() != null
                && wanted.getBinaryData().containsKey(Names.PART)
                && wanted.getBinaryData().equals(there.getBinaryData())
                && wanted.getMetadata().getLabels().equals(there.getMetadata().getLabels());
    }

    /** From now on it is seen as a planted object is: passed over by version, or removed from a name that has none. */
    private void takeNote(FactoryRef factory, ConfigMap other) {
        var name = other.getMetadata().getName();
        if (name.equals(Names.timestamp(factory.name()))) {
            throw new NameTakenException("ConfigMap", name, factory);
        }
        foreign.computeIfAbsent(factory, _ -> new ConcurrentHashMap<>()).put(name, other);
    }

    /**
     * Replaces the timestamp object, under the resourceVersion that {@code next} carries.
     *
     * @throws PlanOutdatedException when it was written or deleted meanwhile
     */
    public void replaceTimestamp(ConfigMap next) {
        PlanOutdatedException.swap(next.getMetadata().getName(), () -> api.replace(next));
    }

    /** Deletes exactly the object that was seen, not one that took its name since. Gone or changed already: left. */
    public void delete(ConfigMap seen) {
        var name = seen.getMetadata().getName();
        foreign.values().forEach(objects -> objects.remove(name, seen));
        try {
            api.delete(seen);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /** An immutable object named by its role and version. */
    public static ConfigMap versioned(FactoryRef factory, Dialect dialect, RoleName role, long version, Bytes file) {
        return builder(factory, dialect, Names.metadata(factory.name(), role, version), role)
                .editMetadata()
                .addToLabels(Names.VERSION, Long.toString(version))
                .endMetadata()
                .withImmutable(true)
                .withBinaryData(Map.of(Names.metadataEntry(role), file.base64()))
                .build();
    }

    /** The commit point before anything is committed: from here on, a missing timestamp is never a fresh start. */
    public static ConfigMap emptyTimestamp(FactoryRef factory, Dialect dialect) {
        return builder(factory, dialect, Names.timestamp(factory.name()), RoleName.TIMESTAMP)
                .editMetadata()
                .addToAnnotations(Names.ROOT_VERSION, "0")
                .endMetadata()
                .build();
    }

    /**
     * The commit point with a new timestamp and annotations, still carrying the resourceVersion it was planned on. What is
     * annotated already stays, but for an overlap: it ends where it isn't carried on.
     */
    public static ConfigMap timestamp(ConfigMap seen, Bytes file, Map<String, String> annotations) {
        var all = new HashMap<>(
                Optional.ofNullable(seen.getMetadata().getAnnotations()).orElse(Map.of()));
        all.remove(Names.OVERLAP_SINCE);
        all.putAll(annotations);
        return new ConfigMapBuilder(seen)
                .editMetadata()
                .withManagedFields()
                .withAnnotations(all)
                .endMetadata()
                .withBinaryData(Map.of(Names.metadataEntry(RoleName.TIMESTAMP), file.base64()))
                .build();
    }

    /** The same, of a chain of roots that doesn't start at 1; said by the commit point and, should that be lost, by the first root. */
    public static ConfigMap startingAt(ConfigMap object, long firstRoot) {
        return firstRoot == 1
                ? object
                : new ConfigMapBuilder(object)
                        .editMetadata()
                        .addToAnnotations(Names.FIRST_ROOT, Long.toString(firstRoot))
                        .endMetadata()
                        .build();
    }

    private static ConfigMapBuilder builder(FactoryRef factory, Dialect dialect, String name, RoleName role) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(factory.namespace())
                .addToLabels(Names.FACTORY, factory.name())
                .addToLabels(Names.ROLE, role.value())
                .addToAnnotations(Names.DIALECT, dialect.id())
                .endMetadata();
    }
}
