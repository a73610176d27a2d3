package dev.factorytrust.operator.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Which of the namespaces that this process is to watch it may. One that is gone, or where its rights were taken away, is
 * set aside, so that it takes no other down with it; as soon as the API server lets it, it is watched as if it had been
 * from the start.
 */
public final class WatchedNamespaces implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedNamespaces.class);
    private static final Duration ASK_EVERY = Duration.ofSeconds(30);

    private final Settings settings;
    private final Function<String, Optional<String>> probe;
    private final ScheduledExecutorService schedule;
    private final Set<String> setAside = ConcurrentHashMap.newKeySet();

    /**
     * @param probe why a namespace can't be watched; empty where it can
     * @param schedule by which those set aside are asked for again; its owner is this
     */
    public WatchedNamespaces(
            Settings settings,
            Function<String, Optional<String>> probe,
            MeterRegistry registry,
            ScheduledExecutorService schedule) {
        this.settings = settings;
        this.probe = probe;
        this.schedule = schedule;
        settings.watchNamespaces().forEach(namespace -> Gauge.builder(
                        "factory_trust_namespace_unwatched", setAside, all -> all.contains(namespace) ? 1 : 0)
                .description("1 where a namespace that is to be watched can't be")
                .tag("namespace", namespace)
                .strongReference(true)
                .register(registry));
    }

    /**
     * The namespaces to begin with, empty standing for all of them; the others are set aside. Runs once.
     *
     * @throws RuntimeException as the probe does
     */
    public List<Optional<String>> open() {
        // A single one leaves nothing that could go on without it.
        if (settings.watchNamespaces().size() > 1) {
            var answers = new TreeMap<String, Optional<String>>();
            settings.watchNamespaces().forEach(namespace -> answers.put(namespace, probe.apply(namespace)));
            setAside.addAll(toSetAside(answers));
            setAside.forEach(namespace -> LOG.error(
                    "Namespace {} is not watched: {}. Its Factories are neither served nor signed, and its devices are"
                            + " asked to come again. Give this process its rights there, and it watches the namespace"
                            + " {} s later at most; or take the namespace out of FACTORY_TRUST_WATCH_NAMESPACES",
                    namespace,
                    answers.get(namespace).orElseThrow(),
                    ASK_EVERY.toSeconds()));
        }
        return settings.scopes().stream()
                .filter(scope -> scope.filter(setAside::contains).isEmpty())
                .toList();
    }

    /** Where all are refused, none is set aside: a process that watches nothing must not look as if it were well. */
    static Set<String> toSetAside(Map<String, Optional<String>> refusals) {
        var refused = new TreeMap<>(refusals);
        refused.values().removeIf(Optional::isEmpty);
        return refused.size() == refusals.size() ? Set.of() : refused.keySet();
    }

    public Set<String> setAside() {
        return Set.copyOf(setAside);
    }

    /** Has those that are set aside watched when they can be, each once. */
    public void watchLater(Consumer<String> watch) {
        // Closed already where the process was told to end while it started.
        if (!setAside.isEmpty() && !schedule.isShutdown()) {
            schedule.scheduleWithFixedDelay(
                    () -> askAgain(watch), ASK_EVERY.toSeconds(), ASK_EVERY.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void askAgain(Consumer<String> watch) {
        for (var namespace : setAside()) {
            try {
                if (probe.apply(namespace).isEmpty()) {
                    watch.accept(namespace);
                    setAside.remove(namespace);
                    LOG.info("Namespace {} is watched now", namespace);
                }
            } catch (RuntimeException e) {
                LOG.warn("Namespace {} could not be looked at, and is not watched yet", namespace, e);
            }
        }
        if (setAside.isEmpty()) {
            schedule.shutdown();
        }
    }

    @Override
    public void close() {
        schedule.shutdownNow();
    }
}
