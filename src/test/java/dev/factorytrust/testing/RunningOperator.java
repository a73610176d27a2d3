package dev.factorytrust.testing;

import dev.factorytrust.ServedViews;
import dev.factorytrust.operator.FactoryTrustOperator;
import dev.factorytrust.operator.runtime.Settings;
import dev.factorytrust.server.MetadataEndpoint;
import dev.factorytrust.server.RepositoryViews;
import dev.factorytrust.server.ServingPolicy;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The operator as it runs in production, in this JVM: under the rights of {@code deploy/}, with its repository on a
 * loopback port. Several may run at once, and each can be stopped and another started, as after a crash.
 */
public final class RunningOperator implements AutoCloseable {

    private final KubernetesClient client;
    private final FactoryTrustOperator operator;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final RepositoryViews views;
    private final HandSchedule schedule = new HandSchedule();
    private final Queue<String> writes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Map<String, Stall> stalls = new ConcurrentHashMap<>();

    private RunningOperator(
            Set<String> namespaces, InstantSource clock, Config config, boolean leaderElection, Runnable halt) {
        client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("requests", new Requests()))
                .build();
        var policy = new ServingPolicy(Duration.ofSeconds(1), Duration.ofMillis(200), 100);
        views = new RepositoryViews(registry, policy);
        var settings = new Settings(
                namespaces,
                Optional.of("https://updates.example.com"),
                "operator-of-" + String.join("-", new TreeSet<>(namespaces)),
                ControlPlane.OPERATOR_NAMESPACE,
                leaderElection,
                policy.maxAge(),
                4);
        operator = new FactoryTrustOperator(
                client, settings, clock, registry, new ServedViews(views), schedule, views::markSynced, halt);
        operator.start();
        server = vertx.createHttpServer()
                .requestHandler(new MetadataEndpoint(views, vertx, policy))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** @param namespace the one that it watches: tests share the API server, not their operators */
    public static RunningOperator in(String namespace, InstantSource clock) {
        return new RunningOperator(
                Set.of(namespace), clock, ControlPlane.shared().operatorConfig(), false, () -> {});
    }

    /** As {@link #in}, with the rights of somebody else. */
    public static RunningOperator as(Config config, String namespace, InstantSource clock) {
        return new RunningOperator(Set.of(namespace), clock, config, false, () -> {});
    }

    /** As {@link #in}, with all that passes between it and the API server in the hands of {@code proxy}. */
    public static RunningOperator behind(ApiServerProxy proxy, String namespace, InstantSource clock) {
        return new RunningOperator(Set.of(namespace), clock, proxy.config(), false, proxy::die);
    }

    /** As {@link #behind}, of several namespaces. */
    public static RunningOperator behind(ApiServerProxy proxy, Set<String> namespaces, InstantSource clock) {
        return new RunningOperator(namespaces, clock, proxy.config(), false, proxy::die);
    }

    /** As {@link #behind}, under a lease, and with {@code halt} in the place of the end of its process. */
    public static RunningOperator elected(ApiServerProxy proxy, String namespace, InstantSource clock, Runnable halt) {
        return new RunningOperator(Set.of(namespace), clock, proxy.config(), true, halt);
    }

    /** Where devices of a Factory find their metadata, with a trailing slash. */
    public URI url(String namespace, String factory) {
        return URI.create("http://127.0.0.1:%d/%s/%s/".formatted(server.actualPort(), namespace, factory));
    }

    public boolean isLeader() {
        return operator.process().isLeader();
    }

    /** Has half a minute pass for the namespaces that it could not watch. */
    public void halfAMinuteLater() {
        schedule.runAll();
    }

    /** What the liveness and readiness probes ask. */
    public boolean isAliveAndReady() {
        return operator.process().isHealthy() && views.isSynced();
    }

    public MeterRegistry metrics() {
        return registry;
    }

    /** Every request so far that was to change something in the API server, as {@code PUT /api/…}. */
    public List<String> writes() {
        return List.copyOf(writes);
    }

    /** How many requests so far the API server has refused for lack of rights. */
    public int refusals() {
        return refusals.get();
    }

    /**
     * Has the operator hang right before a request, as {@code GET /api/…}, when it comes to one: it has decided by what it
     * knew then, and carries on when it is released.
     */
    public Stall stallBefore(String request) {
        var stall = new Stall(new CountDownLatch(1), new CountDownLatch(1));
        stalls.put(request, stall);
        return stall;
    }

    /** One request on hold. */
    public record Stall(CountDownLatch reached, CountDownLatch released) implements AutoCloseable {

        public boolean isReached() {
            return reached.getCount() == 0;
        }

        /** Lets the request go. */
        @Override
        public void close() {
            released.countDown();
        }

        private void hold() {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        stalls.values().forEach(Stall::close);
        operator.close();
        server.close().toCompletionStage().toCompletableFuture().join();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        client.close();
    }

    private final class Requests implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            var line = request.method() + ' ' + request.uri().getPath();
            Optional.ofNullable(stalls.remove(line)).ifPresent(Stall::hold);
            if (!request.method().equals("GET")) {
                writes.add(line);
            }
        }

        @Override
        public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
            if (response.code() == HttpURLConnection.HTTP_FORBIDDEN) {
                refusals.incrementAndGet();
            }
        }
    }
}
