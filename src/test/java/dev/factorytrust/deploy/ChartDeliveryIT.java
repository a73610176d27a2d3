package dev.factorytrust.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.testing.Helm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The chart as others take it: Argo CD and Flux from a Git repository, a parent chart among its own. */
class ChartDeliveryIT {

    private static final String RELEASE = "factory-trust";
    private static final Path CHART = Path.of("helm", RELEASE);
    private static final Path GITOPS = Path.of("examples", "gitops");

    @TempDir
    Path folder;

    /** Flux leaves links out of what it fetches, and says nothing of it. */
    @ParameterizedTest
    @ValueSource(strings = {"helm", "deploy", "crds", "examples"})
    void nothing_that_is_installed_is_a_link(String tree) throws IOException {
        try (var files = Files.walk(Path.of(tree))) {
            assertThat(files.filter(Files::isSymbolicLink)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "crds.enabled=true",
                "crds.enabled=false,prometheus.servicemonitor.enabled=true",
                "crds.enabled=false,prometheus.prometheusrule.enabled=true",
                "crds.enabled=false,prometheus.dashboards.enabled=true"
            })
    void a_chart_that_came_without_its_files_installs_nothing(String values) throws IOException {
        copy(folder, "files");
        assertThatThrownBy(() -> template(folder, "--set", values))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the chart came without files/");
    }

    @Test
    void a_parent_chart_has_it_on_a_condition() throws Exception {
        Files.writeString(folder.resolve("Chart.yaml"), """
                apiVersion: v2
                name: platform
                version: 1.0.0
                dependencies:
                  - {name: factory-trust, version: '>=0', condition: factory-trust.enabled}
                """);
        copy(folder.resolve("charts").resolve("factory-trust"), "nothing");
        assertThat(template(folder, "--set", "factory-trust.enabled=true")).hasSizeGreaterThan(10);
        assertThat(template(folder, "--set", "factory-trust.enabled=false")).isEmpty();
    }

    @Test
    void the_example_of_argo_cd_installs_this_version_under_the_name_that_the_docs_have() throws Exception {
        var application = Manifests.objects(Files.readString(GITOPS.resolve("argo-cd/applications.yaml")))
                .get("Application/argocd/factory-trust");
        assertThat(application.at("/metadata/name").asText()).isEqualTo(RELEASE);
        assertThat(application.at("/spec/source/path").asText()).isEqualTo("helm/factory-trust");
        assertThatItInstalls(
                application.at("/spec/destination/namespace").asText(),
                application.at("/spec/source/helm/valuesObject"),
                application.at("/spec/source/targetRevision").asText());
    }

    @Test
    void the_example_of_flux_installs_this_version_under_the_name_that_the_docs_have_and_the_fleet_after_it()
            throws Exception {
        var operator = Manifests.objects(Files.readString(GITOPS.resolve("flux/operator/release.yaml")));
        var release = operator.get("HelmRelease/flux-system/factory-trust");
        assertThat(release.at("/spec/releaseName").asText()).isEqualTo(RELEASE);
        assertThat(release.at("/spec/chart/spec/chart").asText()).isEqualTo("helm/factory-trust");
        assertThatItInstalls(
                release.at("/spec/targetNamespace").asText(),
                release.at("/spec/values"),
                operator.get("GitRepository/flux-system/factory-trust")
                        .at("/spec/ref/tag")
                        .asText());

        var fleet = Manifests.objects(Files.readString(GITOPS.resolve("flux/fleet.yaml")));
        assertThat(fleet.get("Kustomization/flux-system/fleet").at("/spec/dependsOn/0/name"))
                .isEqualTo(fleet.get("Kustomization/flux-system/factory-trust").at("/metadata/name"));
    }

    private void assertThatItInstalls(String namespace, JsonNode values, String tag) throws Exception {
        var file = Files.writeString(folder.resolve("values.json"), values.toString());
        var objects = Manifests.objects(
                Helm.template(RELEASE, CHART.toString(), "-n", namespace, "--values", file.toString()));
        assertThat(objects)
                .containsKey("PrometheusRule/factory-trust-system/factory-trust")
                .containsKey("CustomResourceDefinition/factories.factory-trust.dev");
        var deployment = objects.get("Deployment/factory-trust-system/factory-trust");
        assertThat(deployment
                        .at("/spec/template/spec/containers/0/image")
                        .asText()
                        .split(":"))
                .containsExactly("registry.example.com/factory-trust", tag.substring(1));
    }

    private static void copy(Path target, String without) throws IOException {
        try (var files = Files.walk(CHART)) {
            for (var file : files.filter(file -> !file.startsWith(CHART.resolve(without)))
                    .filter(Files::isRegularFile)
                    .toList()) {
                var copy = target.resolve(CHART.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static Map<String, JsonNode> template(Path chart, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(RELEASE, chart.toString()));
        all.addAll(List.of(arguments));
        return Manifests.objects(Helm.template(all.toArray(String[]::new)));
    }
}
