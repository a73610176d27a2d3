package dev.factorytrust.server;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import static io.vertx.core.http.HttpHeaders.ACCEPT_ENCODING;
import static io.vertx.core.http.HttpHeaders.ALLOW;
import static io.vertx.core.http.HttpHeaders.CACHE_CONTROL;
import static io.vertx.core.http.HttpHeaders.CLOSE;
import static io.vertx.core.http.HttpHeaders.CONNECTION;
import static io.vertx.core.http.HttpHeaders.CONTENT_ENCODING;
import static io.vertx.core.http.HttpHeaders.CONTENT_LENGTH;
import static io.vertx.core.http.HttpHeaders.CONTENT_TYPE;
import static io.vertx.core.http.HttpHeaders.ETAG;
import static io.vertx.core.http.HttpHeaders.IF_NONE_MATCH;
import static io.vertx.core.http.HttpHeaders.RETRY_AFTER;
import static io.vertx.core.http.HttpHeaders.VARY;

/**
 * Answers {@code GET /{namespace}/{factory}/{place}{file}} from the views, for every {@link Place}. Paths are compared as they were sent, neither decoded nor normalised: what no view names is a plain 404. Never
 * a redirect, and never a 204 or 304 that nobody asked for: any of them stops a fielded device. (Of an answer to HEAD,
 * Vert.x keeps the body back.)
 */
public final class MetadataEndpoint implements Handler<HttpServerRequest> {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");
    private static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
    private static final Buffer NOT_FOUND = Buffer.buffer("not found\n");
    private static final Buffer METHOD_NOT_ALLOWED = Buffer.buffer("method not allowed\n");
    private static final Buffer NOT_SYNCHRONISED = Buffer.buffer("not synchronised yet\n");
    private static final Buffer NOT_WATCHED = Buffer.buffer("namespace not watched\n");

    /** How often a held request looks for its file; a flip isn't announced, so that nothing is kept per request. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private final RepositoryViews views;
    private final Vertx vertx;
    private final ServingPolicy policy;
    private final AtomicInteger held = new AtomicInteger();

    public MetadataEndpoint(RepositoryViews views, Vertx vertx, ServingPolicy policy) {
        this.views = views;
        this.vertx = vertx;
        this.policy = policy;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (RequestHeaders.announceABody(request.headers())) {
            closeBehindTheAnswer(request);
        }
        var method = request.method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            var response = request.response().setStatusCode(405).putHeader(ALLOW, "GET, HEAD");
            text(response, METHOD_NOT_ALLOWED);
        } else if (!views.isSynced()) {
            unavailable(request, "5", NOT_SYNCHRONISED);
        } else {
            find(request);
        }
    }

    /** For what nobody means to read: what has come of it would be kept for as long as the connection lasts. */
    static void closeBehindTheAnswer(HttpServerRequest request) {
        var connection = request.connection();
        request.response().putHeader(CONNECTION, CLOSE).endHandler(_ -> connection.close());
    }

    private void find(HttpServerRequest request) {
        var path = request.path() == null ? "" : request.path();
        var factory = path.indexOf('/', 1);
        var end = factory < 0 ? -1 : path.indexOf('/', factory + 1);
        if (end < 0) {
            notFound(request);
            return;
        }
        if (views.isUnwatched(path.substring(1, factory))) {
            unavailable(request, "30", NOT_WATCHED);
            return;
        }
        var key = path.substring(1, end);
        var place = Place.of(path, end + 1);
        var file = path.substring(end + 1 + place.path().length());
        var view = views.find(key).filter(_ -> place.has(file));
        if (view.isEmpty()) {
            notFound(request);
            return;
        }
        var name = VersionedName.parse(file).filter(_ -> place.isForDevices());
        name.ifPresent(view.get()::count);
        var found = view.get().file(file);
        if (found.isPresent()) {
            place.header().ifPresent(header -> request.response()
                    .putHeader(header, found.get().sha256()));
            serve(request, found.get());
        } else if (name.isPresent() && view.get().mayFollow(name.get())) {
            hold(request, key, file);
        } else {
            notFound(request);
        }
    }

    private void hold(HttpServerRequest request, String key, String file) {
        if (held.incrementAndGet() > policy.maxHeld()) {
            held.decrementAndGet();
            notFound(request);
        } else {
            look(request, key, file, policy.hold().dividedBy(LOOK));
        }
    }

    private void look(HttpServerRequest request, String key, String file, long looksLeft) {
        var found = views.find(key).flatMap(view -> view.file(file));
        var gone = request.response().closed();
        if (found.isEmpty() && !gone && looksLeft > 0) {
            vertx.setTimer(LOOK.toMillis(), _ -> look(request, key, file, looksLeft - 1));
            return;
        }
        held.decrementAndGet();
        if (!gone) {
            found.ifPresentOrElse(now -> serve(request, now), () -> notFound(request));
        }
    }

    private void serve(HttpServerRequest request, ServedFile file) {
        var asked = request.headers();
        var gzip = file.gzip().filter(_ -> RequestHeaders.asksForGzip(asked.getAll(ACCEPT_ENCODING)));
        var chosen = gzip.orElse(file.identity());
        var response = request.response();
        response.headers()
                .add(ETAG, chosen.etag())
                .add(CACHE_CONTROL, file.cacheControl())
                .add(VARY, ACCEPT_ENCODING);
        if (RequestHeaders.matches(asked.getAll(IF_NONE_MATCH), chosen.etag())) {
            response.setStatusCode(304).end();
            return;
        }
        if (gzip.isPresent()) {
            response.putHeader(CONTENT_ENCODING, GZIP);
        }
        response.putHeader(CONTENT_TYPE, JSON).putHeader(CONTENT_LENGTH, chosen.contentLength());
        if (request.method() == HttpMethod.HEAD) {
            response.end();
        } else {
            Slices.send(response, chosen.body());
        }
    }

    private void notFound(HttpServerRequest request) {
        var response = request.response().setStatusCode(404).putHeader(CACHE_CONTROL, policy.changeable());
        text(response, NOT_FOUND);
    }

    private static void unavailable(HttpServerRequest request, String retryAfterSeconds, Buffer body) {
        var response = request.response().setStatusCode(503).putHeader(RETRY_AFTER, retryAfterSeconds);
        text(response.putHeader(CACHE_CONTROL, "no-store"), body);
    }

    private static void text(HttpServerResponse response, Buffer body) {
        response.putHeader(CONTENT_TYPE, TEXT).putHeader(CONTENT_LENGTH, Integer.toString(body.length()));
        response.end(body);
    }
}
