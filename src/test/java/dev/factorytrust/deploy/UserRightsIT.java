package dev.factorytrust.deploy;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What people may and may not do with the ClusterRoles that {@code deploy/} has for them, as a real API server judges. */
class UserRightsIT {

    private static ControlPlane controlPlane;
    private static String namespace;

    @BeforeAll
    static void start() {
        controlPlane = ControlPlane.shared();
        namespace = controlPlane.newNamespace();
    }

    @ParameterizedTest
    @CsvSource({
        "factory-viewer, factory-trust.dev, factories, get list watch",
        "factory-viewer, factory-trust.dev, rootrotations, get list watch",
        "factory-viewer, factory-trust.dev, targets, get list watch",
        "factory-viewer, '', configmaps, get list watch",
        "factory-viewer, '', secrets, ''",
        "factory-viewer, '', pods, ''",
        "factory-key-holder, factory-trust.dev, factories, get list watch",
        "factory-key-holder, factory-trust.dev, factories/status, ''",
        "factory-key-holder, factory-trust.dev, rootrotations, get list watch create",
        "factory-key-holder, factory-trust.dev, rootrotations/status, ''",
        "factory-key-holder, factory-trust.dev, targets, get list watch",
        "factory-key-holder, '', configmaps, get list watch",
        "factory-key-holder, '', secrets, create",
        "factory-key-holder, '', serviceaccounts/token, ''",
        "factory-key-holder, '', pods, ''",
    })
    void somebody_with_this_role_may_do_in_his_namespace(String role, String group, String resource, String verbs) {
        try (var user = as(role)) {
            assertThat(String.join(" ", Rights.verbs(user, namespace, group, resource)))
                    .isEqualTo(verbs);
            assertThat(Rights.verbs(user, "default", group, resource))
                    .as("elsewhere")
                    .isEmpty();
        }
    }

    /** Or whoever may use it could read online keys with what a key holder is given to fetch the archive. */
    @Test
    void no_role_of_the_installation_that_is_for_people_reads_a_secret() {
        for (var role : List.of("factory-viewer", "factory-key-holder", "factory-trust-view", "factory-trust-edit")) {
            try (var user = as(role)) {
                assertThat(Rights.verbs(user, namespace, "", "secrets"))
                        .as(role)
                        .doesNotContain("get", "list", "watch", "update", "patch", "delete");
            }
        }
    }

    private static KubernetesClient as(String role) {
        var kubeconfig = Config.fromKubeconfig(controlPlane.kubeconfigOf(role, namespace));
        return new KubernetesClientBuilder().withConfig(kubeconfig).build();
    }
}
