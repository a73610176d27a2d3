package dev.factorytrust.deploy;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.List;

/** What a user may do, as the API server says when he asks it. */
final class Rights {

    private static final List<String> VERBS =
            List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

    private Rights() {}

    static List<String> verbs(KubernetesClient user, String namespace, String group, String resource) {
        return VERBS.stream()
                .filter(verb -> has(user, namespace, group, resource, verb))
                .toList();
    }

    /** @param resource a kind in the plural, and its subresource behind a slash */
    static boolean has(KubernetesClient user, String namespace, String group, String resource, String verb) {
        var parts = resource.split("/");
        return user.resource(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withNamespace(namespace)
                        .withGroup(group)
                        .withResource(parts[0])
                        .withSubresource(parts.length > 1 ? parts[1] : null)
                        .withVerb(verb)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .create()
                .getStatus()
                .getAllowed();
    }
}
