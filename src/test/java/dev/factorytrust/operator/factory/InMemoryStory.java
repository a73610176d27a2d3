package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Factory {@code acme} with its people, its devices and its operator, all in memory. Nothing happens by itself: people
 * act, then the operator is run until it rests.
 */
final class InMemoryStory implements AutoCloseable {

    static final FactoryRef ACME = new FactoryRef(InMemoryCluster.NAMESPACE, "acme");

    /** An operator that sleeps no longer than this is waited for: it gathers changes of Targets for 5 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Many times what the longest of the flows takes: whoever goes on after that goes round in circles. */
    private static final int STEPS = 300;

    /** Moves by hand only. */
    private static final class Clock implements InstantSource {

        private Instant now;

        private Clock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Clock clock;
    private final InMemoryCluster cluster;
    private final Ledger ledger;
    private final Field field;
    private InMemoryOperator operator;

    private InMemoryStory(Clock clock, InMemoryCluster cluster, Interruption interruption) {
        this.clock = clock;
        this.cluster = cluster;
        ledger = new Ledger(cluster, ACME.name());
        field = new Field(cluster, ACME);
        operator = newOperator(interruption);
    }

    static InMemoryStory begin() {
        var clock = new Clock(Instant.parse("2030-01-01T00:00:00Z"));
        return new InMemoryStory(clock, new InMemoryCluster(clock), Interruption.NONE);
    }

    /** How it might go on from here: the same objects at the same time, and an operator that has just started. */
    InMemoryStory fork(Interruption interruption) {
        var sameTime = new Clock(clock.now);
        return new InMemoryStory(sameTime, cluster.copy(sameTime), interruption);
    }

    InMemoryOperator newOperator(Interruption interruption) {
        return new InMemoryOperator(cluster, ACME, clock, interruption);
    }

    /** A new process takes over, which has no memory of the old one's. */
    void restart(Interruption interruption) {
        operator = newOperator(interruption);
    }

    InMemoryOperator operator() {
        return operator;
    }

    InMemoryCluster cluster() {
        return cluster;
    }

    Field field() {
        return field;
    }

    Instant now() {
        return clock.now;
    }

    void pass(Duration time) {
        clock.now = clock.now.plus(time);
    }

    /** Runs the operator until it has nothing to do; if it crashes on the way, another goes on in its place. */
    void settle() {
        try {
            settle(operator);
        } catch (Interruption.Crash crash) {
            restart(Interruption.NONE);
            settle(operator);
        }
    }

    void settle(InMemoryOperator runs) {
        var decisions = new ArrayList<String>();
        for (var steps = 0; steps < STEPS; steps++) {
            var before = cluster.revision();
            var decision = runs.step().decision();
            decisions.add(decision.getClass().getSimpleName());
            if (cluster.revision() == before) {
                switch (decision) {
                    case Decision.Stall _ -> {
                        return;
                    }
                    case Decision.Wait(var until) -> {
                        if (until.isAfter(clock.now.plus(PATIENCE))) {
                            return;
                        }
                        clock.now = until;
                    }
                    default -> {}
                }
            }
        }
        throw new AssertionError("the operator doesn't come to rest: " + decisions.subList(STEPS - 10, STEPS));
    }

    /** What the devices see and the owner reads once all is quiet: every device updates by the clock, too. */
    List<String> end() {
        settle();
        field.allUpdate(clock.now);
        return EndState.of(cluster, ACME);
    }

    boolean isDeclared() {
        return cluster.find(Factory.class, ACME.name()).isPresent();
    }

    void declareFactory(String bootstrap) {
        apply(Factory.class, ACME.name(), "{dialect: TUF, bootstrap: {%s}}".formatted(bootstrap));
    }

    void changeFactory(java.util.function.UnaryOperator<dev.factorytrust.api.v1alpha1.FactorySpec> change) {
        cluster.edit(Factory.class, ACME.name(), factory -> factory.setSpec(change.apply(factory.getSpec())));
    }

    void annotateFactory(String name, String value) {
        cluster.edit(
                Factory.class, ACME.name(), factory -> factory.getMetadata().setAnnotations(Map.of(name, value)));
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

    Optional<RootRotation> rotation(String name) {
        return cluster.find(RootRotation.class, name);
    }

    static String declared(Person... people) {
        return Stream.of(people).map(Person::declared).collect(Collectors.joining(", "));
    }

    private void apply(Class<? extends HasMetadata> kind, String name, String spec) {
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

    /** The operator's writes, in their order, as they are told. */
    static Interruption noting(List<String> writes) {
        return (moment, write) -> {
            if (moment == Moment.BEFORE) {
                writes.add(write);
            }
        };
    }

    @Override
    public void close() {
        field.close();
    }
}
