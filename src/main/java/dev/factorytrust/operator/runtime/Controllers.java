package dev.factorytrust.operator.runtime;

import dev.factorytrust.operator.runtime.OperatorProcess.Controlled;
import dev.factorytrust.operator.store.NamespaceView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The controllers of an operator, one for each kind and scope: JOSDK shares a store among a controller's namespaces. It
 * takes none after its start, so those of a namespace that comes later live beside it, on its threads and under its lease.
 */
final class Controllers {

    private static final Duration MAX_INTERVAL = Duration.ofMinutes(10);
    private static final Duration MAX_RETRY_INTERVAL = Duration.ofMinutes(5);

    private final Operator operator;
    private final List<Controlled<?>> kinds = new ArrayList<>();
    private final List<Controller<?>> later = new ArrayList<>();
    private boolean leading;
    private boolean stopped;

    Controllers(Operator operator) {
        this.operator = operator;
    }

    void register(Controlled<?> kind) {
        kinds.add(kind);
    }

    /**
     * Returns once every object has been listed and the lease is being sought.
     *
     * @throws io.javaoperatorsdk.operator.OperatorException if the API server can't be reached or refuses
     */
    void start(List<Optional<String>> scopes) {
        scopes.forEach(scope -> kinds.forEach(kind -> register(kind, scope)));
        operator.start();
    }

    /**
     * Adds a namespace's controllers after the start. All have listed what there is before one of them works, or a Factory
     * would be taken for one without Targets.
     *
     * @throws io.javaoperatorsdk.operator.OperatorException if the API server can't be reached or refuses: then none is
     *     added
     */
    void add(String namespace) {
        var added = new ArrayList<Controller<?>>();
        try {
            for (var kind : kinds) {
                added.add(controller(kind, Optional.of(namespace)));
            }
            added.forEach(controller -> controller.start(false));
        } catch (RuntimeException e) {
            added.forEach(Controller::stop);
            throw e;
        }
        synchronized (this) {
            later.addAll(added);
            if (stopped) {
                added.forEach(Controller::stop);
            } else if (leading) {
                added.forEach(Controller::startEventProcessing);
            }
        }
    }

    /** Those that JOSDK knows it lets work by itself. */
    synchronized void lead() {
        if (!leading) {
            leading = true;
            later.forEach(Controller::startEventProcessing);
        }
    }

    void stop() {
        synchronized (this) {
            stopped = true;
            later.forEach(Controller::stop);
        }
        operator.stop();
    }

    synchronized boolean areHealthy() {
        return operator.getRuntimeInfo().allEventSourcesAreHealthy()
                && later.stream()
                        .noneMatch(controller ->
                                controller.getControllerHealthInfo().hasUnhealthyEventSources());
    }

    private <P extends HasMetadata> void register(Controlled<P> kind, Optional<String> scope) {
        operator.register(kind.reconciler(), configuration(kind, scope));
    }

    private <P extends HasMetadata> Controller<P> controller(Controlled<P> kind, Optional<String> scope) {
        return new Controller<>(kind.reconciler(), configuration(kind, scope), operator.getKubernetesClient());
    }

    private <P extends HasMetadata> ControllerConfiguration<P> configuration(
            Controlled<P> kind, Optional<String> scope) {
        var config = ControllerConfigurationOverrider.override(
                operator.getConfigurationService().getConfigurationFor(kind.reconciler()));
        config.withName(kind.name() + scope.map(namespace -> '-' + namespace).orElse(""))
                .withItemStore(scope.<ItemStore<P>>map(namespace -> new NamespaceView<>(kind.cache(), namespace))
                        .orElse(kind.cache()))
                // Commands come as annotations too, which leave the generation as it is.
                .withGenerationAware(false)
                .withOnUpdateFilter(Controllers::concernsUs)
                .withRetry(new GenericRetry()
                        .withoutMaxAttempts()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setIntervalMultiplier(2)
                        .setMaxInterval(MAX_RETRY_INTERVAL.toMillis()))
                .withReconciliationMaxInterval(MAX_INTERVAL);
        scope.ifPresentOrElse(config::settingNamespace, config::watchingAllNamespaces);
        return config.build();
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
}
