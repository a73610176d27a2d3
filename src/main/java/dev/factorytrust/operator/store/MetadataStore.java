package dev.factorytrust.operator.store;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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
    private final Map<FactoryRef, Reading.Published> lastGood = new ConcurrentHashMap<>();

    public MetadataStore(ApiServer api, FactoryCache<ConfigMap> cache) {
        this.api = api;
        this.cache = cache;
    }

    /** What is stored for the Factory, as of the informer. */
    public StoredMetadata stored(FactoryRef factory) {
        return new StoredMetadata(factory, cache.of(factory));
    }

    /** Reads and verifies what is stored, and remembers it if it holds and isn't older than what held before. */
    public Reading read(StoredMetadata stored, Roots roots, Dialect dialect) {
        return switch (Reading.of(dialect, stored, roots)) {
            case Reading.Published published -> {
                var before = lastGood.get(stored.factory());
                if (before != null && version(published) < version(before)) {
                    yield new Reading.Faulty(
                            "ConfigMap " + Names.timestamp(stored.factory().name()),
                            "version " + version(published) + " is stored where version " + version(before)
                                    + " was seen before",
                            roots.chain());
                }
                lastGood.put(stored.factory(), published);
                yield published;
            }
            case Reading.Unpublished unpublished -> unpublished;
            case Reading.Faulty faulty -> faulty;
        };
    }

    private static long version(Reading.Published published) {
        return published.repository().timestamp().metadata().version();
    }

    /** The newest state that was seen to hold, whatever has happened to its objects since. */
    public Optional<Reading.Published> lastGood(FactoryRef factory) {
        return Optional.ofNullable(lastGood.get(factory));
    }

    public void forget(FactoryRef factory) {
        lastGood.remove(factory);
    }

    /** The timestamp object as the API server has it now: plans are made on the informer's, which may lag. */
    public Optional<ConfigMap> liveTimestamp(FactoryRef factory) {
        return api.find(ConfigMap.class, factory.namespace(), Names.timestamp(factory.name()));
    }

    /**
     * Creates an immutable object.
     *
     * @throws PlanOutdatedException when the name is taken
     */
    public void create(ConfigMap object) {
        swap(object, () -> api.create(object));
    }

    /**
     * Replaces the timestamp object, under the resourceVersion that {@code next} carries.
     *
     * @throws PlanOutdatedException when it was written or deleted meanwhile
     */
    public void replaceTimestamp(ConfigMap next) {
        swap(next, () -> api.replace(next));
    }

    /** Deletes exactly the object that was seen, not one that took its name since. Gone or changed already: left. */
    public void delete(ConfigMap seen) {
        try {
            api.delete(seen);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private static void swap(ConfigMap object, Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new PlanOutdatedException(object.getMetadata().getName(), e);
            }
            throw e;
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

    /** The commit point with a new timestamp and annotations, still carrying the resourceVersion it was planned on. */
    public static ConfigMap timestamp(ConfigMap seen, Bytes file, Map<String, String> annotations) {
        var all = new HashMap<>(
                Optional.ofNullable(seen.getMetadata().getAnnotations()).orElse(Map.of()));
        all.putAll(annotations);
        return new ConfigMapBuilder(seen)
                .editMetadata()
                .withManagedFields()
                .withAnnotations(all)
                .endMetadata()
                .withBinaryData(Map.of(Names.metadataEntry(RoleName.TIMESTAMP), file.base64()))
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
