package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens to one Factory: people, time and misfortune, and after each the operator, until it rests. */
final class MemoryHistory {

    private static final FactoryRef ACME = new FactoryRef("fleet", "acme");

    /** Anybody may sign anything; whose signature counts is what root says. */
    static final List<SoftwareKey> PEOPLE = Stream.generate(() -> SoftwareKey.generate(KeyType.ED25519))
            .limit(4)
            .toList();

    private static final int MOST_STEPS = 100;

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final MemoryCluster cluster = new MemoryCluster(() -> now, this::changed);
    private final MemoryDevices devices = new MemoryDevices(ACME, () -> now);
    private final MemoryOperator replica = new MemoryOperator(cluster, () -> now);
    private MemoryOperator operator = new MemoryOperator(cluster, () -> now);
    private Optional<MemoryOperator> other = Optional.empty();
    private final Factory factory = object(
            Factory.class,
            "acme",
            "{bootstrap: {offline: {threshold: 1, keys: [%s, %s]}}, targets: {allowEmpty: true}}"
                    .formatted(holder(0), holder(1)));

    private MemoryHistory() {
        factory.getMetadata().setUid("acme-uid");
        factory.getMetadata().setGeneration(1L);
    }

    /** The Factory was declared a moment ago. */
    static MemoryHistory declared() {
        return new MemoryHistory();
    }

    /** The Factory is published. Signing all that for each history anew would take a third of its time. */
    static MemoryHistory published() {
        var history = new MemoryHistory();
        history.cluster.replay(Published.EVENTS);
        history.rest();
        return history;
    }

    private static final class Published {
        static final List<MemoryCluster.Event> EVENTS = publish();
    }

    private static List<MemoryCluster.Event> publish() {
        var history = declared();
        history.rest();
        history.everybodySigns();
        history.rest();
        assertThat(history.devices.served()).isPresent();
        return List.copyOf(history.cluster.events());
    }

    private void changed(MemoryCluster.Event event) {
        if (event.object() instanceof ConfigMap object) {
            if (!event.deleted()) {
                devices.note(object);
            }
            devices.poll(replica.see(0));
        }
    }

    /** The operator runs, after a crash anew, until it has nothing to do within seconds. */
    Decision rest() {
        for (var step = 0; step < MOST_STEPS; step++) {
            try {
                var decision = operator.see(0).step(factory);
                switch (decision) {
                    case Decision.Wait(var until) when until.isBefore(now.plusSeconds(10)) -> now = until;
                    case Decision.Wait _, Decision.Stall _ -> {
                        return decision;
                    }
                    default -> other.ifPresent(stale -> stale.see(3).step(factory));
                }
            } catch (MemoryCluster.Crash e) {
                operator = new MemoryOperator(cluster, () -> now);
                other = Optional.empty();
            }
        }
        throw new AssertionError("it doesn't come to rest");
    }

    void passes(Duration time) {
        now = now.plus(time);
    }

    void crashes(int write, boolean after) {
        cluster.crashAt(write, after);
    }

    /** A second operator acts between this one's steps, on caches that lag. */
    void anotherOperator() {
        other = other.isPresent() ? Optional.empty() : Optional.of(new MemoryOperator(cluster, () -> now));
    }

    void deviceFallsAsleep() {
        devices.fallAsleep();
    }

    void target(int number) {
        var target = object(
                Target.class,
                "t" + number,
                "{factory: acme, length: 3, hashes: {sha256: %s}}".formatted("ab".repeat(32)));
        toggle(target);
    }

    private void toggle(Target target) {
        cluster.find(Target.class, ACME.namespace(), target.getMetadata().getName())
                .ifPresentOrElse(cluster::remove, () -> cluster.put(target));
    }

    /** @param change the spec but for {@code factory}, in flow style and without braces */
    void rotation(String change) {
        if (change.contains("Compromise")) {
            devices.noOverlaps();
        }
        cluster.put(
                object(RootRotation.class, "rr" + cluster.events().size(), "{factory: acme, %s}".formatted(change)));
    }

    void rotationIsDeleted(int choice) {
        one(cluster.all(RootRotation.class), choice).ifPresent(cluster::remove);
    }

    void signs(int person, int choice) {
        one(payloads(), choice).ifPresent(payload -> sign(payload, person));
    }

    void everybodySigns() {
        payloads().forEach(payload -> {
            for (var person = 0; person < PEOPLE.size(); person++) {
                sign(payload, person);
            }
        });
    }

    private List<ConfigMap> payloads() {
        return cluster.all(ConfigMap.class).stream()
                .filter(object -> object.getMetadata().getName().endsWith("-payload"))
                .toList();
    }

    private void sign(ConfigMap payload, int person) {
        var bytes = StoredMetadata.file(payload, Names.PAYLOAD_JSON).orElseThrow();
        cluster.put(new SecretBuilder()
                .withNewMetadata()
                .withName("signature-" + cluster.events().size())
                .withNamespace(ACME.namespace())
                .addToLabels(Names.SIGNS, payload.getMetadata().getName())
                .endMetadata()
                .withType(Names.SIGNATURE_TYPE)
                .withData(Map.of("signature", PEOPLE.get(person).sign(bytes).base64()))
                .build());
    }

    /** Once nothing goes wrong any more: what was asked for is what devices have. */
    void endsWell() {
        cluster.noCrash();
        other = Optional.empty();
        now = cluster.all(ConfigMap.class).stream()
                .flatMap(object -> StoredMetadata.annotation(object, Names.SIGNED_AT).stream())
                .map(Instant::parse)
                .filter(now::isBefore)
                .findFirst()
                .orElse(now);
        rest();
        if (devices.served().isEmpty()) {
            everybodySigns();
        }
        assertThat(rest()).isInstanceOf(Decision.Wait.class);
        var published = devices.served().orElseThrow();
        assertThat(published.targets().metadata().targets().keySet())
                .containsExactlyInAnyOrderElementsOf(cluster.all(Target.class).stream()
                        .map(target -> target.getMetadata().getName())
                        .toList());
        assertThat(published.timestamp().metadata().expires()).isAfter(now);
    }

    long newestRoot() {
        return devices.served().orElseThrow().root().metadata().version();
    }

    static String holder(int person) {
        return "{name: p%d, publicKey: %s}"
                .formatted(
                        person,
                        Serialization.asJson(PEOPLE.get(person).publicKey().pem()));
    }

    private static <T> Optional<T> one(List<T> all, int choice) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(choice % all.size()));
    }

    private static <T> T object(Class<T> type, String name, String spec) {
        return Serialization.unmarshal("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: fleet}
                spec: %s
                """.formatted(type.getSimpleName(), name, spec), type);
    }
}
