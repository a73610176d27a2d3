package dev.factorytrust.deploy;

import dev.factorytrust.docs.Page;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What people may and may not do with the ClusterRoles that {@code deploy/} has for them, as a real API server judges. */
class UserRightsIT {

    @TempDir
    private Path directory;

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

    /** The Role is the one of the page, made as it says there. */
    @Test
    void whoever_may_fetch_the_archive_reads_no_online_key_with_that() throws Exception {
        var home = controlPlane.newNamespace();
        var kubeconfig = Files.writeString(directory.resolve("admin"), controlPlane.adminKubeconfig());
        for (var secret : List.of("acme-root-keys", "acme-timestamp-1f3c9a2b")) {
            controlPlane
                    .admin()
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName(secret)
                            .withNamespace(home)
                            .endMetadata()
                            .build())
                    .create();
        }
        var written = Page.read(Path.of("docs", "command-line.md"))
                .blocks("Who may do what")
                .getLast();
        for (var line : written.replace("-n fleet", "-n " + home).lines().toList()) {
            var words = Stream.of(line.split(" "));
            Command.run(Stream.concat(
                            Stream.of(ControlPlane.kubectl().toString(), "--kubeconfig", kubeconfig.toString()),
                            words.skip(1))
                    .toList());
        }
        var config = new ConfigBuilder(controlPlane.adminConfig())
                .withImpersonateUsername("alice")
                .build();
        try (var alice = new KubernetesClientBuilder().withConfig(config).build()) {
            var secrets = alice.secrets().inNamespace(home);
            assertThat(secrets.withName("acme-root-keys").get()).isNotNull();
            assertThatThrownBy(() -> secrets.withName("acme-timestamp-1f3c9a2b").get())
                    .hasMessageContaining("forbidden");
            assertThatThrownBy(secrets::list).hasMessageContaining("forbidden");
        }
    }

    private static KubernetesClient as(String role) {
        var kubeconfig = Config.fromKubeconfig(controlPlane.kubeconfigOf(role, namespace));
        return new KubernetesClientBuilder().withConfig(kubeconfig).build();
    }
}
