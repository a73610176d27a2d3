package dev.factorytrust.stories;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.awaitility.core.ThrowingRunnable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A namespace with an operator that looks after Factory {@code acme}, and what people do there with kubectl. */
final class RotationStory implements AutoCloseable {

    /** For what an idle machine does within seconds: a busy or slow one gets time. */
    static final Duration SOON = Duration.ofSeconds(100);

    /** For what an idle machine does within a second. */
    static final Duration AT_ONCE = Duration.ofSeconds(20);

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final RunningOperator operator;

    RotationStory(InstantSource clock) {
        operator = RunningOperator.in(namespace, clock);
    }

    private RotationStory() {
        operator = null;
    }

    /** Only the people: whether an operator runs, and how many, is somebody else's business. */
    static RotationStory withoutOperator() {
        return new RotationStory();
    }

    /** The Factory is published, with a root 1 that these people have signed. */
    static RotationStory withRootOf(InstantSource clock, int threshold, Person... people) {
        var story = new RotationStory(clock);
        story.declareFactory("offline: {threshold: %d, keys: [%s]}".formatted(threshold, declared(people)));
        Stream.of(people).forEach(person -> story.attach("acme-root-1", person));
        story.awaitReady();
        return story;
    }

    static RotationStory withRootOf(int threshold, Person... people) {
        return withRootOf(InstantSource.system(), threshold, people);
    }

    void declareFactory(String bootstrap) {
        declareFactory("acme", bootstrap);
    }

    void declareFactory(String name, String bootstrap) {
        apply("Factory", name, "{bootstrap: {%s}}".formatted(bootstrap));
    }

    /** @param more further members of the spec, in flow style */
    void declareFactoryWith(String bootstrap, String more) {
        apply("Factory", "acme", "{bootstrap: {%s}, %s}".formatted(bootstrap, more));
    }

    /** While it is paused nothing is read from what people attach. */
    void pause(boolean paused) {
        changeFactory("{\"spec\": {\"paused\": " + paused + "}}");
        eventually(SOON, () -> assertThat(holds(Conditions.PAUSED)).isEqualTo(paused));
    }

    /** @param change what to merge, in flow style */
    void changeFactory(String change) {
        factory().patch(PatchContext.of(PatchType.JSON_MERGE), change);
    }

    /** @param change the spec but for {@code factory}, in flow style and without braces */
    void declare(String rotation, String change) {
        apply("RootRotation", rotation, "{factory: acme, %s}".formatted(change));
    }

    private void apply(String kind, String name, String spec) {
        client.resource("""
                        apiVersion: factory-trust.dev/v1alpha1
                        kind: %s
                        metadata: {name: %s, namespace: %s}
                        spec: %s
                        """.formatted(kind, name, namespace, spec)).create();
    }

    static String declared(Person... people) {
        return Stream.of(people).map(Person::declared).collect(Collectors.joining(", "));
    }

    /** Somebody signs the payload that status names, and attaches the signature as openssl writes it. */
    void attach(String rotation, Person person) {
        var signature = person.sign(awaitPayload(rotation));
        attach(rotation, rotation + "-by-" + person.name(), Map.of("signature", signature));
    }

    /** The same with a version of targets that status offers. */
    void attachTargets(long version, Person... people) {
        var payload = new AtomicReference<Bytes>();
        eventually(SOON, () -> {
            var offered = status().targets().payloads().stream()
                    .filter(found -> found.version() == version)
                    .findFirst();
            assertThat(offered).as("payload of targets " + version).isPresent();
            payload.set(Bytes.base64(configMap(offered.orElseThrow().configMap())
                    .get()
                    .getBinaryData()
                    .get("payload.json")));
            assertThat(payload.get().sha256()).isEqualTo(offered.orElseThrow().sha256());
        });
        for (var person : people) {
            var of = "acme-targets-" + version;
            attach(of, of + "-by-" + person.name(), Map.of("signature", person.sign(payload.get())));
        }
    }

    void attach(String rotation, String secret, Map<String, Bytes> data) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(secret)
                        .withNamespace(namespace)
                        .addToLabels("factory-trust.dev/signs", rotation + "-payload")
                        .endMetadata()
                        .withType("factory-trust.dev/signature")
                        .withData(data.entrySet().stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, field -> field.getValue()
                                        .base64())))
                        .build())
                .create();
    }

    /** The bytes to sign: in the ConfigMap that status names, and of the digest that stands beside the name. */
    Bytes awaitPayload(String rotation) {
        var seen = new AtomicReference<Optional<Bytes>>();
        eventually(SOON, () -> {
            seen.set(payload(rotation));
            assertThat(seen.get()).as(rotation).isPresent();
        });
        return seen.get().orElseThrow();
    }

    private Optional<Bytes> payload(String rotation) {
        return Optional.ofNullable(status(rotation).payload()).flatMap(named -> Optional.ofNullable(
                        configMap(named.configMap()).get())
                .map(object -> Bytes.base64(object.getBinaryData().get("payload.json")))
                .filter(bytes -> bytes.sha256().equals(named.sha256())));
    }

    RootRotationStatus awaitPhase(String rotation, Phase phase, Duration within) {
        eventually(
                within, () -> assertThat(status(rotation).phase()).as(rotation).isEqualTo(phase));
        return status(rotation);
    }

    FactoryStatus awaitReady() {
        eventually(SOON, () -> assertThat(holds(Conditions.READY)).isTrue());
        return status();
    }

    boolean holds(String condition) {
        return Conditions.holds(status().conditions(), condition);
    }

    /** What status doesn't have yet is null, and an API server that is away doesn't answer. */
    static void eventually(Duration within, ThrowingRunnable assertion) {
        await().atMost(within)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(e -> e instanceof NullPointerException || isUnanswered(e))
                .untilAsserted(assertion);
    }

    private static boolean isUnanswered(Throwable cause) {
        return cause instanceof KubernetesClientException failure && failure.getStatus() == null;
    }

    FactoryStatus status() {
        return Optional.ofNullable(factory().get().getStatus())
                .orElseGet(() -> new FactoryStatus(null, List.of(), null, null, null, null, null, null));
    }

    /** Empty before the operator has said anything, as where {@code <factory>-root-1} is not declared yet. */
    RootRotationStatus status(String rotation) {
        return Optional.ofNullable(rotation(rotation).get())
                .map(RootRotation::getStatus)
                .orElseGet(() -> new RootRotationStatus(null, null, null, null, null, null, null, List.of()));
    }

    /** Reason and message of condition Complete: what {@code kubectl describe} tells people first. */
    String whyNotComplete(String rotation) {
        return status(rotation).conditions().stream()
                .filter(condition -> condition.type().equals(Conditions.COMPLETE))
                .map(condition -> condition.reason() + ": " + condition.message())
                .collect(Collectors.joining());
    }

    Resource<Factory> factory() {
        return factory("acme");
    }

    Resource<Factory> factory(String name) {
        return client.resources(Factory.class).inNamespace(namespace).withName(name);
    }

    Resource<RootRotation> rotation(String name) {
        return client.resources(RootRotation.class).inNamespace(namespace).withName(name);
    }

    Resource<ConfigMap> configMap(String name) {
        return client.configMaps().inNamespace(namespace).withName(name);
    }

    Resource<Secret> secret(String name) {
        return client.secrets().inNamespace(namespace).withName(name);
    }

    List<Event> events() {
        return client.v1().events().inNamespace(namespace).list().getItems();
    }

    /** The stored file of a root. */
    Bytes root(int version) {
        return Bytes.base64(
                configMap("acme-root-" + version).get().getBinaryData().get("root.json"));
    }

    /** Wakes the operator, as after the clock was set. */
    void poke() {
        factory()
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"poked\": \"%s\"}}}".formatted(UUID.randomUUID()));
    }

    void target(String name) {
        target(name, "path: " + name);
    }

    /** @param more further members of the spec, in flow style */
    void target(String name, String more) {
        apply("Target", name, "{factory: acme, length: 3, hashes: {sha256: %s}, %s}".formatted("ab".repeat(32), more));
    }

    Resource<Target> targetNamed(String name) {
        return client.resources(Target.class).inNamespace(namespace).withName(name);
    }

    List<RootRotation> rotations() {
        return client.resources(RootRotation.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    /** The name of the one rotation that the operator itself proposes as root {@code version}. */
    String awaitProposal(int version) {
        eventually(SOON, () -> assertThat(proposals(version)).hasSize(1));
        return proposals(version).getFirst();
    }

    private List<String> proposals(int version) {
        return rotations().stream()
                .map(rotation -> rotation.getMetadata().getName())
                .filter(name -> name.matches("acme-root-" + version + "-[0-9a-f]{8}"))
                .toList();
    }

    /** Reason and message of a condition of the Factory; empty where it doesn't hold. */
    String condition(String type) {
        return status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(condition -> condition.reason() + ": " + condition.message())
                .collect(Collectors.joining());
    }

    /** The Secrets of all online keys. */
    List<String> onlineKeys() {
        return client.secrets().inNamespace(namespace).list().getItems().stream()
                .filter(secret -> secret.getType().equals("factory-trust.dev/online-key"))
                .map(secret -> secret.getMetadata().getName())
                .toList();
    }

    /** Who signed a role's newest published file. */
    List<String> signersOf(String role) {
        var object = role.equals("timestamp")
                ? "acme-timestamp"
                : "acme-" + role + '-'
                        + (role.equals("targets")
                                        ? status().roles().targets()
                                        : status().roles().snapshot())
                                .version();
        var file = Bytes.base64(configMap(object).get().getBinaryData().get(role + ".json"));
        try {
            return new ObjectMapper()
                    .readTree(file.toArray())
                    .path("signatures")
                    .findValuesAsText("keyid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The keyids that a stored root names for a role. */
    List<String> keyids(int root, RoleName role) {
        return Dialects.recognise(root(root)).decode(Root.class, root(root)).metadata().role(role).keyids().stream()
                .map(KeyId::value)
                .toList();
    }

    /** Devices with root 1, in the field from now on. */
    DeviceFleet fleet() {
        return new DeviceFleet(operator.url(namespace, "acme"), root(1));
    }

    RunningOperator operator() {
        return operator;
    }

    KubernetesClient client() {
        return client;
    }

    /** What somebody has in a file who may do here what the shipped ClusterRole says, and nothing else. */
    String kubeconfigOf(String clusterRole, String... more) {
        return ControlPlane.shared().kubeconfigOf(clusterRole, namespace, more);
    }

    /** Lets a key holder fetch the archive of root keys, with the commands of {@code docs/command-line.md}. */
    void handRootKeysTo(String clusterRole) throws IOException, InterruptedException {
        kubectl("create role acme-root-keys --verb=get,patch --resource=secrets --resource-name=acme-root-keys");
        kubectl("create rolebinding acme-root-keys --role=acme-root-keys --serviceaccount=" + namespace + ':'
                + clusterRole);
    }

    /** @param words as the administrator types them, none with a space in it */
    private void kubectl(String words) throws IOException, InterruptedException {
        var kubeconfig = Files.createTempFile("admin", ".kubeconfig");
        try {
            Files.writeString(kubeconfig, ControlPlane.shared().adminKubeconfig());
            Command.run(Stream.concat(
                            Stream.of(ControlPlane.kubectl().toString(), "--kubeconfig=" + kubeconfig, "-n", namespace),
                            Stream.of(words.split(" ")))
                    .toList());
        } finally {
            Files.delete(kubeconfig);
        }
    }

    String namespace() {
        return namespace;
    }

    @Override
    public void close() {
        Optional.ofNullable(operator).ifPresent(RunningOperator::close);
    }
}
