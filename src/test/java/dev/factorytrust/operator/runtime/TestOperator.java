package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An operator that writes down what it reconciles, as {@code name generation command}. */
final class TestOperator {

    final Wakeups wakeups = new Wakeups();
    final FactoryCache<Factory> cache = new FactoryCache<>(FactoryCache::byLabel, (FactoryRef _) -> {});
    final CompletableFuture<Void> halted = new CompletableFuture<>();
    final OperatorProcess process;

    private final Settings settings;

    private final BlockingQueue<String> reconciled = new LinkedBlockingQueue<>();
    private volatile Consumer<Factory> during = _ -> {};

    TestOperator(KubernetesClient client, Set<String> namespaces) {
        this(client, new Settings(namespaces, Optional.empty(), "alone", "default", false, Duration.ofSeconds(10), 1));
    }

    TestOperator(KubernetesClient client, Settings settings) {
        this.settings = settings;
        process =
                new OperatorProcess(client, settings, new SimpleMeterRegistry(), () -> {}, () -> halted.complete(null));
        process.register(new OperatorProcess.Controlled<>("factory", new Recorder(), cache));
    }

    void start() {
        process.start(settings.scopes());
    }

    void during(Consumer<Factory> action) {
        during = action;
    }

    /** What is reconciled next; null if nothing is, for too long. */
    String next() {
        try {
            return reconciled.poll(40, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean hasReconciledNothing() {
        return reconciled.isEmpty();
    }

    /** Of deletions JOSDK tells only a Cleaner, which would always put a finalizer, or one who asks for all events. */
    @ControllerConfiguration(triggerReconcilerOnAllEvents = true)
    private final class Recorder implements Reconciler<Factory> {

        @Override
        public List<EventSource<?, Factory>> prepareEventSources(EventSourceContext<Factory> context) {
            return wakeups.eventSources(context);
        }

        @Override
        public UpdateControl<Factory> reconcile(Factory factory, Context<Factory> context) {
            var meta = factory.getMetadata();
            var annotations = Optional.ofNullable(meta.getAnnotations()).orElse(Map.of());
            reconciled.add(meta.getName()
                    + ' '
                    + meta.getGeneration()
                    + ' '
                    + (context.isPrimaryResourceDeleted() ? "deleted" : annotations.getOrDefault("command", "-")));
            during.accept(factory);
            return UpdateControl.noUpdate();
        }
    }
}
