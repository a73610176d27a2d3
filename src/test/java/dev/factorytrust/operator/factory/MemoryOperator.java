package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.operator.store.PlanOutdatedException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** One operator process on a {@link MemoryCluster}: the real gatherer, planner, actor and stores, and its own caches. */
final class MemoryOperator {

    private final MemoryCluster cluster;
    private final FactoryCache<ConfigMap> configMaps = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final FactoryCache<Secret> keys = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final FactoryCache<Secret> signatures =
            new FactoryCache<>(secret -> labelled(secret, Names.SIGNS), _ -> {});
    private final FactoryCache<RootRotation> rotations =
            new FactoryCache<>(rotation -> owner(rotation, rotation.getSpec().factory()), _ -> {});
    private final FactoryCache<Target> targets =
            new FactoryCache<>(target -> owner(target, target.getSpec().factory()), _ -> {});
    private final MetadataStore metadata;
    private final FactoryGatherer gatherer;
    private final FactoryActor actor;
    private int seen;

    MemoryOperator(MemoryCluster cluster, InstantSource clock) {
        this.cluster = cluster;
        metadata = new MetadataStore(cluster, configMaps);
        var keyStore = new KeyStore(cluster, keys);
        gatherer = new FactoryGatherer(
                metadata, keyStore, rotations, targets, signatures, clock, Optional::empty, Duration.ZERO);
        actor = new FactoryActor(cluster, metadata, keyStore);
    }

    /** Brings the caches up to now but for the last {@code lag} events; never back. */
    MemoryOperator see(int lag) {
        for (; seen < cluster.events().size() - lag; seen++) {
            var event = cluster.events().get(seen);
            switch (event.object()) {
                case ConfigMap map -> apply(configMaps, map, event.deleted());
                case RootRotation rotation -> apply(rotations, rotation, event.deleted());
                case Target target -> apply(targets, target, event.deleted());
                case Secret secret ->
                    apply(Names.SIGNATURE_TYPE.equals(secret.getType()) ? signatures : keys, secret, event.deleted());
                default -> throw new IllegalStateException(event.object().getKind());
            }
        }
        return this;
    }

    private static <T extends HasMetadata> void apply(ItemStore<T> cache, T object, boolean deleted) {
        if (deleted) {
            cache.remove(cache.getKey(object));
        } else {
            cache.put(cache.getKey(object), object);
        }
    }

    /** One run of the reconcilers: status is written first, as by the one for RootRotations. */
    Decision step(Factory factory) {
        var state = gatherer.gather(factory);
        var rotations = FactoryReconciler.rotations(state);
        var decision = FactoryPlanner.plan(state, rotations);
        state.rotations().forEach(rotation -> Optional.ofNullable(
                        rotations.get(rotation.getMetadata().getName()))
                .ifPresent(standing ->
                        cluster.report(rotation, RootRotationReport.status(rotation, standing, state.now()))));
        try {
            actor.act(state, decision);
        } catch (PlanOutdatedException e) {
            // Planned again from what is there then.
        }
        if (decision instanceof Decision.Wait || decision instanceof Decision.Stall) {
            factory.setStatus(FactoryReport.status(state, decision, rotations, Optional.empty(), Optional.empty()));
        }
        return decision;
    }

    MetadataStore metadata() {
        return metadata;
    }

    private static Optional<FactoryRef> owner(HasMetadata object, String factory) {
        return Optional.of(new FactoryRef(object.getMetadata().getNamespace(), factory));
    }

    private static Optional<FactoryRef> labelled(HasMetadata object, String label) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map(labels -> labels.get(label))
                .map(name -> new FactoryRef(object.getMetadata().getNamespace(), name));
    }
}
