package dev.factorytrust;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What {@code mvn package} made, as a process of its own, the way that Kubernetes starts and stops it. */
class PackagedOperatorIT {

    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    private final ControlPlane controlPlane = ControlPlane.shared();
    private final String namespace = controlPlane.newNamespace();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Process process;

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    @Test
    void it_starts_leads_and_on_sigterm_ends_promptly_and_hands_over_the_lease() throws Exception {
        var management = freePort();
        process = start(management);
        await().atMost(Duration.ofSeconds(60)).until(() -> status(management, "/q/health/started") == 200);
        assertThat(status(management, "/q/health/live")).isEqualTo(200);
        await().until(() -> status(management, "/q/health/ready") == 200);
        await().until(() -> lease().get() != null
                && "packaged-0".equals(lease().get().getSpec().getHolderIdentity()));

        process.destroy();
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(lease().get().getSpec().getHolderIdentity()).isNull();
    }

    /** With the registry of production, which refuses with an exception what others let pass. */
    @Test
    void it_publishes_a_factory() throws Exception {
        controlPlane.admin().resource("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: Factory
                metadata: {name: acme, namespace: %s}
                spec:
                  bootstrap: {generate: {}}
                """.formatted(namespace)).create();
        process = start(freePort());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(controlPlane
                        .admin()
                        .configMaps()
                        .inNamespace(namespace)
                        .withName("acme-timestamp")
                        .get())
                .isNotNull()
                .satisfies(timestamp -> assertThat(timestamp.getBinaryData()).containsKey("timestamp.json")));
    }

    private Process start(int management) throws IOException {
        var config = controlPlane.operatorConfig();
        var kubeconfig = Files.writeString(
                folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts: [{name: test, context: {cluster: test, user: test}}]
                clusters: [{name: test, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
                users: [{name: test, user: {token: "%s"}}]
                """.formatted(config.getMasterUrl(), config.getOauthToken()));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "-XX:+UseSerialGC", "-jar", JAR.toString()).inheritIO();
        var environment = builder.environment();
        environment.put("KUBECONFIG", kubeconfig.toString());
        environment.put("POD_NAME", "packaged-0");
        environment.put("POD_NAMESPACE", ControlPlane.OPERATOR_NAMESPACE);
        environment.put("FACTORY_TRUST_WATCH_NAMESPACES", namespace);
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(freePort()));
        environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(management));
        return builder.start();
    }

    private int status(int port, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Resource<Lease> lease() {
        return controlPlane
                .admin()
                .resources(Lease.class)
                .inNamespace(ControlPlane.OPERATOR_NAMESPACE)
                .withName("factory-trust");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
