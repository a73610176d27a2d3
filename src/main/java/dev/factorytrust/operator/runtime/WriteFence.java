package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Between a process and the API server: reads always pass, writes as long as the lease was renewed a short while ago, and
 * none once the fence is raised, for good. Without a lease all pass.
 *
 * <p>Why here, and not where writes are asked for: Fabric8 sends a request again by itself when its connection broke, for
 * twenty seconds, whether or not anybody still waits for the answer. Each of these attempts comes by here. And a process
 * that was stopped by its kernel goes on in the middle of anything, before its elector has looked at the time.
 */
public final class WriteFence {

    /** After which the elector gives the lease up, and five seconds before others may take it. */
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

    /** The same client, with this fence around it. */
    public KubernetesClient around(KubernetesClient client) {
        return new KubernetesClientImpl(
                client.getHttpClient()
                        .newBuilder()
                        .addOrReplaceInterceptor("write-fence", new Guard())
                        .build(),
                client.getConfiguration(),
                null,
                client.getKubernetesSerialization());
    }

    public void raise() {
        raised = true;
    }

    private boolean isLate() {
        return renewed.filter(since -> nanoTime.getAsLong() - since > RENEWED_WITHIN.toNanos())
                .isPresent();
    }

    private final class Guard implements Interceptor {

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (request.method().equals("GET")) {
                return;
            }
            var ofLease = isOfLease(request);
            if (raised || isLate() && !ofLease) {
                throw new KubernetesClientException("Not sent, for this process has lost its lease: " + request.method()
                        + ' ' + request.uri().getPath());
            }
            if (ofLease) {
                // One at a time: the elector waits for the answer.
                asked = nanoTime.getAsLong();
            }
        }

        @Override
        public void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            if (isOfLease(request) && !request.method().equals("GET") && response.isSuccessful()) {
                renewed = Optional.of(asked);
            }
        }

        private static boolean isOfLease(HttpRequest request) {
            return request.uri().getPath().startsWith(LEASES);
        }
    }
}
