package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Helm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The two ways to install, both written by hand, give one and the same operator. */
class ChartIT {

    private static final String CHART = Path.of("helm", "factory-trust").toString();

    /** What an installer puts on objects to know them again. */
    private static final List<String> MARKS = List.of(
            "app.kubernetes.io/instance",
            "app.kubernetes.io/managed-by",
            "app.kubernetes.io/version",
            "helm.sh/chart",
            "helm.sh/resource-policy");

    /** Helm writes 9007199254740991 what the generator writes 9.007199254740991E15, which YAML 1.1 calls a string. */
    private static final Comparator<JsonNode> AS_NUMBERS = (a, b) -> a.isNumber() || b.isNumber()
            ? new BigDecimal(a.asText()).compareTo(new BigDecimal(b.asText()))
            : a.equals(b) ? 0 : 1;

    @Test
    void the_chart_as_it_comes_is_the_kustomization_and_the_crds() throws Exception {
        var expected = kustomized(Path.of("deploy"));
        try (var crds = Files.list(Path.of("crds"))) {
            for (var crd : crds.toList()) {
                expected.putAll(unmarked(Files.readString(crd)));
            }
        }

        same(unmarked(chart()), expected);
    }

    @Test
    void crds_outlive_the_release_unless_told_otherwise() throws Exception {
        Predicate<JsonNode> kept = object -> object.at("/metadata/annotations/helm.sh~1resource-policy")
                .asText()
                .equals("keep");
        assertThat(crds(chart())).hasSize(3).allMatch(kept);
        assertThat(crds(chart("--set", "crds.keep=false"))).hasSize(3).noneMatch(kept);
        assertThat(crds(chart("--set", "crds.enabled=false"))).isEmpty();
    }

    /** What the chart has as values, the kustomization has as components: the same objects again. */
    @Test
    void each_component_is_what_a_value_gives(@TempDir Path folder) throws Exception {
        sameWith(folder, List.of("components/network-policy"), "--set", "networkPolicy.enabled=true");
        sameWith(
                folder,
                List.of("components/monitoring"),
                "--set",
                "prometheus.servicemonitor.enabled=true,prometheus.prometheusrule.enabled=true",
                "--set",
                "prometheus.dashboards.enabled=true");
    }

    /** Roles in namespaces that exist are applied apart, for a kustomization has one namespace. */
    @Test
    void roles_take_the_place_of_the_cluster_role(@TempDir Path folder) throws Exception {
        var kustomized = kustomized(folder, List.of("components/namespaced"));
        var watched = unmarked(Command.run(List.of(
                ControlPlane.kubectl().toString(),
                "kustomize",
                Path.of("deploy", "watched").toString())));
        var chart = unmarked(chart("--set", "rbac.namespaced=true,watchNamespaces={fleet},crds.enabled=false"));
        assertThat(kustomized).doesNotContainKeys("ClusterRole/factory-trust", "ClusterRoleBinding/factory-trust");
        for (var kind : List.of("Role", "RoleBinding")) {
            var inChart = (ObjectNode) chart.remove(kind + "/fleet/factory-trust");
            ((ObjectNode) inChart.get("metadata")).remove("namespace");
            assertThat(inChart).isEqualTo(watched.get(kind + "/factory-trust"));
        }
        assertThat(chart).containsOnlyKeys(kustomized.keySet());
        var env = "/spec/template/spec/containers/0/env";
        assertThat(chart.get("Deployment/factory-trust-system/factory-trust").at(env))
                .containsExactlyInAnyOrderElementsOf(kustomized
                        .get("Deployment/factory-trust-system/factory-trust")
                        .at(env));
    }

    @Test
    void watching_some_namespaces_gives_rights_in_those_alone() throws Exception {
        var objects = Manifests.objects(chart("--set", "watchNamespaces={a,b}"));
        assertThat(objects)
                .doesNotContainKey("ClusterRoleBinding/factory-trust")
                .containsKeys("RoleBinding/a/factory-trust", "RoleBinding/b/factory-trust");
        assertThat(objects.get("Deployment/factory-trust-system/factory-trust")
                        .at("/spec/template/spec/containers/0/env")
                        .findParents("value"))
                .anySatisfy(variable -> {
                    assertThat(variable.get("name").asText()).isEqualTo("FACTORY_TRUST_WATCH_NAMESPACES");
                    assertThat(variable.get("value").asText()).isEqualTo("a,b");
                });
    }

    /** It runs where and as the operator does, but is none of its replicas, and nothing that the API server knows. */
    @Test
    void helm_test_asks_the_service_under_the_operators_restrictions() throws Exception {
        var values = new String[] {
            "--set", "fullnameOverride=tuf-a,image.tag=v9,podLabels.a=b",
            "--set", "nodeSelector.a=b,priorityClassName=high,imagePullSecrets[0].name=x,tolerations[0].key=k"
        };
        var pod = testPod(values).get("Pod/factory-trust-system/tuf-a-test");
        var deployment = Manifests.objects(chart(values)).get("Deployment/factory-trust-system/tuf-a");
        var operator = deployment.at("/spec/template/spec");
        for (var same : List.of(
                "/securityContext",
                "/nodeSelector",
                "/tolerations",
                "/priorityClassName",
                "/imagePullSecrets",
                "/containers/0/image",
                "/containers/0/imagePullPolicy",
                "/containers/0/resources",
                "/containers/0/securityContext")) {
            assertThat(operator.at(same).isMissingNode()).as(same).isFalse();
            assertThat(pod.get("spec").at(same)).as(same).isEqualTo(operator.at(same));
        }
        assertThat(pod.at("/metadata/annotations/helm.sh~1hook").asText()).isEqualTo("test");
        assertThat(pod.at("/spec/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/spec/containers/0/command/2").asText())
                .startsWith("http://$(TUF_A_SERVICE_HOST):$(TUF_A_SERVICE_PORT)/");
        assertThat(pod.at("/metadata/labels").properties())
                .doesNotContain(Map.entry(
                        "app.kubernetes.io/name", deployment.at("/spec/selector/matchLabels/app.kubernetes.io~1name")));
    }

    @Test
    void a_value_that_does_not_exist_is_refused() {
        assertThatThrownBy(() -> chart("--set", "replicas=3"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("replicas");
    }

    private static void sameWith(Path folder, List<String> components, String... values) throws Exception {
        var arguments = new ArrayList<>(List.of(values));
        arguments.addAll(List.of("--set", "crds.enabled=false"));
        same(unmarked(chart(arguments.toArray(String[]::new))), kustomized(folder, components));
    }

    private static void same(Map<String, JsonNode> chart, Map<String, JsonNode> expected) {
        assertThat(chart).containsOnlyKeys(expected.keySet());
        assertThat(chart).allSatisfy((name, object) -> assertThat(object.equals(AS_NUMBERS, expected.get(name)))
                .as("%s%n%s", object, expected.get(name))
                .isTrue());
    }

    /** An overlay of {@code deploy/} with components in it. */
    private static Map<String, JsonNode> kustomized(Path folder, List<String> components) throws Exception {
        var deploy =
                folder.toRealPath().relativize(Path.of("deploy").toRealPath()).toString();
        Files.writeString(folder.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [%s]
                components: [%s]
                """.formatted(
                deploy,
                components.stream().map(component -> deploy + '/' + component).collect(Collectors.joining(", "))));
        return kustomized(folder);
    }

    private static Map<String, JsonNode> kustomized(Path folder) throws Exception {
        var objects = unmarked(Command.run(List.of(ControlPlane.kubectl().toString(), "kustomize", folder.toString())));
        // Helm makes the namespace of a release itself.
        objects.remove("Namespace/factory-trust-system");
        return objects;
    }

    private static String chart(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("factory-trust", CHART, "-n", "factory-trust-system", "--skip-tests"));
        all.addAll(List.of(arguments));
        return Helm.template(all.toArray(String[]::new));
    }

    private static Map<String, JsonNode> testPod(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(
                "factory-trust", CHART, "-n", "factory-trust-system", "--show-only", "templates/tests/service.yaml"));
        all.addAll(List.of(arguments));
        return Manifests.objects(Helm.template(all.toArray(String[]::new)));
    }

    private static List<JsonNode> crds(String yaml) throws IOException {
        return Manifests.objects(yaml).entrySet().stream()
                .filter(object -> object.getKey().startsWith("CustomResourceDefinition/"))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static Map<String, JsonNode> unmarked(String yaml) throws IOException {
        return Manifests.objects(yaml).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, object -> unmarked(object.getValue()), (a, b) -> b, TreeMap::new));
    }

    private static JsonNode unmarked(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(MARKS);
            // An annotations map that held nothing else was not there before.
            if (object.path("annotations").isObject()) {
                unmarked(object.get("annotations"));
                if (object.get("annotations").isEmpty()) {
                    object.remove("annotations");
                }
            }
        }
        node.forEach(ChartIT::unmarked);
        return node;
    }
}
