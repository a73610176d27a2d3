package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the API server shows of a Factory in memory, whose operator works and whose time passes while somebody waits. */
class InMemoryNamespace implements FactoryCluster {

    private final InMemoryFactory factory;

    InMemoryNamespace(InMemoryFactory factory) {
        this.factory = factory;
    }

    @Override
    public Optional<Factory> factory(String name) {
        return factory.find(Factory.class, name);
    }

    @Override
    public List<Factory> factories() {
        return factory.all(Factory.class);
    }

    @Override
    public Optional<RootRotation> rotation(String name) {
        return factory.find(RootRotation.class, name);
    }

    @Override
    public Optional<Bytes> file(String configMap, String entry) {
        return factory.find(ConfigMap.class, configMap)
                .map(object -> object.getBinaryData().get(entry))
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
            factory.create(object);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    @Override
    public void pause(Duration atMost) {
        var before = factory.revision();
        factory.settle();
        if (factory.revision() == before) {
            factory.pass(Duration.ofMinutes(25)); // the slowest device takes an hour, to the second
        }
    }

    @Override
    public Instant now() {
        return factory.now();
    }
}
