package dev.factorytrust.api.v1alpha1;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Resources as a user writes them: YAML sent to the real API server, untyped, so that nothing of ours stands between the
 * file and the rules.
 */
final class Declared {

    static final String ED25519 = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAW+S08q/XnJ/eUmzl3+kCvVQpQAPwnVXse3wr+F41wq4=
            -----END PUBLIC KEY-----
            """;

    static final String P256 = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmJn4+Ix1zN0o+K5xgxrTfBBzch8z
            yGCMjfiAyiC0HWxFYhFKVLk1bdy7V1qbKkVeLdZBioNkx8h4LUvQ7yL8YA==
            -----END PUBLIC KEY-----
            """;

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final Map<String, String> PLURALS =
            Map.of("Factory", "factories", "RootRotation", "rootrotations", "Target", "targets");

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();

    Declared() {
        PLURALS.values().forEach(plural -> client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(plural + ".factory-trust.dev")
                .waitUntilCondition(Declared::isEstablished, 10, TimeUnit.SECONDS));
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd.getStatus() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(c -> "Established".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    /** Creates one with this spec (flow or block YAML) under a name of its own. */
    GenericKubernetesResource create(String kind, String spec) {
        return create(kind, "n" + NAMES.incrementAndGet(), spec);
    }

    GenericKubernetesResource create(String kind, String name, String spec) {
        return handle(resource(kind, name, spec)).create();
    }

    GenericKubernetesResource update(GenericKubernetesResource existing, String spec) {
        var name = existing.getMetadata().getName();
        var changed = resource(existing.getKind(), name, spec);
        changed.getMetadata().setResourceVersion(read(existing).getMetadata().getResourceVersion());
        return handle(changed).update();
    }

    GenericKubernetesResource read(GenericKubernetesResource existing) {
        return handle(existing).get();
    }

    /** What the API server answers to a refused create. */
    String refusal(String kind, String name, String spec) {
        return refusal(() -> create(kind, name, spec));
    }

    String refusal(String kind, String spec) {
        return refusal(() -> create(kind, spec));
    }

    /** What the API server answers to a refused change. */
    String refusal(GenericKubernetesResource existing, String spec) {
        return refusal(() -> update(existing, spec));
    }

    private static String refusal(ThrowingCallable request) {
        var answer = catchThrowableOfType(KubernetesClientException.class, request);
        assertThat(answer).as("accepted").isNotNull();
        assertThat(answer.getCode()).as(answer.getMessage()).isEqualTo(422);
        return answer.getMessage();
    }

    GenericKubernetesResource updateStatus(GenericKubernetesResource existing, Object status) {
        var changed = read(existing);
        changed.setAdditionalProperty("status", status);
        return handle(changed).updateStatus();
    }

    String namespace() {
        return namespace;
    }

    private Resource<GenericKubernetesResource> handle(GenericKubernetesResource resource) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup("factory-trust.dev")
                        .withVersion("v1alpha1")
                        .withKind(resource.getKind())
                        .withPlural(PLURALS.get(resource.getKind()))
                        .withNamespaced(true)
                        .build())
                .inNamespace(namespace)
                .resource(resource);
    }

    /** The map that a YAML text says. */
    static Object yaml(String text) {
        // Without the marker, a text that begins with a brace is read as JSON.
        return Serialization.unmarshal("---\n" + keys(text), Object.class);
    }

    private GenericKubernetesResource resource(String kind, String name, String spec) {
        var resource = new GenericKubernetesResource();
        resource.setApiVersion("factory-trust.dev/v1alpha1");
        resource.setKind(kind);
        resource.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        resource.setAdditionalProperty("spec", yaml(spec));
        return resource;
    }

    /** ED25519 and P256 in a spec stand for the PEM, quoted. */
    private static String keys(String text) {
        return text.replace("ED25519", Serialization.asJson(ED25519)).replace("P256", Serialization.asJson(P256));
    }
}
