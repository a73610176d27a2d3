package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Asks the API server for the least of what informers list in a namespace: whether they would be let. */
public final class NamespaceProbe implements Function<String, Optional<String>> {

    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(ConfigMap.class, Secret.class, Factory.class, RootRotation.class, Target.class);

    private final KubernetesClient client;

    public NamespaceProbe(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Why it can't be watched, in the API server's words; empty where it can.
     *
     * @throws KubernetesClientException if the API server doesn't answer, or with anything but yes and no
     */
    @Override
    public Optional<String> apply(String namespace) {
        return KINDS.stream().flatMap(kind -> ask(kind, namespace).stream()).findFirst();
    }

    private Optional<String> ask(Class<? extends HasMetadata> kind, String namespace) {
        try {
            // By its label, as informers do: of others' Secrets not even one is read.
            client.resources(kind)
                    .inNamespace(namespace)
                    .withLabel(Names.FACTORY)
                    .list(new ListOptionsBuilder().withLimit(1L).build());
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(refusal(e));
        }
    }

    /** The words of a no; whatever else went wrong says nothing of the namespace, and is thrown. */
    static String refusal(KubernetesClientException answer) {
        return switch (answer.getCode()) {
            case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND ->
                answer.getStatus() == null
                        ? answer.getMessage()
                        : answer.getStatus().getMessage();
            default -> throw answer;
        };
    }
}
