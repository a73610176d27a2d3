package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Factories as users make and change them. */
final class Factories {

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private Factories() {}

    static Factory create(KubernetesClient client, String namespace, String name) {
        var factory = client.getKubernetesSerialization().unmarshal("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: Factory
                metadata: {name: %s, namespace: %s}
                spec:
                  bootstrap: {generate: {}}
                """.formatted(name, namespace), Factory.class);
        return client.resource(factory).create();
    }

    static Factory pause(KubernetesClient client, String namespace, String name) {
        return patch(client, namespace, name, "{\"spec\":{\"paused\":true}}");
    }

    static Factory patch(KubernetesClient client, String namespace, String name, String merge) {
        return client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(name)
                .patch(MERGE, merge);
    }
}
