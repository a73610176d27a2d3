package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.RunningOperator;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** The Factory {@code acme} in a namespace of its own, as its owner handles it with kubectl. */
final class Fleet {

    static final String SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    /** What an idle machine does within a second or two; a busy one gets time. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String NAME = "acme";
    private static final AtomicInteger POKES = new AtomicInteger();

    private final KubernetesClient kubectl = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();

    /** @param spec further members of the Factory's spec, in YAML's flow style; may be empty */
    static Fleet declared(String spec) {
        var fleet = new Fleet();
        fleet.declare(spec);
        return fleet;
    }

    void declare(String spec) {
        kubectl.resource("""
                        apiVersion: factory-trust.dev/v1alpha1
                        kind: Factory
                        metadata: {name: acme, namespace: %s}
                        spec: {bootstrap: {generate: {}}%s}
                        """.formatted(namespace, spec.isEmpty() ? "" : ", " + spec))
                .create();
    }

    String namespace() {
        return namespace;
    }

    RunningOperator operator(InstantSource clock) {
        return RunningOperator.in(namespace, clock);
    }

    /** What status doesn't have yet is null. */
    static void await(ThrowingCallable assertion) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreException(NullPointerException.class)
                .untilAsserted(assertion::call);
    }

    Factory factory() {
        return kubectl.resources(Factory.class)
                .inNamespace(namespace)
                .withName(NAME)
                .get();
    }

    Optional<Condition> condition(String type) {
        return Optional.ofNullable(factory().getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    /** Conditions as {@code Ready=True}, sorted, so that a state reads as one line. */
    String conditions() {
        return Optional.ofNullable(factory().getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .map(condition -> condition.type() + '=' + condition.status())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    void awaitReady() {
        awaitCondition("Ready", "True", "Published");
    }

    void awaitCondition(String type, String status, String reason) {
        await(() -> assertThat(condition(type)).hasValueSatisfying(condition -> {
            assertThat(condition.status()).as(condition.message()).isEqualTo(status);
            assertThat(condition.reason()).as(condition.message()).isEqualTo(reason);
        }));
    }

    /** Has the operator look again: its timers go by the machine's clock, not by one that a test sets. */
    void poke() {
        merge("{\"metadata\": {\"annotations\": {\"example.com/poke\": \"%d\"}}}".formatted(POKES.incrementAndGet()));
    }

    /** Waits until a publication after {@code before} has brought its timestamp version into status. */
    void awaitTimestampAbove(long before) {
        await(() ->
                assertThat(factory().getStatus().roles().timestamp().version()).isGreaterThan(before));
    }

    ConfigMap configMap(String suffix) {
        return kubectl.configMaps()
                .inNamespace(namespace)
                .withName(NAME + '-' + suffix)
                .get();
    }

    /** Each metadata file as stored, by its object's name without the Factory's. */
    Map<String, String> stored() {
        return kubectl
                .configMaps()
                .inNamespace(namespace)
                .withLabel("factory-trust.dev/factory")
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(
                        object -> object.getMetadata().getName().substring(NAME.length() + 1),
                        object -> String.join("", object.getBinaryData().values()),
                        (one, _) -> one,
                        TreeMap::new));
    }

    byte[] file(String suffix) {
        return Base64.getDecoder()
                .decode(configMap(suffix).getBinaryData().values().iterator().next());
    }

    Instant signedAt() {
        return Instant.parse(
                configMap("timestamp").getMetadata().getAnnotations().get("factory-trust.dev/signed-at"));
    }

    void delete(String suffix) {
        kubectl.configMaps()
                .inNamespace(namespace)
                .withName(NAME + '-' + suffix)
                .delete();
    }

    /** What somebody with the right to write ConfigMaps may put at a metadata object's name. */
    void plant(String role, long version, String content) {
        kubectl.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(NAME + '-' + role + '-' + version)
                        .addToLabels("factory-trust.dev/factory", NAME)
                        .addToLabels("factory-trust.dev/role", role)
                        .addToLabels("factory-trust.dev/version", Long.toString(version))
                        .endMetadata()
                        .addToBinaryData(role + ".json", Base64.getEncoder().encodeToString(content.getBytes()))
                        .build())
                .create();
    }

    /** The one online key Secret of a role. */
    Secret onlineKey(String role) {
        return kubectl.secrets()
                .inNamespace(namespace)
                .withLabel("factory-trust.dev/role", role)
                .list()
                .getItems()
                .getFirst();
    }

    List<Secret> secrets() {
        return kubectl.secrets().inNamespace(namespace).list().getItems();
    }

    /** @param more further members of the Target's spec, in YAML's flow style; may be empty */
    void target(String name, String more) {
        kubectl.resource("""
                        apiVersion: factory-trust.dev/v1alpha1
                        kind: Target
                        metadata: {name: %s, namespace: %s}
                        spec: {factory: acme, length: 4, hashes: {sha256: %s}%s}
                        """.formatted(name, namespace, SHA256, more.isEmpty() ? "" : ", " + more))
                .create();
    }

    /** @param custom in JSON, sent as it is: what few clients would make */
    void targetOf(String name, String custom) {
        kubectl.raw("/apis/factory-trust.dev/v1alpha1/namespaces/" + namespace + "/targets", "POST", """
                {"apiVersion": "factory-trust.dev/v1alpha1", "kind": "Target", "metadata": {"name": "%s"},
                 "spec": {"factory": "acme", "length": 4, "hashes": {"sha256": "%s"}, "custom": %s}}
                """.formatted(
                        name, SHA256, custom));
    }

    Target target(String name) {
        return kubectl.resources(Target.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    void deleteTarget(String name) {
        kubectl.resources(Target.class).inNamespace(namespace).withName(name).delete();
    }

    void awaitTarget(String name, String reason) {
        await(() -> assertThat(target(name).getStatus()).isNotNull().satisfies(status -> assertThat(
                        status.conditions().getFirst().reason())
                .as(status.conditions().getFirst().message())
                .isEqualTo(reason)));
    }

    /** Merges {@code spec}, in JSON, into the Factory's spec. */
    void patch(String spec) {
        merge("{\"spec\": " + spec + "}");
    }

    /** Without a resourceVersion, or the operator's own write might come between. */
    private void merge(String change) {
        kubectl.resources(Factory.class)
                .inNamespace(namespace)
                .withName(NAME)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change);
    }

    /** Goes into the field when there is something to find there. */
    Device device(DeviceClient client, RunningOperator operator) {
        await(() -> assertThat(servedTimestamp(operator).statusCode()).isEqualTo(200));
        return client.newDevice(file("root-1"), operator.url(namespace, NAME));
    }

    /** Devices are served what is stored: it follows each commit within moments, by a thread of its own. */
    void awaitServed(RunningOperator operator) {
        await(() -> assertThat(servedTimestamp(operator).body()).isEqualTo(file("timestamp")));
    }

    private HttpResponse<byte[]> servedTimestamp(RunningOperator operator) {
        return Http.get(url(operator).resolve("timestamp.json"));
    }

    /** Where devices find their metadata. */
    java.net.URI url(RunningOperator operator) {
        return operator.url(namespace, NAME);
    }
}
