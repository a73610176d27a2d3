package dev.factorytrust.testing;

import dev.factorytrust.api.KubernetesJson;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.OSInfo;
import io.fabric8.kubeapitest.process.KubeAPIServerProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real kube-apiserver and etcd, one pair per test JVM, with RBAC on and this project's CRDs applied. There is no
 * controller-manager: nothing is garbage collected, so every test takes a namespace of its own.
 */
public final class ControlPlane {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static ControlPlane running;

    /** The namespace that {@code deploy/} puts the operator in. */
    public static final String OPERATOR_NAMESPACE = "factory-trust-system";

    private final KubeAPIServer server;
    private final Config adminConfig;
    private final KubernetesClient admin;
    private Config operatorConfig;

    private ControlPlane(KubeAPIServer server) {
        this.server = server;
        this.adminConfig = Config.fromKubeconfig(server.getKubeConfigYaml());
        this.admin = new KubernetesClientBuilder()
                .withConfig(adminConfig)
                .withKubernetesSerialization(KubernetesJson.serialization())
                .build();
    }

    /** The control plane of this JVM, started by the first caller and stopped when the JVM ends. */
    public static synchronized ControlPlane shared() {
        if (running == null) {
            var server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withTestDir(binaries().toString())
                    .withApiServerVersion(System.getProperty("kubernetes.version"))
                    .withOfflineMode(true)
                    .build());
            start(server);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            running = new ControlPlane(server);
            running.apply(Path.of("crds"));
            running.admin
                    .apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .list()
                    .getItems()
                    .forEach(crd -> running.admin
                            .resource(crd)
                            .waitUntilCondition(ControlPlane::isEstablished, 10, TimeUnit.SECONDS));
        }
        return running;
    }

    /** One JVM at a time: the certificates are made by the first that finds none, and a port that is free is soon taken. */
    private static void start(KubeAPIServer server) {
        try (var lock = FileChannel.open(
                        binaries().resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until then, the API server cuts off who watches them. */
    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd.getStatus() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    /** A client with all rights, as a test's arranging hand; code under test never gets it. */
    public KubernetesClient admin() {
        return admin;
    }

    /** What a user with all rights has in a file. */
    public String adminKubeconfig() {
        return server.getKubeConfigYaml();
    }

    public Config adminConfig() {
        return adminConfig;
    }

    /**
     * What the operator's pod would hold: a token of the ServiceAccount in {@code deploy/}, with the rights that are
     * shipped there and no others. Its namespace is the operator's own.
     */
    public synchronized Config operatorConfig() {
        if (operatorConfig == null) {
            apply(Path.of("deploy"));
            operatorConfig = configOf(OPERATOR_NAMESPACE, "factory-trust");
        }
        return operatorConfig;
    }

    /** What the pod of a ServiceAccount holds; its namespace is its own. */
    public Config configOf(String namespace, String serviceAccount) {
        return new ConfigBuilder(adminConfig)
                .withClientCertData(null)
                .withClientCertFile(null)
                .withClientKeyData(null)
                .withClientKeyFile(null)
                .withOauthToken(token(namespace, serviceAccount))
                .withNamespace(namespace)
                .build();
    }

    /**
     * What somebody has in a file who was given the shipped ClusterRole of that name, as {@code factory-viewer}, in one
     * namespace, and nothing else. It is his default namespace. He is the ServiceAccount of the ClusterRole's name there,
     * to whom a test may give more.
     *
     * @param more further ClusterRoles that he has there
     */
    public String kubeconfigOf(String clusterRole, String namespace, String... more) {
        operatorConfig();
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(clusterRole)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .serverSideApply();
        bind(clusterRole, clusterRole, namespace);
        Stream.of(more).forEach(role -> bind(role, clusterRole, namespace));
        return """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
                users: [{name: test, user: {token: "%s"}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: %s}}]
                """.formatted(adminConfig.getMasterUrl(), token(namespace, clusterRole), namespace);
    }

    private void bind(String clusterRole, String serviceAccount, String namespace) {
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(serviceAccount + "-is-" + clusterRole)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", clusterRole)
                        .addNewSubject(null, "ServiceAccount", serviceAccount, namespace)
                        .build())
                .serverSideApply();
    }

    private String token(String namespace, String serviceAccount) {
        return admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(Duration.ofHours(8).toSeconds())
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
    }

    /** Kills the API server and starts it again, on the same port and etcd. No other test may need it meanwhile. */
    public synchronized void restartApiServer() {
        var process = ProcessHandle.current()
                .children()
                .filter(child -> child.info()
                        .command()
                        .filter(command -> command.endsWith("kube-apiserver"))
                        .isPresent())
                .findFirst()
                .orElseThrow();
        var command = new ArrayList<>(List.of(process.info().command().orElseThrow()));
        command.addAll(List.of(process.info().arguments().orElseThrow()));
        try {
            stopStarted();
            process.destroyForcibly();
            process.onExit().join();
            var again = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(again::destroyForcibly));
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> admin.raw("/readyz"), "ok"::equals);
    }

    /** By its own means: kube-api-test takes the end of an API server that it didn't stop for the end of all, and stops etcd. */
    private void stopStarted() throws ReflectiveOperationException {
        var started = KubeAPIServer.class.getDeclaredField("kubeApiServerProcess");
        started.setAccessible(true);
        ((KubeAPIServerProcess) started.get(server)).stopApiServer();
    }

    /** The kubectl that came with the control plane. */
    public static Path kubectl() {
        return binaries().resolve("k8s").resolve(platform()).resolve("kubectl").toAbsolutePath();
    }

    /** A namespace that no other test has. */
    public String newNamespace() {
        var name = "test-" + NAMESPACES.incrementAndGet();
        admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private void apply(Path folder) {
        try (var files = Files.list(folder)) {
            // namespace.yaml first: nothing can be made in a namespace that does not exist
            var resources = files.filter(file -> !file.endsWith("kustomization.yaml"))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing((Path file) -> !file.endsWith("namespace.yaml"))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
            for (var file : resources) {
                try (var in = Files.newInputStream(file)) {
                    admin.load(in).serverSideApply();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kube-api-test reads one folder layout; the users' convention, KUBEBUILDER_ASSETS, is another: link it in. */
    private static Path binaries() {
        var assets = System.getenv("KUBEBUILDER_ASSETS");
        if (assets == null) {
            var home = Path.of(System.getProperty("user.home"), ".kubeapitest").toString();
            return Path.of(System.getenv().getOrDefault("KUBE_API_TEST_DIR", home));
        }
        try {
            var dir = Path.of("target", "kubeapitest").toAbsolutePath();
            var link = dir.resolve("k8s").resolve(platform());
            Files.createDirectories(link.getParent());
            // At once, or another JVM would find nothing there for a moment.
            var own = link.resolveSibling("of-" + ProcessHandle.current().pid());
            Files.deleteIfExists(own);
            Files.move(
                    Files.createSymbolicLink(own, Path.of(assets).toAbsolutePath()),
                    link,
                    StandardCopyOption.ATOMIC_MOVE);
            return dir;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String platform() {
        return System.getProperty("kubernetes.version") + Utils.platformSuffix(new OSInfo());
    }
}
