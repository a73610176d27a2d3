package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What decisions are carried out with: single requests to the API server, each of which happens as a whole or not at
 * all. A process may end between any two of them.
 *
 * <p>A request that is refused throws {@link KubernetesClientException} with the status of the answer.
 */
public interface ApiServer {

    <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name);

    /** What of a kind in a namespace carries this label. */
    <T extends HasMetadata> List<T> labelled(Class<T> kind, String namespace, String label, String value);

    /** Refused with 409 where the name is taken. */
    void create(HasMetadata object);

    /** Refused with 409 unless what is stored has the resourceVersion that {@code next} carries. */
    void replace(HasMetadata next);

    /** Makes these the finalizers of what was seen. Refused with 409 where it changed since, with 404 where it is gone. */
    void setFinalizers(HasMetadata seen, List<String> finalizers);

    /** Deletes what was seen. Refused with 409 where it changed since; already gone is as good. */
    void delete(HasMetadata seen);

    static ApiServer of(KubernetesClient client) {
        return new ApiServer() {
            @Override
            public <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
                return Optional.ofNullable(client.resources(kind)
                        .inNamespace(namespace)
                        .withName(name)
                        .get());
            }

            @Override
            public <T extends HasMetadata> List<T> labelled(
                    Class<T> kind, String namespace, String label, String value) {
                return client.resources(kind)
                        .inNamespace(namespace)
                        .withLabel(label, value)
                        .list()
                        .getItems();
            }

            @Override
            public void create(HasMetadata object) {
                client.resource(object).create();
            }

            @Override
            public void replace(HasMetadata next) {
                client.resource(next).lockResourceVersion().update();
            }

            @Override
            public void setFinalizers(HasMetadata seen, List<String> finalizers) {
                var metadata =
                        Map.of("resourceVersion", seen.getMetadata().getResourceVersion(), "finalizers", finalizers);
                client.resource(seen)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                client.getKubernetesSerialization().asJson(Map.of("metadata", metadata)));
            }

            @Override
            public void delete(HasMetadata seen) {
                client.resource(seen).lockResourceVersion().delete();
            }
        };
    }
}
