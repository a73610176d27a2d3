package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
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

/** A namespace as the API server shows it to its user. */
final class KubernetesFactoryCluster implements FactoryCluster {

    /** What is waited for takes a second or two, or hours. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final KubernetesClient client;
    private final String namespace;

    KubernetesFactoryCluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public Optional<Factory> factory(String name) {
        return Optional.ofNullable(client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public List<Factory> factories() {
        return client.resources(Factory.class).inNamespace(namespace).list().getItems();
    }

    @Override
    public Optional<RootRotation> rotation(String name) {
        return Optional.ofNullable(client.resources(RootRotation.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public Optional<Bytes> file(String configMap, String entry) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(configMap)
                        .get())
                .flatMap(object -> Optional.ofNullable(object.getBinaryData()))
                .map(data -> data.get(entry))
                .map(Bytes::base64);
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
            client.resource(object).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
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
