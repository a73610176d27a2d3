package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.testing.ApiServerProxy;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A rotation of keys may take hours, and the API server isn't there in every second of them. */
class KubernetesFactoryClusterIT {

    @Test
    void an_api_server_that_was_there_is_waited_for_and_one_that_never_was_is_not() {
        var controlPlane = ControlPlane.shared();
        var namespace = controlPlane.newNamespace();
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName("acme-keys")
                .withNamespace(namespace)
                .build());
        rotation.setSpec(new RootRotationSpec("acme", null, null, null, null, null, null, null));
        var asked = new AtomicInteger();
        try (var proxy = new ApiServerProxy(
                controlPlane.adminConfig(),
                _ -> asked.incrementAndGet() < 4 ? ApiServerProxy.Fate.LOST : ApiServerProxy.Fate.PASS,
                () -> {},
                Duration.ZERO)) {
            var config = Config.fromKubeconfig(controlPlane
                    .kubeconfigOf("factory-key-holder", namespace)
                    .replace(
                            controlPlane.adminConfig().getMasterUrl(),
                            proxy.config().getMasterUrl()));
            config.setRequestRetryBackoffLimit(0);
            try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
                var cluster = new KubernetesFactoryCluster(client, namespace);
                assertThatThrownBy(() -> cluster.declare(rotation)).isInstanceOf(KubernetesClientException.class);
                assertThat(asked).as("nobody has seen it yet").hasValue(1);

                assertThat(cluster.factories()).isEmpty();
                cluster.declare(rotation);
                assertThat(asked).hasValue(4);
                assertThat(cluster.rotation("acme-keys")).isPresent();
            }
        }
    }
}
