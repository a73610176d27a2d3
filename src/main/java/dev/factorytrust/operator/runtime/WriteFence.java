package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Between a process and the API server: reads always pass, writes as long as the lease was renewed a short while ago, and
 * none once the fence is raised, for good. Without a lease all pass.
 *
 * <p>Why here, and not where writes are asked for: a process that was stopped by its kernel goes on in the middle of
 * anything, before its elector has looked at the time.
 *
 * <p>Reads are sent again by Fabric8 for twenty seconds. A write is sent once: sent again it could come after the lease
 * has gone, and what stops it then never reaches the caller, who would wait for ever. What asks for the lease is sent once
 * too, or the elector would keep asking for longer than the lease lasts before it looks at the time.
 */
public final class WriteFence {

    /** When the elector begins to give the lease up, and five seconds before others may take it. */
    static final Duration RENEWED_WITHIN = Duration.ofSeconds(10);

    private static final String LEASES = "/apis/coordination.k8s.io/";

    private final LongSupplier nanoTime;
    private volatile boolean raised;
    private volatile long asked;
    private volatile Optional<Long> renewed = Optional.empty();

    public WriteFence() {
        this(System::nanoTime);
    }

    /** @param nanoTime that goes on while the process is stopped */
    WriteFence(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The same client, with this fence around it.
     *
     * @param serialization how it reads and writes objects
     */
    public KubernetesClient around(KubernetesClient client, KubernetesSerialization serialization) {
        var once = new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .build();
        var http = client.getHttpClient();
        return new KubernetesClientImpl(
                new Fenced(http, http.newBuilder().tag(once).build()), client.getConfiguration(), null, serialization);
    }

    public void raise() {
        raised = true;
    }

    private boolean isLate() {
        return renewed.filter(since -> nanoTime.getAsLong() - since > RENEWED_WITHIN.toNanos())
                .isPresent();
    }

    /** All that is sent comes by {@link #pass}, on the thread of who asks for it. */
    private final class Fenced implements HttpClient {

        private final HttpClient untilAnswered;
        private final HttpClient once;

        private Fenced(HttpClient untilAnswered, HttpClient once) {
            this.untilAnswered = untilAnswered;
            this.once = once;
        }

        private <T> CompletableFuture<HttpResponse<T>> pass(
                HttpRequest request, Function<HttpClient, CompletableFuture<HttpResponse<T>>> send) {
            var reads = request.method().equals("GET");
            var ofLease = request.uri().getPath().startsWith(LEASES);
            if (!reads && (raised || isLate() && !ofLease)) {
                throw new KubernetesClientException("Not sent, for this process has lost its lease: " + request.method()
                        + ' ' + request.uri().getPath());
            }
            if (!ofLease) {
                return send.apply(reads ? untilAnswered : once);
            }
            if (reads) {
                // One at a time, and a read before each write: the elector takes the time that others judge the lease
                // by
                // just before it reads.
                asked = nanoTime.getAsLong();
            }
            return send.apply(once).thenApply(answer -> {
                if (!reads && answer.isSuccessful()) {
                    renewed = Optional.of(asked);
                }
                return answer;
            });
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
            return pass(request, http -> http.sendAsync(request, type));
        }

        @Override
        public CompletableFuture<HttpResponse<AsyncBody>> consumeBytes(
                HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            return pass(request, http -> http.consumeBytes(request, consumer));
        }

        @Override
        public DerivedClientBuilder newBuilder() {
            throw new UnsupportedOperationException("What is derived from this client would pass by the fence");
        }

        @Override
        public WebSocket.Builder newWebSocketBuilder() {
            return untilAnswered.newWebSocketBuilder();
        }

        @Override
        public HttpRequest.Builder newHttpRequestBuilder() {
            return untilAnswered.newHttpRequestBuilder();
        }

        @Override
        public void close() {
            untilAnswered.close();
        }

        @Override
        public boolean isClosed() {
            return untilAnswered.isClosed();
        }
    }
}
