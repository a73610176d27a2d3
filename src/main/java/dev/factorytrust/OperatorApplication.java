package dev.factorytrust;

import dev.factorytrust.operator.FactoryTrustOperator;
import dev.factorytrust.operator.runtime.Settings;
import dev.factorytrust.server.RepositoryViews;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** The one place where Quarkus meets the operator: configuration in, views out, start and stop. */
@ApplicationScoped
class OperatorApplication {

    private static final Logger LOG = Logger.getLogger(OperatorApplication.class);

    private final FactoryTrustOperator operator;
    private final AtomicBoolean started = new AtomicBoolean();

    OperatorApplication(KubernetesClient client, Config config, MeterRegistry registry, RepositoryViews views) {
        operator = new FactoryTrustOperator(
                client,
                Settings.from(config),
                InstantSource.system(),
                registry,
                new ServedViews(views),
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("namespaces").daemon().factory()),
                views::markSynced,
                OperatorApplication::halt);
    }

    void start(@Observes StartupEvent event) {
        // Not on this thread: the server answers 503 until the first synchronisation, however long the API server
        // takes.
        Thread.ofPlatform().name("operator-start").start(() -> {
            try {
                operator.start();
                started.set(true);
            } catch (RuntimeException e) {
                LOG.error("The operator can't start; the process ends, to be started again", e);
                halt();
            }
        });
    }

    void stop(@Observes ShutdownEvent event) {
        operator.close();
    }

    boolean isStarted() {
        return started.get();
    }

    /** False once an informer has died, true while it has only lost its connection and tries again. */
    boolean isAlive() {
        return !isStarted() || operator.process().isHealthy();
    }

    /** At once and without shutdown hooks: they would wait for what this ends. */
    private static void halt() {
        LOG.error("This process ends, another goes on");
        Runtime.getRuntime().halt(1);
    }
}
