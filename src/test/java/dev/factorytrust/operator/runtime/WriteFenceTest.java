package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Before a server that has reads tried again six times, and writes too. */
class WriteFenceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** With twice the pause each time: they take longer than a write would that is tried again once. */
    private static final int AGAIN = 6;

    private static final ConfigMap TIMESTAMP = new ConfigMapBuilder()
            .withNewMetadata()
            .withName("acme-timestamp")
            .withNamespace("fleet")
            .endMetadata()
            .build();

    private final AtomicLong nanoTime = new AtomicLong(-1);
    private final WriteFence fence = new WriteFence(nanoTime::get);
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final CompletableFuture<Void> firstWrite = new CompletableFuture<>();
    private final CompletableFuture<Void> raised = new CompletableFuture<>();
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server = vertx.createHttpServer()
            // Whoever answers before he has heard it all may find the connection closed.
            .requestHandler(request -> request.body().onSuccess(_ -> answer(request)))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + server.actualPort())
                    .withRequestRetryBackoffInterval(1)
                    .withRequestRetryBackoffLimit(AGAIN)
                    .build())
            .build();
    private final KubernetesClient fenced = fence.around(client);

    @AfterEach
    void stop() {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void answer(HttpServerRequest request) {
        if (request.method() == HttpMethod.GET) {
            request.response()
                    .setStatusCode(reads.incrementAndGet() <= AGAIN ? 503 : 404)
                    .end();
        } else if (request.path().contains("/leases")) {
            request.response().setStatusCode(200).end("{\"kind\": \"Lease\"}");
        } else {
            writes.incrementAndGet();
            firstWrite.complete(null);
            raised.thenRun(() -> request.response().setStatusCode(503).end());
        }
    }

    @Test
    void once_it_is_raised_no_write_passes_not_even_one_that_is_tried_again() throws Exception {
        try (var threads = Executors.newSingleThreadExecutor()) {
            var writing = threads.submit(() -> fenced.resource(TIMESTAMP).create());
            firstWrite.get();
            fence.raise();
            raised.complete(null);
            assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("lost its lease: POST /api/v1/namespaces/fleet/configmaps");
            assertThat(fenced.resource(TIMESTAMP).get()).isNull();
            assertThat(reads).hasValue(AGAIN + 1);
            assertThat(writes).hasValue(1);
            threads.shutdownNow();
            assertThat(writing).failsWithin(PATIENCE);
        }
    }

    @Test
    void a_process_that_was_stopped_for_as_long_as_its_lease_lasts_writes_nothing_before_that_is_renewed() {
        raised.complete(null);
        var limit = WriteFence.RENEWED_WITHIN.toNanos();
        assertWritten();
        renew();
        nanoTime.addAndGet(limit);
        assertWritten();
        nanoTime.incrementAndGet();
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create()).hasMessageContaining("lost its lease");
        assertThat(fenced.resource(TIMESTAMP).get()).isNull();
        renew();
        assertWritten();
    }

    private void renew() {
        fenced.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("factory-trust")
                        .withNamespace("system")
                        .withResourceVersion("1")
                        .endMetadata()
                        .build())
                .lockResourceVersion()
                .update();
    }

    /** The server refuses it: that it was asked is what counts. */
    private void assertWritten() {
        var before = writes.get();
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create()).hasMessageNotContaining("lost its lease");
        assertThat(writes.get()).isGreaterThan(before);
    }
}
