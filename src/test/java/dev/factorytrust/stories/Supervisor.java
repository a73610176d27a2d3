package dev.factorytrust.stories;

import dev.factorytrust.testing.ApiServerProxy;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ApiWrite;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.RunningOperator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Keeps an operator running behind a proxy: when one dies another starts, as Kubernetes would have it. */
final class Supervisor implements AutoCloseable {

    /** A dead operator takes its time to be cleared away, and nobody waits for it. */
    private static final Executor THREADS = action -> Thread.ofVirtual().start(action);

    private final String namespace;
    private final InstantSource clock;
    private final Function<ApiWrite, Fate> fates;
    private final Duration lateness;
    private ApiServerProxy proxy;
    private CompletableFuture<RunningOperator> operator;
    private boolean closed;
    private int deaths;

    /** @param fates of all the operators that it starts, one after the other */
    Supervisor(String namespace, InstantSource clock, Function<ApiWrite, Fate> fates, Duration lateness) {
        this.namespace = namespace;
        this.clock = clock;
        this.fates = fates;
        this.lateness = lateness;
        start();
    }

    private synchronized void start() {
        if (!closed) {
            proxy = new ApiServerProxy(
                    ControlPlane.shared().operatorConfig(), fates, () -> THREADS.execute(this::next), lateness);
            var mine = proxy;
            operator = CompletableFuture.supplyAsync(() -> RunningOperator.behind(mine, namespace, clock), THREADS);
        }
    }

    private synchronized void next() {
        deaths++;
        clear();
        start();
    }

    private void clear() {
        proxy.close();
        operator.thenAcceptAsync(RunningOperator::close, THREADS);
    }

    synchronized ApiServerProxy proxy() {
        return proxy;
    }

    synchronized int deaths() {
        return deaths;
    }

    /** The one that runs now. */
    RunningOperator operator() {
        return future().join();
    }

    private synchronized CompletableFuture<RunningOperator> future() {
        return operator;
    }

    @Override
    public synchronized void close() {
        closed = true;
        clear();
    }
}
