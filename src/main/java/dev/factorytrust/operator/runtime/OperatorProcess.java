package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One operator: its controllers, and the lease that lets them work. Runs once; production and tests boot by it, and
 * several may run in one JVM.
 *
 * <p>Whoever loses an informer must not go on: the process is halted, and Kubernetes starts another. Whoever loses the
 * lease signs nothing any more, and is halted as soon as the API server answers: while it doesn't, a new process could list
 * nothing and serve nothing, and this one goes on serving what it knows.
 */
public final class OperatorProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final String LEASE = "factory-trust";

    /** Of the 30 s that Kubernetes gives by default; publishing takes far less. */
    private static final Duration FINISH = Duration.ofSeconds(10);

    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

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
    private final Runnable lost;
    private final Runnable halt;
    private final CountDownLatch listed = new CountDownLatch(1);
    private final ExecutorService reconciling;
    private final Operator operator;
    private final Controllers controllers;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final AtomicReference<Thread> asking = new AtomicReference<>();
    private volatile boolean leading;

    /**
     * @param client stays open when the process is closed
     * @param lost called at once when the lease is lost: nothing may be written from then on
     * @param halt ends the JVM at once, without shutdown hooks
     */
    public OperatorProcess(
            KubernetesClient client, Settings settings, MeterRegistry registry, Runnable lost, Runnable halt) {
        this.client = client;
        this.settings = settings;
        this.lost = lost;
        this.halt = halt;
        reconciling = new HeldThreads(settings.threads(), listed);
        operator = new Operator(config -> configure(config, registry));
        controllers = new Controllers(operator);
        Gauge.builder("factory_trust_leader", this, process -> process.isLeader() ? 1 : 0)
                .description("1 where this process may sign")
                .register(registry);
    }

    /** Only before the start. */
    public void register(Controlled<?> controlled) {
        controllers.register(controlled);
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
                    // Of a namespace that couldn't be added they stop, too.
                    if (state.get() == State.RUNNING && !isHealthy()) {
                        halt("The informer of " + informer.getApiTypeClass().getSimpleName() + " stopped", cause);
                    }
                });
        if (settings.leaderElection()) {
            config.withLeaderElectionConfiguration(
                    LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                            .withLeaseNamespace(settings.podNamespace())
                            .withIdentity(settings.podName())
                            .withLeaderCallbacks(new LeaderCallbacks(this::startLeading, this::stopLeading, _ -> {}))
                            // JOSDK would call System.exit, which waits for the very hook that stops us (issue 3376).
                            .buildForTest(false));
        }
    }

    private void startLeading() {
        leading = asking.get() == null;
        if (leading) {
            controllers.lead();
        }
    }

    private void stopLeading() {
        leading = false;
        var asks = Thread.ofPlatform().name("lease-lost").daemon().unstarted(this::haltWhenAnswered);
        if (state.get() != State.STOPPING && asking.compareAndSet(null, asks)) {
            lost.run();
            reconciling.shutdownNow();
            LOG.error(
                    "The lease {}/{} is lost: this process signs nothing any more, and serves what it knows until the API"
                            + " server answers",
                    settings.podNamespace(),
                    LEASE);
            asks.start();
        }
    }

    private void haltWhenAnswered() {
        try {
            for (var answers = Answers.NONE.and(ask()); !answers.mayEnd(); answers = answers.and(ask())) {
                Thread.sleep(ASK_EVERY);
            }
            halt("The lease " + settings.podNamespace() + '/' + LEASE + " was lost, and the API server answers", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int ask() {
        try {
            return lease().get() == null ? HttpURLConnection.HTTP_NOT_FOUND : HttpURLConnection.HTTP_OK;
        } catch (KubernetesClientException e) {
            return e.getCode();
        } catch (RuntimeException e) {
            // Whatever it is, this thread must not end by it: nobody else would ever halt the process.
            LOG.warn("No answer about the lease", e);
            return 0;
        }
    }

    private Resource<Lease> lease() {
        return client.resources(Lease.class)
                .inNamespace(settings.podNamespace())
                .withName(LEASE);
    }

    private void halt(String reason, Throwable cause) {
        LOG.error("{}: halting", reason, cause);
        halt.run();
    }

    /**
     * Returns once every object has been listed and the lease is being sought; until it is held, nothing is reconciled.
     *
     * @param scopes the namespaces to watch; empty stands for all of them
     * @throws io.javaoperatorsdk.operator.OperatorException if the API server can't be reached or refuses
     */
    public void start(List<Optional<String>> scopes) {
        if (!state.compareAndSet(State.NEW, State.STARTING)) {
            throw new IllegalStateException("An operator process starts once");
        }
        try {
            controllers.start(scopes);
        } catch (RuntimeException e) {
            if (state.get() == State.STOPPING) {
                return;
            }
            throw e;
        }
        listed.countDown();
        if (!settings.leaderElection()) {
            startLeading();
        }
        if (!state.compareAndSet(State.STARTING, State.RUNNING)) {
            controllers.stop();
        } else {
            haltUnlessHealthy();
        }
    }

    /**
     * Watches one more namespace, from then on like those of the start, once that is done.
     *
     * @throws io.javaoperatorsdk.operator.OperatorException if the API server can't be reached or refuses; all is as before
     */
    public void add(String namespace) {
        controllers.add(namespace);
        haltUnlessHealthy();
    }

    private void haltUnlessHealthy() {
        if (state.get() == State.RUNNING && !isHealthy()) {
            halt("An informer stopped while others started", null);
        }
    }

    /** Lets running reconciliations finish, then hands the lease over. Safe in every state, and from a shutdown hook. */
    @Override
    public void close() {
        if (state.getAndSet(State.STOPPING) == State.STOPPING) {
            return;
        }
        if (listed.getCount() > 0) {
            reconciling.shutdownNow();
        }
        controllers.stop();
        // JOSDK forgets this one, and its threads keep a JVM alive.
        operator.getConfigurationService()
                .getExecutorServiceManager()
                .scheduledExecutorService()
                .shutdownNow();
        leading = false;
        var asks = asking.get();
        if (asks != null) {
            asks.interrupt();
        } else if (settings.leaderElection() && reconciling.isTerminated()) {
            releaseLease();
        }
    }

    /** JOSDK leaves the lease to run out, which would stop all signing for 15 s at every upgrade. */
    private void releaseLease() {
        try {
            var lease = lease().get();
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
        return controllers.areHealthy();
    }
}
