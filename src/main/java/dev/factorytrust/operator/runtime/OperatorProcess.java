package dev.factorytrust.operator.runtime;

import dev.factorytrust.operator.store.NamespaceView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One operator: its controllers, and the lease that lets them work. Runs once; production and tests boot by it, and
 * several may run in one JVM.
 *
 * <p>Whoever loses the lease, or an informer, must not go on: the process is halted, and Kubernetes starts another.
 */
public final class OperatorProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final String LEASE = "factory-trust";
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(10);
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofMinutes(5);

    /** Of the 30 s that Kubernetes gives by default; publishing takes far less. */
    private static final Duration FINISH = Duration.ofSeconds(10);

    private enum State {
        NEW,
        STARTING,
        RUNNING,
        STOPPING
    }

    /**
     * A reconciler, and the cache that its informers fill.
     *
     * @param name of the controller, in metrics and logs
     */
    public record Controlled<P extends HasMetadata>(String name, Reconciler<P> reconciler, ItemStore<P> cache) {}

    private final KubernetesClient client;
    private final Settings settings;
    private final Runnable halt;
    private final CountDownLatch listed = new CountDownLatch(1);
    private final ExecutorService reconciling;
    private final Operator operator;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile boolean leading;

    /**
     * @param client stays open when the process is closed
     * @param halt ends the JVM at once, without shutdown hooks
     */
    public OperatorProcess(KubernetesClient client, Settings settings, MeterRegistry registry, Runnable halt) {
        this.client = client;
        this.settings = settings;
        this.halt = halt;
        reconciling = new Held(settings.threads(), listed);
        operator = new Operator(config -> configure(config, registry));
        Gauge.builder("factory_trust_leader", this, process -> process.isLeader() ? 1 : 0)
                .description("1 where this process may sign")
                .register(registry);
    }

    /** Only before the start. JOSDK shares a store among namespaces, so each namespace is a controller of its own. */
    public <P extends HasMetadata> void register(Controlled<P> controlled) {
        settings.scopes().forEach(namespace -> register(controlled, namespace));
    }

    private void configure(ConfigurationServiceOverrider config, MeterRegistry registry) {
        config.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(reconciling)
                .withReconciliationTerminationTimeout(FINISH)
                // Reading CRDs is a right of the cluster's administrators.
                .checkingCRDAndValidateLocalModel(false)
                .withMetrics(MicrometerMetricsV2.newBuilder(registry).build())
                .withInformerStoppedHandler((informer, cause) -> {
                    if (state.get() == State.RUNNING) {
                        halt("The informer of " + informer.getApiTypeClass().getSimpleName() + " stopped", cause);
                    }
                });
        if (settings.leaderElection()) {
            config.withLeaderElectionConfiguration(
                    LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                            .withLeaseNamespace(settings.podNamespace())
                            .withIdentity(settings.podName())
                            .withLeaderCallbacks(new LeaderCallbacks(() -> leading = true, this::stopLeading, _ -> {}))
                            // JOSDK would call System.exit, which waits for the very hook that stops us (issue 3376).
                            .buildForTest(false));
        }
    }

    private void stopLeading() {
        leading = false;
        if (state.get() != State.STOPPING) {
            halt("The lease " + settings.podNamespace() + '/' + LEASE + " is lost", null);
        }
    }

    private void halt(String reason, Throwable cause) {
        LOG.error("{}: halting", reason, cause);
        halt.run();
    }

    private <P extends HasMetadata> void register(Controlled<P> controlled, Optional<String> namespace) {
        operator.register(controlled.reconciler(), config -> {
            config.withName(controlled.name() + namespace.map(ns -> '-' + ns).orElse(""))
                    .withItemStore(namespace
                            .<ItemStore<P>>map(ns -> new NamespaceView<>(controlled.cache(), ns))
                            .orElse(controlled.cache()))
                    // Commands come as annotations too, which leave the generation as it is.
                    .withGenerationAware(false)
                    .withOnUpdateFilter(OperatorProcess::concernsUs)
                    .withRetry(new GenericRetry()
                            .withoutMaxAttempts()
                            .setInitialInterval(Duration.ofSeconds(1))
                            .setIntervalMultiplier(2)
                            .setMaxInterval(MAX_RETRY_INTERVAL.toMillis()))
                    .withReconciliationMaxInterval(MAX_INTERVAL);
            namespace.ifPresentOrElse(config::settingNamespace, config::watchingAllNamespaces);
        });
    }

    /** All but a status, most often our own, and the bookkeeping of field managers. */
    private static boolean concernsUs(HasMetadata now, HasMetadata before) {
        var a = now.getMetadata();
        var b = before.getMetadata();
        return !(Objects.equals(a.getGeneration(), b.getGeneration())
                && Objects.equals(a.getAnnotations(), b.getAnnotations())
                && Objects.equals(a.getLabels(), b.getLabels())
                && Objects.equals(a.getFinalizers(), b.getFinalizers())
                && Objects.equals(a.getDeletionTimestamp(), b.getDeletionTimestamp()));
    }

    /**
     * Returns once every object has been listed and the lease is being sought; until it is held, nothing is reconciled.
     *
     * @throws io.javaoperatorsdk.operator.OperatorException if the API server can't be reached or refuses
     */
    public void start() {
        if (!state.compareAndSet(State.NEW, State.STARTING)) {
            throw new IllegalStateException("An operator process starts once");
        }
        try {
            operator.start();
        } catch (RuntimeException e) {
            if (state.get() == State.STOPPING) {
                return;
            }
            throw e;
        }
        listed.countDown();
        leading |= !settings.leaderElection();
        if (!state.compareAndSet(State.STARTING, State.RUNNING)) {
            operator.stop();
        } else if (!isHealthy()) {
            halt("An informer stopped while others started", null);
        }
    }

    /** Lets running reconciliations finish, then hands the lease over. Safe in every state, and from a shutdown hook. */
    @Override
    public void close() {
        if (state.getAndSet(State.STOPPING) == State.STOPPING) {
            return;
        }
        listed.countDown();
        operator.stop();
        // JOSDK forgets this one, and its threads keep a JVM alive.
        operator.getConfigurationService()
                .getExecutorServiceManager()
                .scheduledExecutorService()
                .shutdownNow();
        leading = false;
        if (settings.leaderElection() && reconciling.isTerminated()) {
            releaseLease();
        }
    }

    /** JOSDK leaves the lease to run out, which would stop all signing for 15 s at every upgrade. */
    private void releaseLease() {
        try {
            var lease = client.resources(Lease.class)
                    .inNamespace(settings.podNamespace())
                    .withName(LEASE)
                    .get();
            if (lease != null && settings.podName().equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity(null);
                client.resource(lease).lockResourceVersion().update();
            }
        } catch (KubernetesClientException e) {
            LOG.warn("Could not release the lease; it runs out by itself", e);
        }
    }

    public boolean isStarted() {
        return state.get() == State.RUNNING;
    }

    /** Whether this process may sign. */
    public boolean isLeader() {
        return leading;
    }

    /** Whether every informer still follows the API server; one that has lost its connection, and tries again, does. */
    public boolean isHealthy() {
        return operator.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    /**
     * Without a lease to wait for, JOSDK has each controller work as soon as its own informers are filled. A Factory whose
     * RootRotations and Targets are still being listed would be taken for one that has none.
     */
    private static final class Held extends ThreadPoolExecutor {

        private final CountDownLatch released;

        Held(int threads, CountDownLatch released) {
            super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            this.released = released;
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
