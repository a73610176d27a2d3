package dev.factorytrust.deploy;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What the operator may and may not do with the rights that {@code deploy/} gives it, as a real API server judges. */
class OperatorRightsIT {

    /** Of a ConfigMap: all that anybody could change. */
    private static final List<String> CHANGES = List.of(
            "{\"data\":{\"a\":\"b\"}}",
            "{\"binaryData\":{\"a\":\"e30=\"}}",
            "{\"immutable\":true}",
            "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}",
            "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}",
            "{\"metadata\":{\"finalizers\":[\"example.com/stays\"]}}",
            """
            {"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"x","uid":"y"}]}}""");

    private static KubernetesClient admin;
    private static KubernetesClient operator;
    private static String namespace;

    @BeforeAll
    static void start() {
        var controlPlane = ControlPlane.shared();
        admin = controlPlane.admin();
        namespace = controlPlane.newNamespace();
        operator = new KubernetesClientBuilder()
                .withConfig(controlPlane.operatorConfig())
                .build();
    }

    @AfterAll
    static void stop() {
        operator.close();
    }

    @ParameterizedTest
    @CsvSource({
        "factory-trust.dev, factories, get list watch patch",
        "factory-trust.dev, factories/status, update patch",
        "factory-trust.dev, rootrotations, get list watch create delete",
        "factory-trust.dev, rootrotations/status, update patch",
        "factory-trust.dev, targets, get list watch",
        "factory-trust.dev, targets/status, update patch",
        "'', configmaps, get list watch create update delete",
        "'', secrets, get list watch create delete",
        "'', events, create patch",
        "events.k8s.io, events, create patch",
    })
    void it_may_do_its_work_in_any_namespace_and_no_more(String group, String resource, String verbs) {
        assertThat(Rights.verbs(operator, namespace, group, resource)).containsExactly(verbs.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "'', nodes, get",
        "'', pods, list",
        "'', pods/exec, create",
        "'', namespaces, list",
        "'', serviceaccounts/token, create",
        "apps, deployments, get",
        "factory-trust.dev, factories/finalizers, update",
        "apiextensions.k8s.io, customresourcedefinitions, get",
        "rbac.authorization.k8s.io, clusterroles, create",
        "rbac.authorization.k8s.io, clusterroles, escalate",
        "rbac.authorization.k8s.io, rolebindings, create",
        "admissionregistration.k8s.io, validatingadmissionpolicies, update",
        "coordination.k8s.io, leases, create",
    })
    void it_may_not_touch_what_is_not_its_own(String group, String resource, String verb) {
        assertThat(Rights.has(operator, namespace, group, resource, verb)).isFalse();
    }

    @Test
    void it_takes_and_renews_its_lease_in_its_own_namespace_and_no_other() {
        var lock = new LeaseLock(ControlPlane.OPERATOR_NAMESPACE, "factory-trust", "a-pod");
        var lease = admin.leases().inNamespace(ControlPlane.OPERATOR_NAMESPACE).withName("factory-trust");
        lease.delete();
        lock.create(operator, record(1));
        lock.update(operator, record(2));
        assertThat(lock.get(operator).getLeaderTransitions()).isEqualTo(2);
        lease.delete();

        var anothers = new LeaseLock(ControlPlane.OPERATOR_NAMESPACE, "another", "a-pod");
        anothers.create(admin, record(1));
        assertThatThrownBy(() -> anothers.update(operator, record(2))).satisfies(OperatorRightsIT::forbidden);
        assertThatThrownBy(() -> new LeaseLock(namespace, "factory-trust", "a-pod").create(operator, record(1)))
                .satisfies(OperatorRightsIT::forbidden);
    }

    @Test
    void it_commits_a_timestamp_by_update_and_never_changes_a_key() {
        var timestamp = operator.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("acme-timestamp")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        timestamp.setBinaryData(Map.of("timestamp.json", "e30="));
        assertThat(operator.resource(timestamp).update().getBinaryData()).containsKey("timestamp.json");

        var key = operator.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("acme-timestamp-01234567")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withType("factory-trust.dev/online-key")
                        .build())
                .create();
        key.setStringData(Map.of("private.pem", "another"));
        assertThatThrownBy(() -> operator.resource(key).update()).satisfies(OperatorRightsIT::forbidden);
        operator.resource(key).delete();
        assertThat(admin.resource(key).get()).isNull();
    }

    /** Of a ServiceAccount, the token would be written into it. */
    @ParameterizedTest
    @ValueSource(strings = {"kubernetes.io/service-account-token", "Opaque", "factory-trust.dev/signature"})
    void it_makes_and_removes_no_secret_that_is_not_of_its_own_types(String type) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withGenerateName("others-")
                .withNamespace(namespace)
                .addToAnnotations("kubernetes.io/service-account.name", "default")
                .endMetadata()
                .withType(type)
                .build();
        // A policy takes effect shortly after it is made.
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThatThrownBy(
                                () -> operator.resource(secret).dryRun().create())
                        .hasMessageContaining("no Secrets but those of its own types"));
        var others = admin.resource(secret).create();
        assertThatThrownBy(() -> operator.resource(others).delete())
                .hasMessageContaining("no Secrets but those of its own types");
    }

    @Test
    void of_a_factory_it_may_change_status_and_finalizers_but_neither_spec_nor_annotations() {
        admin.resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion("factory-trust.dev/v1alpha1")
                        .withKind("Factory")
                        .withMetadata(new ObjectMetaBuilder()
                                .withName("acme")
                                .withNamespace(namespace)
                                .build())
                        .addToAdditionalProperties(
                                "spec", Map.of("dialect", "TUF", "bootstrap", Map.of("generate", Map.of())))
                        .build())
                .create();

        // A policy takes effect shortly after it is made; until then each attempt must be a change of its own.
        var attempts = new AtomicInteger();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThatThrownBy(() ->
                                patch("{\"spec\":{\"paused\":%s}}".formatted(attempts.incrementAndGet() % 2 == 1)))
                        .hasMessageContaining("may not change a Factory's spec"));
        assertThatThrownBy(() -> patch("{\"metadata\":{\"annotations\":{\"factory-trust.dev/version-floor\":\"9\"}}}"))
                .hasMessageContaining("labels or annotations");
        var namesake = Config.fromKubeconfig(ControlPlane.shared().kubeconfigOf("factory-trust", namespace));
        try (var another = new KubernetesClientBuilder().withConfig(namesake).build()) {
            assertThat(patch(another, "{\"spec\":{\"deletionPolicy\":\"Delete\"}}")
                            .<Map<String, Object>>get("spec"))
                    .as("by the ServiceAccount of that name in another namespace")
                    .containsEntry("deletionPolicy", "Delete");
        }

        patch("{\"metadata\":{\"finalizers\":[\"factory-trust.dev/deletion-policy\"]}}");
        assertThat(factory().get().getMetadata().getFinalizers()).containsExactly("factory-trust.dev/deletion-policy");
        patch("{\"metadata\":{\"finalizers\":null}}");
        assertThat(factory().get().getMetadata().getFinalizers()).isEmpty();

        factory()
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"observedGeneration\":1}}");
        assertThat(factory().get().<Map<String, Object>>get("status")).containsEntry("observedGeneration", 1);
    }

    /** He may edit whatever there is in the namespace, but for this. */
    @Test
    void what_is_published_or_to_be_signed_is_the_operators_to_write_and_nobody_elses() {
        var fleet = ControlPlane.shared().newNamespace();
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName("editor")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("", "factory-trust.dev")
                        .withResources("configmaps", "factories")
                        .withVerbs("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
                        .endRule()
                        .build())
                .serverSideApply();
        var kubeconfig = Config.fromKubeconfig(ControlPlane.shared().kubeconfigOf("editor", fleet));
        try (var editor = new KubernetesClientBuilder().withConfig(kubeconfig).build()) {
            // A policy takes effect shortly after it is made.
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> assertThatThrownBy(() -> editor.resource(metadata(fleet, "acme-root-2"))
                                    .dryRun()
                                    .create())
                            .hasMessageContaining("the operator's to write"));
            for (var name : List.of(
                    "acme-timestamp", "acme-targets-12", "acme-targets-12-part-1", "acme-snapshot-3", "a-payload")) {
                operator.resource(metadata(fleet, name)).create();
                var stored =
                        editor.configMaps().inNamespace(fleet).withName(name).get();
                assertThatThrownBy(() -> editor.resource(stored).delete())
                        .hasMessageContaining("the operator's to write");
                editor.resource(stored).update();
                stored.getMetadata().setLabels(Map.of());
                assertThatThrownBy(() -> editor.resource(stored).update())
                        .as("without the label that the policy goes by")
                        .hasMessageContaining("the operator's to write");
                for (var change : CHANGES) {
                    assertThatThrownBy(() -> editor.configMaps()
                                    .inNamespace(fleet)
                                    .withName(name)
                                    .patch(PatchContext.of(PatchType.JSON_MERGE), change))
                            .as(change)
                            .hasMessageContaining("the operator's to write");
                }
            }
            assertThatThrownBy(() -> editor.configMaps().inNamespace(fleet).delete())
                    .as("all at once")
                    .hasMessageContaining("the operator's to write");
            editor.resource(metadata(fleet, "acme-import-1")).create();
            var unlabelled = metadata(fleet, "my-root-1");
            unlabelled.getMetadata().setLabels(Map.of());
            editor.resource(unlabelled).create();

            admin.resource(metadata(fleet, "acme-root-2")).create();
            admin.configMaps().inNamespace(fleet).withName("acme-targets-12").delete();
            assertThat(admin.configMaps()
                            .inNamespace(fleet)
                            .withName("acme-targets-12")
                            .get())
                    .as("which a cluster-admin may put back and remove")
                    .isNull();

            admin.namespaces().withName(fleet).delete();
            editor.configMaps().inNamespace(fleet).withName("acme-timestamp").delete();
            assertThat(admin.configMaps()
                            .inNamespace(fleet)
                            .withName("acme-timestamp")
                            .get())
                    .as("in a namespace that is on its way out")
                    .isNull();
        }
    }

    private static ConfigMap metadata(String namespace, String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("factory-trust.dev/factory", "acme")
                .endMetadata()
                .build();
    }

    private static void patch(String mergePatch) {
        patch(operator, mergePatch);
    }

    private static GenericKubernetesResource patch(KubernetesClient user, String mergePatch) {
        return factory(user).patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
    }

    private static Resource<GenericKubernetesResource> factory() {
        return factory(operator);
    }

    private static Resource<GenericKubernetesResource> factory(KubernetesClient user) {
        return user.genericKubernetesResources("factory-trust.dev/v1alpha1", "Factory")
                .inNamespace(namespace)
                .withName("acme");
    }

    private static LeaderElectionRecord record(int transitions) {
        var now = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
        return new LeaderElectionRecord("a-pod", Duration.ofSeconds(15), now, now, transitions);
    }

    private static void forbidden(Throwable thrown) {
        assertThat(thrown).isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                .isEqualTo(403));
    }
}
