package dev.factorytrust.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemTrustOptions;

import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stands between one operator and the API server, and may do what a network and a kernel may do to it: end the operator
 * before or after any write, hold a write up, cut its watches or all that passes, and have them late.
 */
public final class ApiServerProxy implements AutoCloseable {

    /** What becomes of a write, and of the operator with it. */
    public enum Fate {
        PASS,
        /** The write never reaches the API server, and its connection breaks. */
        LOST,
        /** The write never reaches the API server. */
        DIES_BEFORE,
        /** The write is done, and the operator never learns of it. */
        DIES_AFTER
    }

    /** One for all proxies of this JVM: a machine has one network, too. */
    private static final Vertx VERTX = Vertx.vertx();

    /** Of the connection, not of the request. */
    private static final Set<String> HOP_BY_HOP =
            Set.of("host", "connection", "upgrade", "content-length", "transfer-encoding", "keep-alive");

    private static final int MESSAGE_BYTES = 16 << 20;

    private final Config config;
    private final URI upstream;
    private final Function<ApiWrite, Fate> fates;
    private final Runnable death;
    private final Duration lateness;
    private final HttpClient client;
    private final WebSocketClient watches;
    private final HttpServer server;
    private final Map<String, Promise<Void>> held = new ConcurrentHashMap<>();
    private final Set<WebSocketBase> open = ConcurrentHashMap.newKeySet();
    private volatile boolean dead;
    private volatile boolean cutOff;

    /**
     * @param config how the operator would reach the API server without a proxy
     * @param fates asked at every write, on a thread that may wait
     * @param death told when the operator is dead: nothing of it reaches the API server any more
     * @param lateness of everything that watches tell
     */
    public ApiServerProxy(Config config, Function<ApiWrite, Fate> fates, Runnable death, Duration lateness) {
        this.config = config;
        this.upstream = URI.create(config.getMasterUrl());
        this.fates = fates;
        this.death = death;
        this.lateness = lateness;
        var trust = new PemTrustOptions().addCertPath(config.getCaCertFile());
        client = VERTX.createHttpClient(
                new HttpClientOptions().setSsl(true).setTrustOptions(trust).setMaxPoolSize(64));
        watches = VERTX.createWebSocketClient(new WebSocketClientOptions()
                .setSsl(true)
                .setTrustOptions(trust)
                .setMaxConnections(64)
                .setMaxFrameSize(MESSAGE_BYTES)
                .setMaxMessageSize(MESSAGE_BYTES));
        server = VERTX.createHttpServer(new HttpServerOptions()
                        .setMaxWebSocketFrameSize(MESSAGE_BYTES)
                        .setMaxWebSocketMessageSize(MESSAGE_BYTES))
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** What the operator is given instead of {@code config}. */
    public Config config() {
        return new ConfigBuilder(config)
                .withMasterUrl("http://127.0.0.1:" + server.actualPort())
                .withCaCertFile(null)
                .build();
    }

    /** Ends every watch, as a load balancer does now and then. */
    public void cutWatches() {
        open.forEach(ApiServerProxy::close);
    }

    /** As if the API server were away: every connection breaks, until {@link #reconnect}. */
    public void cutOff() {
        cutOff = true;
        cutWatches();
    }

    public void reconnect() {
        cutOff = false;
    }

    /** Has lists of a kind wait for their answer until {@link #releaseLists}. */
    public void holdLists(String kind) {
        held.put(kind, Promise.promise());
    }

    public void releaseLists() {
        held.values().forEach(Promise::tryComplete);
    }

    private void answer(HttpServerRequest request) {
        if (dead || cutOff) {
            refuse(request);
        } else if ("websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
            watch(request);
        } else {
            request.body().onSuccess(body -> list(request).onComplete(_ -> exchange(request, body)));
        }
    }

    private Future<Void> list(HttpServerRequest request) {
        var kind = request.path().substring(request.path().lastIndexOf('/') + 1);
        return request.method() == HttpMethod.GET && held.containsKey(kind)
                ? held.get(kind).future()
                : Future.succeededFuture();
    }

    private void exchange(HttpServerRequest request, Buffer body) {
        ApiWrite.of(request.method().name(), request.path(), body.toString())
                .map(write -> VERTX.executeBlocking(() -> fates.apply(write), false))
                .orElse(Future.succeededFuture(Fate.PASS))
                .compose(fate -> switch (fate) {
                    case PASS -> forward(request, body);
                    case LOST -> Future.<Answer>failedFuture("lost");
                    case DIES_BEFORE -> Future.<Answer>failedFuture("dead").onComplete(_ -> die());
                    case DIES_AFTER -> forward(request, body).onComplete(_ -> die());
                })
                .onSuccess(answer -> {
                    if (dead) {
                        refuse(request);
                    } else {
                        request.response().setStatusCode(answer.status());
                        endToEnd(answer.headers()).forEach(request.response()::putHeader);
                        request.response().end(answer.body());
                    }
                })
                .onFailure(_ -> refuse(request));
    }

    private record Answer(int status, MultiMap headers, Buffer body) {}

    private Future<Answer> forward(HttpServerRequest request, Buffer body) {
        if (dead) {
            return Future.failedFuture("dead");
        }
        var options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method().name()))
                .setHost(upstream.getHost())
                .setPort(upstream.getPort())
                .setURI(request.uri())
                .setHeaders(endToEnd(request.headers()));
        return client.request(options)
                .compose(forwarded -> forwarded.send(body))
                .compose((HttpClientResponse response) ->
                        response.body().map(content -> new Answer(response.statusCode(), response.headers(), content)));
    }

    private void watch(HttpServerRequest request) {
        request.pause();
        var options = new WebSocketConnectOptions()
                .setHost(upstream.getHost())
                .setPort(upstream.getPort())
                .setURI(request.uri())
                .setHeaders(endToEnd(request.headers()));
        watches.connect(options)
                .onSuccess(source -> {
                    source.pause();
                    request.toWebSocket().map(sink -> pipe(source, sink)).onFailure(_ -> close(source));
                })
                .onFailure(cause -> {
                    if (cause instanceof UpgradeRejectedException rejected && !dead) {
                        request.response().setStatusCode(rejected.getStatus()).end();
                    } else {
                        refuse(request);
                    }
                });
    }

    private Void pipe(WebSocket source, WebSocketBase sink) {
        try {
            join(source, sink);
        } catch (IllegalStateException e) {
            // One of them was closed meanwhile: so is the other, or the operator would wait for events for ever.
            close(source);
            close(sink);
        }
        return null;
    }

    private void join(WebSocket source, WebSocketBase sink) {
        open.add(sink);
        Consumer<Runnable> later =
                lateness.isZero() ? Runnable::run : action -> VERTX.setTimer(lateness.toMillis(), _ -> action.run());
        source.textMessageHandler(text -> later.accept(() -> {
            if (!dead && !sink.isClosed()) {
                sink.writeTextMessage(text);
            }
        }));
        source.closeHandler(_ -> later.accept(() -> close(sink)));
        sink.closeHandler(_ -> {
            open.remove(sink);
            close(source);
        });
        List.of(source, sink).forEach(socket -> socket.exceptionHandler(_ -> {}));
        source.resume();
        if (dead || cutOff) {
            close(sink);
        }
    }

    private static void close(WebSocketBase socket) {
        if (!socket.isClosed()) {
            socket.close().onFailure(_ -> {});
        }
    }

    /** Ends the operator, as its own halt would. */
    public void die() {
        if (claim()) {
            cutWatches();
            death.run();
        }
    }

    private synchronized boolean claim() {
        var alive = !dead;
        dead = true;
        return alive;
    }

    /**
     * A dead operator is told off, and so gives up at once where a broken connection would be tried again for long: it is
     * dead, but its threads are this JVM's. Where the API server is away, the connection breaks.
     */
    private void refuse(HttpServerRequest request) {
        if (dead) {
            request.response().setStatusCode(HttpURLConnection.HTTP_FORBIDDEN).end();
        } else {
            request.connection().close();
        }
    }

    private static MultiMap endToEnd(MultiMap headers) {
        var kept = MultiMap.caseInsensitiveMultiMap();
        for (Map.Entry<String, String> header : headers) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !name.startsWith("sec-websocket-")) {
                kept.add(header.getKey(), header.getValue());
            }
        }
        return kept;
    }

    /** Also the end of the operator. */
    @Override
    public void close() {
        dead = true;
        cutWatches();
        server.close();
        client.close();
        watches.close();
    }
}
