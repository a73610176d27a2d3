package dev.factorytrust.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What may stand between a repository and its devices: a cache that takes {@code max-age} at its word, for answers of 404
 * too. It keeps some files for as long as it may and others not at all, so that devices get files of different ages.
 */
public final class HttpCache implements AutoCloseable {

    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d+)");

    private final URI origin;
    private final Predicate<String> keeps;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final HttpServer server;

    private record Kept(HttpResponse<byte[]> answer, Instant until) {}

    private HttpCache(URI origin, Predicate<String> keeps) {
        this.origin = origin;
        this.keeps = keeps;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /**
     * Roots are old, and that there is no next one yet; all else is new.
     *
     * @param origin with a trailing slash
     */
    public static HttpCache ofRoots(URI origin) {
        return new HttpCache(origin, path -> path.endsWith("root.json"));
    }

    /** The timestamp, and so all that it leads to, is old; roots are new. */
    public static HttpCache ofTimestamps(URI origin) {
        return new HttpCache(origin, path -> path.equals("timestamp.json"));
    }

    /** Stands for the origin, with a trailing slash. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getRawPath().substring(1);
            var answer = kept.compute(path, (_, old) -> isFresh(old) ? old : fetch(path)).answer;
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    private static boolean isFresh(Kept answer) {
        return answer != null && Instant.now().isBefore(answer.until);
    }

    private Kept fetch(String path) {
        try {
            var request = HttpRequest.newBuilder(origin.resolve(path)).build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Kept(answer, Instant.now().plus(keeps.test(path) ? maxAge(answer) : Duration.ZERO));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Duration maxAge(HttpResponse<?> answer) {
        var control =
                MAX_AGE.matcher(answer.headers().firstValue("cache-control").orElse(""));
        return control.find() ? Duration.ofSeconds(Long.parseLong(control.group(1))) : Duration.ZERO;
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
