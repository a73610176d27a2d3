package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Before a server that has reads tried again six times, and would have writes tried again too. */
class WriteFenceTest {

    private static final int PATIENCE_SECONDS = 10;

    private static final int AGAIN = 6;

    private static final ConfigMap TIMESTAMP = new ConfigMapBuilder()
            .withNewMetadata()
            .withName("acme-timestamp")
            .withNamespace("fleet")
            .endMetadata()
            .build();

    private static final Lease LEASE = new LeaseBuilder()
            .withNewMetadata()
            .withName("factory-trust")
            .withNamespace("system")
            .withResourceVersion("1")
            .endMetadata()
            .build();

    private static final long LIMIT = WriteFence.RENEWED_WITHIN.toNanos();

    private final AtomicLong nanoTime = new AtomicLong(-1);
    private final WriteFence fence = new WriteFence(nanoTime::get);
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final CompletableFuture<Void> firstWrite = new CompletableFuture<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
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
    private final KubernetesClient fenced = fence.around(client, client.getKubernetesSerialization());

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
            answered.thenRun(() -> request.response().setStatusCode(503).end());
        }
    }

    @Test
    void once_it_is_raised_no_write_passes_and_who_waited_for_one_is_told() throws Exception {
        assertWriterIsTold(fence::raise);
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("lost its lease: POST /api/v1/namespaces/fleet/configmaps");
        assertThat(fenced.resource(TIMESTAMP).get()).isNull();
        assertThat(reads).hasValue(AGAIN + 1);
        assertThat(writes).hasValue(1);
    }

    /** Else its thread would be gone: one for each Factory, until none is left. */
    @Test
    void who_writes_while_the_server_is_away_for_ten_seconds_is_told_and_may_write_once_the_lease_is_renewed()
            throws Exception {
        renew();
        assertWriterIsTold(() -> nanoTime.addAndGet(LIMIT + 1));
        renew();
        assertWritten();
    }

    @Test
    void what_asks_for_the_lease_is_not_tried_again_for_the_elector_must_look_at_the_time() {
        assertThatThrownBy(() -> fenced.resource(LEASE).get()).isInstanceOf(KubernetesClientException.class);
        assertThat(reads).hasValue(1);
    }

    @Test
    void the_lease_counts_from_when_it_was_read_as_it_does_for_others() {
        answered.complete(null);
        reads.set(AGAIN);
        fenced.resource(LEASE).get();
        nanoTime.addAndGet(LIMIT);
        update();
        assertWritten();
        nanoTime.incrementAndGet();
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create()).hasMessageContaining("lost its lease");
    }

    @Test
    void a_process_that_was_stopped_for_as_long_as_its_lease_lasts_writes_nothing_before_that_is_renewed() {
        answered.complete(null);
        assertWritten();
        renew();
        nanoTime.addAndGet(LIMIT);
        assertWritten();
        nanoTime.incrementAndGet();
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create()).hasMessageContaining("lost its lease");
        renew();
        assertWritten();
    }

    /** The server refuses his write, so that Fabric8 would try again, after this has happened. */
    private void assertWriterIsTold(Runnable happens) throws Exception {
        try (var threads = Executors.newSingleThreadExecutor()) {
            var writing = threads.submit(() -> fenced.resource(TIMESTAMP).create());
            firstWrite.get();
            happens.run();
            answered.complete(null);
            try {
                assertThatThrownBy(() -> writing.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class);
                assertThat(writes).hasValue(1);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** As the elector does. */
    private void renew() {
        reads.set(AGAIN);
        fenced.resource(LEASE).get();
        update();
    }

    private void update() {
        fenced.resource(LEASE).lockResourceVersion().update();
    }

    /** The server refuses it: that it was asked is what counts. */
    private void assertWritten() {
        var before = writes.get();
        assertThatThrownBy(() -> fenced.resource(TIMESTAMP).create()).hasMessageNotContaining("lost its lease");
        assertThat(writes.get()).isGreaterThan(before);
    }
}
