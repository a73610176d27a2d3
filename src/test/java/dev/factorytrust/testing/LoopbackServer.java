package dev.factorytrust.testing;

import dev.factorytrust.server.MetadataEndpoint;
import dev.factorytrust.server.RepositoryView;
import dev.factorytrust.server.RepositoryViews;
import dev.factorytrust.server.ServingPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

import java.net.URI;
import java.time.Duration;

/** The repository over HTTP without an operator behind it: what is served is what a test publishes. */
public final class LoopbackServer implements AutoCloseable {

    private static final String NAMESPACE = "fleet";
    private static final ServingPolicy POLICY = new ServingPolicy(Duration.ZERO, Duration.ZERO, 0);

    private final Vertx vertx = Vertx.vertx();
    private final RepositoryViews views = new RepositoryViews(new SimpleMeterRegistry(), POLICY);
    private final HttpServer server;

    public LoopbackServer() {
        views.markSynced();
        server = vertx.createHttpServer()
                .requestHandler(new MetadataEndpoint(views, vertx, POLICY))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    public void publish(String factory, RepositoryView view) {
        views.publish(NAMESPACE, factory, view);
    }

    /** Where devices of a Factory find their metadata, with a trailing slash. */
    public URI url(String factory) {
        return URI.create("http://127.0.0.1:%d/%s/%s/".formatted(server.actualPort(), NAMESPACE, factory));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
