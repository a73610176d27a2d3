package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.ApiServerProxy;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.RunningOperator;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Two teams, each with a namespace of its own, and an operator that has its rights there by Roles alone. */
class WatchedNamespacesIT {

    private final ControlPlane controlPlane = ControlPlane.shared();
    private final KubernetesClient admin = controlPlane.admin();
    private final String release = controlPlane.newNamespace();
    private final String ours = controlPlane.newNamespace();
    private final String theirs = controlPlane.newNamespace();
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void install() throws IOException {
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("factory-trust")
                        .withNamespace(release)
                        .endMetadata()
                        .build())
                .create();
        giveRights(ours);
        giveRights(theirs);
        declare(ours, "acme");
        declare(theirs, "acme");
    }

    @Test
    void a_namespace_without_rights_takes_no_other_down_and_is_watched_as_soon_as_they_are_there() throws Exception {
        try (var proxy = proxy();
                var operator = RunningOperator.behind(proxy, Set.of(ours, theirs), InstantSource.system())) {
            await().until(() -> status(operator, ours, "acme") == 200 && status(operator, theirs, "acme") == 200);
        }
        takeRights(theirs);

        try (var proxy = proxy();
                var operator = RunningOperator.behind(proxy, Set.of(ours, theirs), InstantSource.system())) {
            declare(ours, "second");
            await().until(() -> status(operator, ours, "second") == 200);
            assertThat(status(operator, ours, "acme")).isEqualTo(200);
            assertThat(status(operator, ours, "unknown")).isEqualTo(404);
            assertThat(status(operator, theirs, "acme")).isEqualTo(503);
            assertThat(unwatched(operator, ours)).isZero();
            assertThat(unwatched(operator, theirs)).isOne();
            assertThat(operator.isAliveAndReady()).isTrue();

            operator.halfAMinuteLater();
            assertThat(status(operator, theirs, "acme")).isEqualTo(503);
            assertThat(unwatched(operator, theirs)).isOne();

            giveRights(theirs);
            operator.halfAMinuteLater();
            assertThat(unwatched(operator, theirs)).isZero();
            await().until(() -> status(operator, theirs, "acme") == 200);
            declare(theirs, "second");
            await().until(() -> status(operator, theirs, "second") == 200);
            assertThat(status(operator, theirs, "unknown")).isEqualTo(404);
            assertThat(operator.isAliveAndReady()).isTrue();
        }
    }

    /** What the informers want is refused then, again and again, and that ends neither them nor the process. */
    @Test
    void while_it_runs_a_namespace_may_go_and_come_again() throws Exception {
        try (var proxy = proxy();
                var operator = RunningOperator.behind(proxy, Set.of(ours, theirs), InstantSource.system())) {
            await().until(() -> status(operator, ours, "acme") == 200 && status(operator, theirs, "acme") == 200);

            delete(theirs);
            proxy.cutWatches();
            // Six informers, each at least twice.
            await().until(() -> operator.refusals() >= 12);
            declare(ours, "second");
            await().until(() -> status(operator, ours, "second") == 200);
            assertThat(operator.isAliveAndReady()).isTrue();

            admin.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(theirs)
                            .endMetadata()
                            .build())
                    .create();
            giveRights(theirs);
            declare(theirs, "third");
            await().until(() -> status(operator, theirs, "third") == 200);
        }
    }

    private ApiServerProxy proxy() {
        return new ApiServerProxy(config(), _ -> Fate.PASS, () -> {}, Duration.ZERO);
    }

    private Config config() {
        return controlPlane.configOf(release, "factory-trust");
    }

    private void giveRights(String namespace) throws IOException {
        try (var file = Files.newInputStream(Path.of("deploy", "watched", "rbac.yaml"))) {
            for (var object : admin.load(file).items()) {
                object.getMetadata().setNamespace(namespace);
                if (object instanceof RoleBinding binding) {
                    binding.getSubjects().forEach(subject -> subject.setNamespace(release));
                }
                admin.resource(object).create();
            }
        }
        await().until(() -> mayList(namespace));
    }

    private void takeRights(String namespace) {
        admin.resources(RoleBinding.class).inNamespace(namespace).delete();
        admin.resources(Role.class).inNamespace(namespace).delete();
        await().until(() -> !mayList(namespace));
    }

    /** The API server takes notice of Roles shortly after. */
    private boolean mayList(String namespace) {
        try (var operator = new KubernetesClientBuilder().withConfig(config()).build()) {
            return new NamespaceProbe(operator).apply(namespace).isEmpty();
        }
    }

    /** As the controller-manager would, which isn't there. */
    private void delete(String namespace) {
        takeRights(namespace);
        admin.resources(Factory.class).inNamespace(namespace).delete();
        admin.configMaps().inNamespace(namespace).delete();
        admin.secrets().inNamespace(namespace).delete();
        admin.namespaces().withName(namespace).delete();
        var gone = admin.namespaces().withName(namespace).get();
        gone.getSpec().setFinalizers(null);
        admin.namespaces().resource(gone).subresource("finalize").update();
        await().until(() -> admin.namespaces().withName(namespace).get() == null);
    }

    private void declare(String namespace, String name) {
        admin.resource("""
                        apiVersion: factory-trust.dev/v1alpha1
                        kind: Factory
                        metadata: {name: %s, namespace: %s}
                        spec: {bootstrap: {generate: {}}}
                        """.formatted(name, namespace)).create();
    }

    private int status(RunningOperator operator, String namespace, String factory)
            throws IOException, InterruptedException {
        var timestamp = operator.url(namespace, factory).resolve("timestamp.json");
        return http.send(HttpRequest.newBuilder(timestamp).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static double unwatched(RunningOperator operator, String namespace) {
        return operator.metrics()
                .get("factory_trust_namespace_unwatched")
                .tag("namespace", namespace)
                .gauge()
                .value();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
    }
}
