package dev.factorytrust;

import dev.factorytrust.deploy.Monitoring;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

/** What {@code mvn package} made, as a process of its own, the way that Kubernetes starts and stops it. */
class PackagedOperatorIT {

    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    private final ControlPlane controlPlane = ControlPlane.shared();
    private final String namespace = controlPlane.newNamespace();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int devices = freePort();
    private final int management = freePort();

    @TempDir
    Path folder;

    private Process process;

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void it_starts_leads_and_on_sigterm_ends_promptly_and_hands_over_the_lease() throws Exception {
        process = start();
        patiently().until(() -> get(management, "/q/health/started").statusCode() == 200);
        assertThat(get(management, "/q/health/live").statusCode()).isEqualTo(200);
        patiently().until(() -> get(management, "/q/health/ready").statusCode() == 200);
        patiently()
                .until(() -> lease().get() != null
                        && "packaged-0".equals(lease().get().getSpec().getHolderIdentity()));

        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS))
                .as("within the time that Kubernetes gives")
                .isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(lease().get().getSpec().getHolderIdentity()).isNull();
    }

    /** With the registry of production, which refuses with an exception what others let pass. */
    @Test
    void devices_find_metadata_on_one_port_and_monitoring_its_metrics_on_the_other() throws Exception {
        apply("Factory", "acme", "{bootstrap: {generate: {}}}");
        apply("RootRotation", "longer", "{factory: acme, expiresAfter: 700d}");
        process = start();
        patiently().until(() -> get(devices, file("timestamp.json")).statusCode() == 200);
        assertThat(get(devices, file("1.root.json")).statusCode()).isEqualTo(200);
        assertThat(get(devices, file("2.root.json")).statusCode()).isEqualTo(404);
        patiently().untilAsserted(() -> assertThat(metrics())
                .contains(
                        metric("metadata_version", "role=\"root\"", 1),
                        metric("metadata_version", "role=\"timestamp\"", 1),
                        metric("rotation_pending_signatures", "rotation=\"longer\"", 1),
                        metric("publications_total", "result=\"published\"", 1),
                        metric("device_root_requests_total", "behind=\"1\"", 1),
                        metric("device_root_requests_total", "behind=\"0\"", 1))
                .extracting(line -> line.split("[{ ]")[0])
                .containsAll(Monitoring.metrics()));
        assertThat(get(devices, "/q/metrics").statusCode()).isEqualTo(404);
        assertThat(get(devices, "/q/health/ready").statusCode()).isEqualTo(404);
        assertThat(get(management, file("timestamp.json")).statusCode()).isEqualTo(404);
    }

    /** A time series once made stays for as long as the process lives, and a connection for as long as it is used. */
    @Test
    void strangers_make_no_time_series_and_no_more_connections_than_they_may() throws Exception {
        process = start(Map.of("QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", "50"));
        patiently().until(() -> get(management, "/q/health/ready").statusCode() == 200);
        sendAsAStranger(0);
        var before = seriesOfRequests();

        for (int i = 1; i <= 250; i++) {
            sendAsAStranger(i);
        }

        assertThat(seriesOfRequests()).containsExactlyInAnyOrderElementsOf(before);

        var open = new ArrayList<Socket>();
        for (int i = 0; i < 50; i++) {
            open.add(new Socket("localhost", devices));
        }
        patiently().until(() -> isRefused("GET / HTTP/1.0\r\n\r\n"));
        for (var socket : open) {
            socket.close();
        }
        patiently().until(() -> !isRefused("GET / HTTP/1.0\r\n\r\n"));
    }

    private boolean isRefused(String request) {
        try {
            return raw(request).isEmpty();
        } catch (IOException reset) {
            return true;
        }
    }

    /** Any word is a method, any byte is part of a path, and what is refused before it comes to a route is counted too. */
    private void sendAsAStranger(int i) throws IOException {
        var header = " HTTP/1.1\r\nHost: devices\r\nConnection: close\r\n\r\n";
        var withoutHost = " HTTP/1.1\r\nConnection: close\r\n\r\n";
        var endOfLine = '\u0085';
        assertThat(raw("M" + i + " /" + i + header)).startsWith("HTTP/1.1 405 ");
        assertThat(raw("GET /a" + i + withoutHost)).startsWith("HTTP/1.1 400 ");
        assertThat(raw("POST /" + endOfLine + i + header)).startsWith("HTTP/1.1 405 ");
        assertThat(raw("GET /%zz" + i + header)).startsWith("HTTP/1.1 404 ").endsWith("not found\n");
        assertThat(raw("GET /" + endOfLine + i + withoutHost)).startsWith("HTTP/1.1 400 ");
    }

    private List<String> seriesOfRequests() {
        return metrics().stream()
                .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                .map(line -> line.replaceFirst(" .*", ""))
                .toList();
    }

    @Test
    void the_ports_are_8080_and_9000_and_connections_are_limited() throws IOException {
        var shipped = new Properties();
        try (var file = getClass().getResourceAsStream("/application.properties")) {
            shipped.load(file);
        }
        assertThat(shipped)
                .contains(
                        entry("quarkus.http.port", "8080"),
                        entry("quarkus.management.port", "9000"),
                        entry("quarkus.http.limits.max-connections", "2000"));
    }

    private void apply(String kind, String name, String spec) {
        controlPlane
                .admin()
                .resource("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec: %s
                """.formatted(kind, name, namespace, spec))
                .create();
    }

    private String file(String name) {
        return "/" + namespace + "/acme/" + name;
    }

    /** Each sample on a line, its labels in alphabetical order. */
    private List<String> metrics() {
        return get(management, "/q/metrics").body().lines().toList();
    }

    private String metric(String name, String label, int value) {
        var labels = Stream.of("factory=\"acme\"", "namespace=\"" + namespace + '"', label)
                .sorted()
                .collect(Collectors.joining(","));
        return "factory_trust_%s{%s} %d.0".formatted(name, labels, value);
    }

    private ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(90))
                .failFast("the process has ended", () -> !process.isAlive())
                .ignoreException(UncheckedIOException.class);
    }

    private Process start() throws IOException {
        return start(Map.of());
    }

    private Process start(Map<String, String> settings) throws IOException {
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
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(devices));
        environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(management));
        environment.putAll(settings);
        return builder.start();
    }

    private HttpResponse<String> get(int port, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .build();
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What devices' port answers to these bytes. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", devices)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private Resource<Lease> lease() {
        return controlPlane
                .admin()
                .resources(Lease.class)
                .inNamespace(ControlPlane.OPERATOR_NAMESPACE)
                .withName("factory-trust");
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
