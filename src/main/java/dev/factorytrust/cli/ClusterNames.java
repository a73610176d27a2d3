package dev.factorytrust.cli;

import dev.factorytrust.api.KubernetesJson;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What resources in the cluster are called, if it says so at once: whoever presses the tab key waits. */
final class ClusterNames implements Completion.Names {

    private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS =
            Map.of("FACTORY", Factory.class, "ROTATION", RootRotation.class, "TARGET", Target.class);

    private static final int PATIENCE_SECONDS = 3;

    @Override
    public List<String> apply(String label, Map<String, String> given) {
        return Optional.ofNullable(KINDS.get(label))
                .map(kind -> CompletableFuture.supplyAsync(() -> names(kind, given))
                        .completeOnTimeout(List.of(), PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .exceptionally(_ -> List.of())
                        .join())
                .orElse(List.of());
    }

    private static List<String> names(Class<? extends CustomResource<?, ?>> kind, Map<String, String> given) {
        var config = Config.autoConfigure(given.get("--context"));
        config.setRequestRetryBackoffLimit(0);
        var namespace = Optional.ofNullable(given.get("--namespace"))
                .or(() -> Optional.ofNullable(config.getNamespace()))
                .orElse("default");
        try (var client = new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(KubernetesJson.serialization())
                .build()) {
            return client.resources(kind).inNamespace(namespace).list().getItems().stream()
                    .map(found -> found.getMetadata().getName())
                    .toList();
        }
    }
}
