package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Helm;
import dev.factorytrust.testing.RunningOperator;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What the chart makes, given to a real API server. */
class InstallationIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHART = Path.of("helm", "factory-trust").toString();

    private final ControlPlane controlPlane = ControlPlane.shared();

    @TempDir
    Path folder;

    /**
     * And of CRDs it leaves nothing out, and to the objects of foreign kinds it adds nothing, which Argo CD would show as a
     * difference for ever.
     */
    @Test
    void the_api_server_takes_every_object_field_by_field() throws Exception {
        for (var crd : ForeignCrds.files()) {
            kubectl("apply", "--server-side", "-f", crd.toString());
        }
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
        var release = controlPlane.newNamespace();
        var everything = new TreeMap<>(chart(
                release,
                "--set=networkPolicy.enabled=true,networkPolicy.apiServer.cidrs={10.0.0.1/32}",
                "--set=ingress.enabled=true,ingress.hosts={tuf.example.com},ingress.className=nginx",
                "--set=prometheus.servicemonitor.enabled=true,prometheus.prometheusrule.enabled=true",
                "--set=prometheus.dashboards.enabled=true,global.priorityClassName=system-cluster-critical",
                "--set-json=httpRoute={\"enabled\":true,\"parentRefs\":[{\"name\":\"gateway\"}]}",
                "--set=service.type=LoadBalancer,service.loadBalancerClass=example.com/lb,service.labels.a=b",
                "--set=service.externalTrafficPolicy=Local,service.ipFamilyPolicy=SingleStack"));
        assertThat(everything.keySet()).anyMatch(name -> name.startsWith("Ingress/"));
        var taken = JSON.readTree(apply(everything.values(), "--dry-run=server", "-o", "json"));
        assertThat(taken.get("items")).hasSize(everything.size());
        var foreign = Manifests.objects(taken.get("items"));
        var crds = new TreeMap<>(foreign);
        crds.keySet().removeIf(name -> !name.startsWith("CustomResourceDefinition/"));
        assertThat(crds).hasSize(3);
        assertThat(crds).allSatisfy((name, object) -> assertThat(
                        ((ObjectNode) object.get("spec")).remove(List.of("conversion")))
                .isEqualTo(everything.get(name).get("spec")));
        foreign.values()
                .removeIf(
                        object -> !ForeignCrds.KINDS.contains(object.get("kind").asText()));
        assertThat(foreign).hasSameSizeAs(ForeignCrds.KINDS);
        assertThat(foreign).allSatisfy((name, object) -> assertThat(object.get("spec"))
                .isEqualTo(everything.get(name).get("spec")));

        ((ObjectNode) everything.get("Deployment/" + release + "/factory-trust").get("spec")).put("replica", 1);
        assertThatThrownBy(() -> apply(everything.values(), "--dry-run=server")).hasMessageContaining("replica");
    }

    @Test
    void its_pods_keep_the_restricted_pod_security_standard() throws Exception {
        controlPlane.operatorConfig();
        var pod = chart(ControlPlane.OPERATOR_NAMESPACE)
                .get("Deployment/factory-trust-system/factory-trust")
                .at("/spec/template")
                .<ObjectNode>deepCopy()
                .put("apiVersion", "v1")
                .put("kind", "Pod");
        ((ObjectNode) pod.get("metadata")).put("name", "one").put("namespace", ControlPlane.OPERATOR_NAMESPACE);
        apply(List.of(pod), "--dry-run=server");

        ((ObjectNode) pod.at("/spec/containers/0/securityContext")).put("allowPrivilegeEscalation", true);
        assertThatThrownBy(() -> apply(List.of(pod), "--dry-run=server")).hasMessageContaining("restricted");
    }

    @Test
    void applied_twice_nothing_changes() throws Exception {
        var release = controlPlane.newNamespace();
        var objects = chart(release).values().stream()
                .filter(object -> object.at("/metadata/namespace").asText().equals(release))
                .toList();
        apply(objects);
        var before = versions(release);
        assertThat(before).contains("factory-trust");
        apply(objects);
        assertThat(versions(release)).isEqualTo(before);
    }

    /** Beside the objects that other tests of this API server stand on, so under another name. */
    @Test
    void a_release_comes_is_changed_and_goes_and_leaves_crds_and_fleets_behind() throws Exception {
        var release = controlPlane.newNamespace();
        var fleet = controlPlane.newNamespace();
        var values = "--set=fullnameOverride=second,rbac.userClusterRoles=false";
        helm(release, "install", "second", CHART, values, "--take-ownership", "--force-conflicts");
        declareFactory(fleet);
        assertThat(kubectl("get", "deployment", "second", "-n", release, "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("2");

        helm(release, "upgrade", "second", CHART, values, "--set=replicaCount=3");
        assertThat(kubectl("get", "deployment", "second", "-n", release, "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("3");

        helm(release, "uninstall", "second");
        assertThat(kubectl("get", "deployment,service,role,serviceaccount", "-n", release, "-o", "name"))
                .doesNotContain("second");
        assertThat(kubectl("get", "clusterrole,validatingadmissionpolicy", "-o", "name"))
                .doesNotContain("second");
        assertThat(kubectl("get", "factory", "-n", fleet, "-o", "name")).contains("acme");

        helm(release, "install", "second", CHART, values);
        assertThat(kubectl("get", "deployment", "-n", release, "-o", "name")).contains("second");
        helm(release, "uninstall", "second");
        assertThat(kubectl("get", "factory", "-n", fleet, "-o", "name")).contains("acme");
    }

    private void helm(String release, String... arguments) throws Exception {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("-n", release, "--kubeconfig", kubeconfig().toString()));
        Helm.run(words.toArray(String[]::new));
    }

    private void declareFactory(String namespace) {
        controlPlane.admin().resource("""
                        apiVersion: factory-trust.dev/v1alpha1
                        kind: Factory
                        metadata: {name: acme, namespace: %s}
                        spec: {bootstrap: {generate: {}}}
                        """.formatted(namespace)).create();
    }

    /** The whole way to published metadata, with no right outside of two namespaces. */
    @Test
    void with_roles_it_does_its_work_where_it_watches_and_may_do_nothing_elsewhere() throws Exception {
        var release = controlPlane.newNamespace();
        var fleet = controlPlane.newNamespace();
        var elsewhere = controlPlane.newNamespace();
        var objects = chart(release, "--set=rbac.namespaced=true,watchNamespaces={" + fleet + "}");
        assertThat(objects.keySet())
                .noneMatch(name -> name.startsWith("ClusterRoleBinding/") || name.equals("ClusterRole/factory-trust"));
        apply(objects.values().stream()
                .filter(object -> object.get("kind").asText().matches("ServiceAccount|Role|RoleBinding"))
                .toList());
        var config = controlPlane.configOf(release, "factory-trust");
        assertThatMayNothing(config, elsewhere);

        try (var _ = RunningOperator.as(config, fleet, InstantSource.system())) {
            declareFactory(fleet);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(controlPlane
                            .admin()
                            .configMaps()
                            .inNamespace(fleet)
                            .withLabel("factory-trust.dev/role", "timestamp")
                            .list()
                            .getItems())
                    .singleElement()
                    .satisfies(timestamp -> assertThat(timestamp.getMetadata().getAnnotations())
                            .containsEntry("factory-trust.dev/root-version", "1")));
        }
    }

    private static void assertThatMayNothing(Config config, String namespace) {
        try (var operator = new KubernetesClientBuilder().withConfig(config).build()) {
            for (var resource : List.of("secrets", "configmaps", "pods", "events")) {
                assertThat(Rights.verbs(operator, namespace, "", resource))
                        .as(resource)
                        .isEmpty();
            }
            for (var resource : List.of("factories", "rootrotations", "targets", "factories/status")) {
                assertThat(Rights.verbs(operator, namespace, "factory-trust.dev", resource))
                        .as(resource)
                        .isEmpty();
            }
        }
    }

    /** Name and resourceVersion of all that was applied. */
    private String versions(String namespace) throws Exception {
        return kubectl(
                "get",
                "deployment,service,serviceaccount,role,rolebinding,poddisruptionbudget",
                "-n",
                namespace,
                "-o",
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}");
    }

    private String apply(Collection<JsonNode> objects, String... options) throws Exception {
        var file = Files.writeString(folder.resolve("objects.json"), Manifests.list(objects));
        var arguments = new ArrayList<>(
                List.of("apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", file.toString()));
        arguments.addAll(List.of(options));
        return kubectl(arguments.toArray(String[]::new));
    }

    private String kubectl(String... arguments) throws Exception {
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), controlPlane.adminKubeconfig());
        var command =
                new ArrayList<>(List.of(ControlPlane.kubectl().toString(), "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    private Path kubeconfig() throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), controlPlane.adminKubeconfig());
    }

    private static Map<String, JsonNode> chart(String release, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("factory-trust", CHART, "-n", release));
        all.addAll(List.of(arguments));
        return Manifests.objects(Helm.template(all.toArray(String[]::new)));
    }
}
