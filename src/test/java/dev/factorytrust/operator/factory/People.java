package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What people do with kubectl, in the namespace of Factory {@code acme}. */
class People {

    static final FactoryRef ACME = new FactoryRef(InMemoryCluster.NAMESPACE, "acme");

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    final InMemoryCluster cluster;

    /** What the Factory's devices read. */
    final Dialect dialect;

    People(InMemoryCluster cluster, Dialect dialect) {
        this.cluster = cluster;
        this.dialect = dialect;
    }

    boolean isDeclared() {
        return cluster.find(Factory.class, ACME.name()).isPresent();
    }

    void declareFactory(String bootstrap) {
        declareFactory(bootstrap, "{}");
    }

    /** @param targets the policy of that name, in flow style */
    void declareFactory(String bootstrap, String targets) {
        apply(
                Factory.class,
                ACME.name(),
                "{dialect: %s, bootstrap: {%s}, targets: %s}".formatted(dialect.id(), bootstrap, targets));
    }

    /** @param fields of the spec, in flow style and without braces */
    @SuppressWarnings("unchecked")
    void changeFactory(String fields) {
        cluster.edit(Factory.class, ACME.name(), factory -> {
            var spec = SERIALIZATION.convertValue(factory.getSpec(), Map.class);
            spec.putAll(Serialization.unmarshal("---\n{" + fields + '}', Map.class));
            factory.setSpec(SERIALIZATION.convertValue(spec, FactorySpec.class));
        });
    }

    /** @param change the spec but for {@code factory}, in flow style and without braces */
    void declare(String rotation, String change) {
        apply(RootRotation.class, rotation, "{factory: acme, %s}".formatted(change));
    }

    void addTarget(String name, int release) {
        cluster.create(target(name, release));
    }

    void changeTarget(String name, int release) {
        cluster.edit(
                Target.class,
                name,
                target -> target.setSpec(target(name, release).getSpec()));
    }

    private static Target target(String name, int release) {
        return resource(
                Target.class,
                name,
                "{factory: acme, length: 7, hashes: {sha256: %s}, custom: {release: %d}}"
                        .formatted(Bytes.utf8(name).sha256(), release));
    }

    void remove(Class<? extends HasMetadata> kind, String name) {
        cluster.delete(kind, name);
    }

    /** Somebody signs the payload that is offered, if one is, and attaches what he signed. */
    void sign(String rotation, Person person) {
        var secret = rotation + "-by-" + person.name();
        var payload = payload(rotation);
        if (payload.isPresent() && cluster.find(Secret.class, secret).isEmpty()) {
            cluster.create(new SecretBuilder()
                    .withNewMetadata()
                    .withName(secret)
                    .withNamespace(ACME.namespace())
                    .addToLabels(Names.SIGNS, Names.payload(rotation))
                    .endMetadata()
                    .withType(Names.SIGNATURE_TYPE)
                    .withData(Map.of("signature", person.sign(payload.get()).base64()))
                    .build());
        }
    }

    /** What is offered to the holders of targets, by the name that a payload has in {@link #sign}. */
    List<String> offeredTargets() {
        return cluster.all(ConfigMap.class)
                .map(object -> object.getMetadata().getName())
                .filter(name -> name.matches("acme-targets-[0-9]+-payload"))
                .map(name -> name.replace("-payload", ""))
                .toList();
    }

    Optional<Bytes> payload(String rotation) {
        return cluster.find(ConfigMap.class, Names.payload(rotation))
                .map(object -> Bytes.base64(object.getBinaryData().get(Names.PAYLOAD_JSON)));
    }

    /** The owner hands in the digest of the archive that he took, as an annotation. */
    void handInArchiveDigest() {
        var archive = cluster.find(Secret.class, Names.rootKeys(ACME.name())).orElseThrow();
        var digest = KeyStore.archive(archive).orElseThrow().sha256();
        cluster.edit(Secret.class, archive.getMetadata().getName(), secret -> secret.getMetadata()
                .setAnnotations(Map.of(Names.RETRIEVED, digest)));
    }

    /** @param cutOff as text, for people write what they like */
    void requestRefresh(String cutOff) {
        cluster.edit(Factory.class, ACME.name(), factory -> factory.getMetadata()
                .setAnnotations(Map.of(Names.REFRESH_REQUESTED, cutOff)));
    }

    Optional<RootRotation> rotation(String name) {
        return cluster.find(RootRotation.class, name);
    }

    static String declared(Person... people) {
        return Stream.of(people).map(Person::declared).collect(Collectors.joining(", "));
    }

    void apply(Class<? extends HasMetadata> kind, String name, String spec) {
        cluster.create(resource(kind, name, spec));
    }

    private static <T extends HasMetadata> T resource(Class<T> kind, String name, String spec) {
        return Serialization.unmarshal("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec: %s
                """.formatted(kind.getSimpleName(), name, ACME.namespace(), spec), kind);
    }
}
