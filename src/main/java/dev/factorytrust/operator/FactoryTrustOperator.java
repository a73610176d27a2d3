package dev.factorytrust.operator;

import dev.factorytrust.api.KubernetesJson;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.FactoryActor;
import dev.factorytrust.operator.factory.FactoryGatherer;
import dev.factorytrust.operator.factory.FactoryNews;
import dev.factorytrust.operator.factory.FactoryReconciler;
import dev.factorytrust.operator.factory.Followers;
import dev.factorytrust.operator.rotation.RootRotationReconciler;
import dev.factorytrust.operator.runtime.Events;
import dev.factorytrust.operator.runtime.FactoryMetrics;
import dev.factorytrust.operator.runtime.NamespaceProbe;
import dev.factorytrust.operator.runtime.OperatorProcess;
import dev.factorytrust.operator.runtime.OperatorProcess.Controlled;
import dev.factorytrust.operator.runtime.ServerTime;
import dev.factorytrust.operator.runtime.Settings;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.runtime.WatchedNamespaces;
import dev.factorytrust.operator.runtime.WriteFence;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.ImportSources;
import dev.factorytrust.operator.store.Informers;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.LenientReading;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.ViewFeed;
import dev.factorytrust.operator.target.TargetReconciler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The operator put together: caches, stores, reconcilers, and who wakes whom. The same code boots it in production and
 * in tests, where several may run in one JVM.
 */
public final class FactoryTrustOperator implements AutoCloseable {

    private final Wakeups wakeups = new Wakeups();
    private final FactoryCache<Factory> factories =
            new FactoryCache<>(factory -> Optional.of(self(factory)), this::factoryChanged);
    private final FactoryCache<RootRotation> rotations =
            new FactoryCache<>(rotation -> named(rotation, rotation.getSpec().factory()), wakeups::factory);
    private final FactoryCache<Target> targets =
            new FactoryCache<>(target -> named(target, target.getSpec().factory()), wakeups::factory);
    private final FactoryCache<ConfigMap> configMaps = new FactoryCache<>(FactoryCache::byLabel, this::metadataChanged);
    private final FactoryCache<Secret> keys = new FactoryCache<>(FactoryCache::byLabel, wakeups::factory);
    private final FactoryCache<Secret> signatures = new FactoryCache<>(
            secret -> named(secret, secret.getMetadata().getLabels().get(Names.SIGNS)), this::signatureChanged);

    /** The root that each Factory's devices began with: another one under the same name is another fleet. */
    private final Map<FactoryRef, String> fleets = new ConcurrentHashMap<>();

    private final KubernetesClient client;
    private final WatchedNamespaces namespaces;
    private final Informers informers;
    private final MetadataStore metadata;
    private final ViewFeed.Sink sink;
    private final ViewFeed views;
    private final Events events;
    private final FactoryMetrics metrics;
    private final FactoryGatherer gatherer;
    private final Followers followers = new Followers(this::wake);
    private final OperatorProcess process;
    private final Runnable synced;

    /**
     * @param unfenced stays open when the operator is closed
     * @param clock that all decisions are made by
     * @param sink where verified views go
     * @param schedule by which namespaces that couldn't be watched are asked for again; it goes with the operator
     * @param synced called when the views of all Factories that were there at the start have been handed on
     * @param halt ends the process: it has lost an informer, or the lease and another can start in its place
     */
    public FactoryTrustOperator(
            KubernetesClient unfenced,
            Settings settings,
            InstantSource clock,
            MeterRegistry registry,
            ViewFeed.Sink sink,
            ScheduledExecutorService schedule,
            Runnable synced,
            Runnable halt) {
        var fence = new WriteFence();
        client = fence.around(unfenced, KubernetesJson.serialization(LenientReading.module()));
        this.sink = sink;
        this.synced = synced;
        var api = ApiServer.of(client);
        metadata = new MetadataStore(api, configMaps, this::trustedRoot);
        events = new Events(client, clock, settings.podName());
        metrics = new FactoryMetrics(registry, clock);
        views = new ViewFeed(metadata, sink, metrics::served);
        informers = new Informers(halt);
        informers.feed(client.configMaps(), Names.FACTORY, configMaps);
        informers.feed(client.secrets(), Names.FACTORY, keys);
        informers.feed(client.secrets(), Names.SIGNS, signatures);
        namespaces = new WatchedNamespaces(settings, new NamespaceProbe(client), registry, schedule);
        var keyStore = new KeyStore(api, keys);
        gatherer = new FactoryGatherer(
                metadata,
                keyStore,
                rotations,
                targets,
                signatures,
                new ImportSources(api),
                clock,
                new ServerTime(client),
                settings.leastOverlap());
        process = new OperatorProcess(
                client,
                settings,
                registry,
                () -> {
                    fence.raise();
                    metrics.silence();
                },
                halt);
        process.register(new Controlled<>(
                "factory",
                new FactoryReconciler(
                        gatherer,
                        new FactoryActor(api, metadata, keyStore),
                        new FactoryNews(events, metrics),
                        followers,
                        new StatusWriter<Factory, FactoryStatus>(client),
                        settings,
                        wakeups,
                        this::factoryChanged),
                factories));
        process.register(new Controlled<>(
                "rootrotation",
                new RootRotationReconciler(
                        factory -> followers
                                .standings(factory)
                                .or(() -> isAwaited(factory) ? Optional.of(Map.of()) : Optional.empty()),
                        new StatusWriter<RootRotation, RootRotationStatus>(client),
                        events,
                        clock,
                        wakeups),
                rotations));
        process.register(new Controlled<>(
                "target",
                new TargetReconciler(
                        target -> followers.facts(factoryOf(target)),
                        target -> isAwaited(factoryOf(target)),
                        new StatusWriter<Target, TargetStatus>(client),
                        events,
                        clock,
                        wakeups),
                targets));
    }

    public void start() {
        var scopes = namespaces.open();
        namespaces.setAside().forEach(sink::unwatched);
        informers.start(scopes);
        views.afterwards(synced);
        process.start(scopes);
        namespaces.watchLater(this::watch);
    }

    private void watch(String namespace) {
        informers.start(List.of(Optional.of(namespace)));
        try {
            process.add(namespace);
        } catch (RuntimeException e) {
            informers.stop(Optional.of(namespace));
            throw e;
        }
        views.afterwards(() -> sink.watched(namespace));
    }

    public OperatorProcess process() {
        return process;
    }

    @Override
    public void close() {
        namespaces.close();
        process.close();
        informers.close();
        views.close();
        events.close();
    }

    private void metadataChanged(FactoryRef factory) {
        views.changed(factory);
        wakeups.factory(factory);
    }

    /** Told at once, and where it is gone also after the last look at it, which may have brought back what was forgotten. */
    private void factoryChanged(FactoryRef factory) {
        var fleet = trustedRoot(factory);
        if (!fleet.equals(
                Optional.ofNullable(fleet.isPresent() ? fleets.put(factory, fleet.get()) : fleets.remove(factory)))) {
            views.changed(factory);
        }
        if (declared(factory)) {
            metrics.declared(factory);
        } else {
            views.changed(factory);
            gatherer.forget(factory);
            metrics.forget(factory);
            var orphans = new ArrayList<HasMetadata>(rotations.of(factory).values());
            orphans.addAll(targets.of(factory).values());
            followers.forget(factory, orphans);
        }
    }

    private Optional<String> trustedRoot(FactoryRef factory) {
        return factories
                .find(factory.namespace(), factory.name())
                .map(Factory::getStatus)
                .map(FactoryStatus::trustedRootSha256);
    }

    private boolean declared(FactoryRef factory) {
        return factories.find(factory.namespace(), factory.name()).isPresent();
    }

    /**
     * A signature names the payload that it signs; the rotation of that name tells which Factory waits for it, or where it
     * was deleted, the payload itself.
     */
    private void signatureChanged(FactoryRef payload) {
        rotations
                .find(payload.namespace(), Names.rotationOf(payload.name()))
                .map(rotation ->
                        new FactoryRef(payload.namespace(), rotation.getSpec().factory()))
                .or(() -> configMaps.find(payload.namespace(), payload.name()).flatMap(FactoryCache::byLabel))
                .ifPresent(wakeups::factory);
    }

    /**
     * Whether a Factory is there that hasn't been looked at yet, as all are after a start: what follows it isn't told
     * that there is none. Asked of the API server too, for this one's cache may be filled after its followers'.
     */
    private boolean isAwaited(FactoryRef factory) {
        return factories.find(factory.namespace(), factory.name()).isPresent()
                || client.resources(Factory.class)
                                .inNamespace(factory.namespace())
                                .withName(factory.name())
                                .get()
                        != null;
    }

    private static FactoryRef factoryOf(Target target) {
        return new FactoryRef(
                target.getMetadata().getNamespace(), target.getSpec().factory());
    }

    private void wake(HasMetadata object) {
        var namespace = object.getMetadata().getNamespace();
        if (object instanceof Target) {
            wakeups.target(namespace, object.getMetadata().getName());
        } else {
            wakeups.rootRotation(namespace, object.getMetadata().getName());
        }
    }

    private static FactoryRef self(Factory factory) {
        return new FactoryRef(
                factory.getMetadata().getNamespace(), factory.getMetadata().getName());
    }

    private static Optional<FactoryRef> named(HasMetadata object, String name) {
        return Optional.of(new FactoryRef(object.getMetadata().getNamespace(), name));
    }
}
