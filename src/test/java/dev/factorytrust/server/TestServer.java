package dev.factorytrust.server;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The endpoint, wired as in production, on a real HTTP server, on a free port of the loopback. */
final class TestServer implements AutoCloseable {

    /** Far longer than any test waits: what is held shows. */
    static final Duration LONG = Duration.ofHours(1);

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final RepositoryViews views;

    /** One permit for each request that the endpoint has answered, or put on hold. */
    final Semaphore handled = new Semaphore(0);

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    TestServer(Duration hold, int maxHeld) {
        this(hold, maxHeld, LONG);
    }

    /** @param idle how long a connection may be idle */
    TestServer(Duration hold, int maxHeld, Duration idle) {
        var policy = new ServingPolicy(Duration.ofSeconds(10), hold, maxHeld);
        views = new RepositoryViews(meters, policy);
        var router = Router.router(vertx);
        new ServerWiring().route(router, views, vertx, policy);
        var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
        options.setIdleTimeout((int) idle.toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        new Connections().customizeHttpServer(options);
        server = vertx.createHttpServer(options)
                .requestHandler(request -> {
                    router.handle(request);
                    handled.release();
                })
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** A synchronised server with {@code acme} in {@code fleet}: roots to 3, snapshot 7, targets 5. */
    static TestServer withAcme(Duration hold, int maxHeld) {
        var server = new TestServer(hold, maxHeld);
        server.views.publish("fleet", "acme", Views.of(3, 7, 5));
        server.views.markSynced();
        return server;
    }

    HttpResponse<byte[]> get(String path, String... headers) {
        return request("GET", path, headers);
    }

    HttpResponse<byte[]> request(String method, String path, String... headers) {
        return send(method, path, headers).join();
    }

    CompletableFuture<HttpResponse<byte[]>> send(String method, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .orTimeout(20, TimeUnit.SECONDS);
    }

    /** All that is answered to these bytes, for what a well-behaved client refuses to send. */
    String raw(String request) throws IOException {
        try (var socket = connect(new Socket())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    Socket connect(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.actualPort()));
        return socket;
    }

    String rawGet(String target) throws IOException {
        return raw("GET " + target + " HTTP/1.1\r\nHost: devices\r\nConnection: close\r\n\r\n");
    }

    double rootRequests(String factory, String behind) {
        var counter = meters.find("factory.trust.device.root.requests")
                .tags("namespace", "fleet", "factory", factory, "behind", behind)
                .counter();
        return counter == null ? Double.NaN : counter.count();
    }

    @Override
    public void close() {
        client.shutdownNow();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
