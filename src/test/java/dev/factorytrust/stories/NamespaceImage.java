package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.operator.runtime.StatusWriter;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything that a Factory and its owners have in a namespace, to be brought back: so that a story is told again and
 * again from the same beginning without telling the beginning again. No operator may run meanwhile.
 */
record NamespaceImage(
        KubernetesClient client,
        String namespace,
        List<Factory> factories,
        List<RootRotation> rotations,
        List<Target> targets,
        List<ConfigMap> configMaps,
        List<Secret> secrets) {

    static NamespaceImage of(KubernetesClient client, String namespace) {
        return new NamespaceImage(
                client,
                namespace,
                list(client, namespace, Factory.class),
                list(client, namespace, RootRotation.class),
                list(client, namespace, Target.class),
                list(client, namespace, ConfigMap.class),
                list(client, namespace, Secret.class));
    }

    private static <T extends HasMetadata> List<T> list(KubernetesClient client, String namespace, Class<T> kind) {
        return client.resources(kind).inNamespace(namespace).list().getItems();
    }

    void restore() {
        restore(Target.class, targets, NamespaceImage::spec);
        restore(RootRotation.class, rotations, NamespaceImage::spec);
        restore(ConfigMap.class, configMaps, object -> List.of(object.getBinaryData(), object.getData()));
        restore(Secret.class, secrets, object -> List.of(object.getData(), String.valueOf(object.getType())));
        restore(Factory.class, factories, _ -> "");
        statuses(Target.class, targets, new StatusWriter<Target, TargetStatus>(client));
        statuses(RootRotation.class, rotations, new StatusWriter<RootRotation, RootRotationStatus>(client));
        statuses(Factory.class, factories, new StatusWriter<Factory, FactoryStatus>(client));
    }

    /** The Factory itself must stay: much of what is stored names its UID. */
    private <T extends HasMetadata> void restore(Class<T> kind, List<T> then, Function<T, Object> content) {
        var before = byName(then);
        var present = byName(list(client, namespace, kind));
        present.forEach((name, object) -> {
            var kept = before.get(name);
            if (kept == null || !content.apply(object).equals(content.apply(kept))) {
                client.resource(object).delete();
            } else if (!notes(object).equals(notes(kept)) || !spec(object).equals(spec(kept))) {
                var again = fresh(kept);
                again.getMetadata().setResourceVersion(object.getMetadata().getResourceVersion());
                client.resource(again).update();
            }
        });
        before.forEach((name, kept) -> {
            if (!present.containsKey(name) || !content.apply(present.get(name)).equals(content.apply(kept))) {
                client.resource(fresh(kept)).create();
            }
        });
    }

    /** As the operator's own word: what it takes back later must not be anybody else's too. */
    private <S, T extends CustomResource<?, S>> void statuses(Class<T> kind, List<T> then, StatusWriter<T, S> writer) {
        var present = byName(list(client, namespace, kind));
        then.stream()
                .filter(kept -> kept.getStatus() != null)
                .forEach(kept -> writer.write(present.get(kept.getMetadata().getName()), kept.getStatus()));
    }

    private static <T extends HasMetadata> java.util.Map<String, T> byName(List<T> objects) {
        return objects.stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), object -> object));
    }

    private static String spec(HasMetadata object) {
        return object instanceof CustomResource<?, ?> custom ? Serialization.asJson(custom.getSpec()) : "";
    }

    private static Object notes(HasMetadata object) {
        return List.of(object.getMetadata().getLabels(), object.getMetadata().getAnnotations());
    }

    private static <T extends HasMetadata> T fresh(T kept) {
        var object = Serialization.clone(kept);
        var meta = kept.getMetadata();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withLabels(meta.getLabels())
                .withAnnotations(meta.getAnnotations())
                .build());
        return object;
    }
}
