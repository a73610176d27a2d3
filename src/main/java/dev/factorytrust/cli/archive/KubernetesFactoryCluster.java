package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.cluster.MetadataFiles;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A namespace as the API server shows it to its user. */
final class KubernetesFactoryCluster implements FactoryCluster {

    /** What is waited for takes a second or two, or hours. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** An API server that was there and is gone for a moment doesn't end what may have been going on for hours. */
    private static final Duration OUTAGE = Duration.ofMinutes(2);

    private static final int TOO_MANY_REQUESTS = 429;

    private final KubernetesClient client;
    private final String namespace;
    private boolean reached;

    KubernetesFactoryCluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public Optional<Factory> factory(String name) {
        return answer(() -> client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public List<Factory> factories() {
        return answer(() -> client.resources(Factory.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .orElseThrow();
    }

    @Override
    public Optional<RootRotation> rotation(String name) {
        return answer(() -> client.resources(RootRotation.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public Optional<Bytes> file(String configMap, String entry) {
        return answer(() -> client.configMaps()
                        .inNamespace(namespace)
                        .withName(configMap)
                        .get())
                .flatMap(object ->
                        answer(() -> MetadataFiles.of(client, object, entry)).orElseThrow());
    }

    @Override
    public void declare(RootRotation rotation) {
        create(rotation);
    }

    @Override
    public void attach(SignatureSecret signature) {
        create(signature.object());
    }

    private void create(HasMetadata object) {
        try {
            answer(() -> client.resource(object).create());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private <T> Optional<T> answer(Supplier<T> request) {
        var end = now().plus(OUTAGE);
        for (; ; ) {
            try {
                var answer = request.get();
                reached = true;
                return Optional.ofNullable(answer);
            } catch (KubernetesClientException e) {
                if (!isPassing(e) || now().isAfter(end)) {
                    throw e;
                }
                pause(INTERVAL);
            }
        }
    }

    /** One that is back, or new, says for a moment that it has too much to do, or isn't ready. */
    private boolean isPassing(KubernetesClientException e) {
        return e.getCode() == TOO_MANY_REQUESTS
                || reached && (e.getStatus() == null || e.getCode() == HttpURLConnection.HTTP_UNAVAILABLE);
    }

    @Override
    public void pause(Duration atMost) {
        LockSupport.parkNanos(Math.min(atMost.toNanos(), INTERVAL.toNanos()));
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
