package dev.factorytrust.operator.factory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.ImportSources;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.PlanOutdatedException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One process of the operator: gathers from its caches, plans, acts and reports, all with the production code. Its
 * caches show what was there when it last looked, and whatever it remembers beside goes with it.
 */
final class InMemoryOperator {

    /** What it decided, from what. */
    record Look(Situation situation, Decision decision) {

        FactoryState state() {
            return situation.state();
        }

        Map<String, Standing> rotations() {
            return situation.rotations();
        }

        /** Whether it takes a name, or the timestamp's next version: of two that do so, one comes too late. */
        boolean isCommitment() {
            return switch (decision) {
                case Decision.Adopt _,
                        Decision.OpenCommitPoint _,
                        Decision.CreateRootKeys _,
                        Decision.Declare _,
                        Decision.SignFirstRoot _,
                        Decision.OfferPayload _,
                        Decision.StoreRoot _,
                        Decision.FlipRoot _,
                        Decision.RestartOverlap _,
                        Decision.PutBackTimestamp _,
                        Decision.Publish _,
                        Decision.AddFinalizer _,
                        Decision.RemoveFinalizer _ -> true;
                case Decision.Wait _,
                        Decision.Stall _,
                        Decision.CreateOnlineKeys _,
                        Decision.WithdrawFirstRoot _,
                        Decision.PutBack _,
                        Decision.Remove _,
                        Decision.RemoveKey _,
                        Decision.EraseRootKeys _,
                        Decision.DeleteOwned _ -> false;
            };
        }
    }

    /** As if objects of the API server were small: what some twenty Targets need is stored in parts. */
    private static final int LARGEST = 3_500;

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private final InMemoryCluster cluster;
    private final Interruption interruption;
    private final FactoryRef factory;
    private final FactoryCache<ConfigMap> configMaps = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final FactoryCache<Secret> keys = new FactoryCache<>(FactoryCache::byLabel, _ -> {});
    private final FactoryCache<Secret> signatures = new FactoryCache<>(
            secret -> named(secret, secret.getMetadata().getLabels().get(Names.SIGNS)), _ -> {});
    private final FactoryCache<RootRotation> rotations =
            new FactoryCache<>(rotation -> named(rotation, rotation.getSpec().factory()), _ -> {});
    private final FactoryCache<Target> targets =
            new FactoryCache<>(target -> named(target, target.getSpec().factory()), _ -> {});
    private final FactoryGatherer gatherer;
    private final FactoryActor actor;
    private Optional<Factory> seen = Optional.empty();
    private int steps;

    InMemoryOperator(
            InMemoryCluster cluster,
            FactoryRef factory,
            InstantSource clock,
            Supplier<Optional<Instant>> serverTime,
            Interruption interruption) {
        this.cluster = cluster;
        this.factory = factory;
        this.interruption = interruption;
        var api = new Interrupted();
        var metadata = new MetadataStore(
                api, configMaps, _ -> seen.map(Factory::getStatus).map(FactoryStatus::trustedRootSha256), LARGEST);
        var keyStore = new KeyStore(api, keys);
        gatherer = new FactoryGatherer(
                metadata,
                keyStore,
                rotations,
                targets,
                signatures,
                new ImportSources(api),
                clock,
                serverTime,
                Duration.ZERO);
        actor = new FactoryActor(api, metadata, keyStore);
    }

    private static Optional<FactoryRef> named(HasMetadata object, String name) {
        return Optional.of(new FactoryRef(object.getMetadata().getNamespace(), name));
    }

    /** The caches catch up with what is stored. */
    void sync() {
        syncAllBut(Void.class);
    }

    /** As where the connection of one kind's watch is dead, and nobody has noticed. */
    void syncAllBut(Class<?> late) {
        seen = cluster.find(Factory.class, factory.name());
        fill(keys, labelled(Names.FACTORY));
        fill(signatures, labelled(Names.SIGNS));
        if (late != ConfigMap.class) {
            fill(configMaps, cluster.all(ConfigMap.class).toList());
        }
        if (late != RootRotation.class) {
            fill(rotations, cluster.all(RootRotation.class).toList());
        }
        if (late != Target.class) {
            fill(targets, cluster.all(Target.class).toList());
        }
    }

    private List<Secret> labelled(String label) {
        return cluster.all(Secret.class)
                .filter(secret -> Optional.ofNullable(secret.getMetadata().getLabels())
                        .filter(labels -> labels.containsKey(label))
                        .isPresent())
                .toList();
    }

    private static <T extends HasMetadata> void fill(FactoryCache<T> cache, List<T> objects) {
        var present = new HashSet<String>();
        for (var object : objects) {
            present.add(cache.getKey(object));
            cache.put(cache.getKey(object), object);
        }
        cache.keySet().filter(key -> !present.contains(key)).toList().forEach(cache::remove);
    }

    /** Gathers and plans from what the caches show, however old that is. */
    Look look() {
        var situation = Situation.of(gatherer.gather(seen.orElseThrow()));
        return new Look(situation, FactoryPlanner.plan(situation));
    }

    /** Carries out what was decided, or reports where there is nothing to carry out: as FactoryReconciler does. */
    void act(Look look) {
        switch (look.decision()) {
            case Decision.Wait _, Decision.Stall _ -> report(look);
            default -> actor.act(look.state(), look.decision());
        }
    }

    /** A whole run of the reconciler. */
    Look step() {
        sync();
        var look = look();
        // The followers run on threads of their own.
        var followersFirst = steps++ % 2 == 0;
        if (followersFirst) {
            followers(look);
        }
        try {
            act(look);
        } catch (PlanOutdatedException e) {
            // Somebody was faster: the next step plans from what he left.
        }
        if (!followersFirst) {
            followers(look);
        }
        return look;
    }

    private void report(Look look) {
        var status = FactoryReport.status(look.situation(), look.decision(), Optional.empty(), Optional.empty());
        write(look.state().factory(), status);
    }

    /** What RootRotationReconciler writes, woken by the same look. */
    private void followers(Look look) {
        if (Deletion.isUnderWay(look.state())) {
            return;
        }
        look.state().rotations().forEach(rotation -> Optional.ofNullable(
                        look.rotations().get(rotation.getMetadata().getName()))
                .ifPresent(standing -> write(
                        rotation,
                        RootRotationReport.status(
                                rotation, standing, look.state().now()))));
    }

    private <S, T extends CustomResource<?, S>> void write(T resource, S status) {
        if (!Objects.equals(resource.getStatus(), status)
                && !Objects.equals(tree(resource.getStatus()), tree(status))) {
            interrupted("report", resource, () -> cluster.applyStatus(resource, status));
        }
    }

    private static JsonNode tree(Object status) {
        return SERIALIZATION.convertValue(status, JsonNode.class);
    }

    private void interrupted(String verb, HasMetadata object, Runnable write) {
        var name = verb + ' ' + InMemoryCluster.key(object);
        interruption.at(Moment.BEFORE, name);
        write.run();
        interruption.at(Moment.AFTER, name);
    }

    /** The process's connection to the API server, which may break off at any write. */
    private final class Interrupted implements ApiServer {

        @Override
        public <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
            return cluster.find(kind, namespace, name);
        }

        @Override
        public <T extends HasMetadata> List<T> labelled(Class<T> kind, String namespace, String label, String value) {
            return cluster.labelled(kind, namespace, label, value);
        }

        @Override
        public void create(HasMetadata object) {
            interrupted("create", object, () -> cluster.create(object));
        }

        @Override
        public void replace(HasMetadata next) {
            interrupted("replace", next, () -> cluster.replace(next));
        }

        @Override
        public void setFinalizers(HasMetadata seen, List<String> finalizers) {
            interrupted("finalizers of", seen, () -> cluster.setFinalizers(seen, finalizers));
        }

        @Override
        public void delete(HasMetadata seen) {
            interrupted("delete", seen, () -> cluster.delete(seen));
        }
    }
}
