package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.runtime.Events;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.target.TargetReport.Committed;
import dev.factorytrust.operator.target.TargetReport.FactoryFacts;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.ManagedPaths;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import static dev.factorytrust.operator.target.TargetSamples.SHA256;
import static dev.factorytrust.operator.target.TargetSamples.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class TargetReconcilerIT {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T10:00:00Z"));
    private static final Committed LISTING = new Committed(
            17,
            Map.of("lmp-764", new TargetFile(7, Map.of("sha256", SHA256), Optional.empty(), Map.of())),
            Optional.of(new ManagedPaths("f-1", Map.of("lmp-764", "lmp-764"))));

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final AtomicReference<Optional<FactoryFacts>> facts = new AtomicReference<>(Optional.empty());
    private final Events events = new Events(client, CLOCK, "factory-trust-0");
    private final AtomicBoolean awaited = new AtomicBoolean();
    private final TargetReconciler reconciler = new TargetReconciler(
            _ -> facts.get(), _ -> awaited.get(), new StatusWriter<>(client), events, CLOCK, new Wakeups());

    @BeforeEach
    void create() {
        var target = target();
        target.getMetadata().setNamespace(namespace);
        target.getMetadata().setUid(null);
        client.resource(target).create();
    }

    @Test
    void a_target_is_told_what_became_of_it() {
        facts.set(known(Optional.empty(), Map.of()));
        reconcile();
        assertThat(ready()).isEqualTo("Unknown Pending");
        assertThat(read().getStatus().publishedIn()).isNull();

        facts.set(known(Optional.of(LISTING), Map.of()));
        reconcile();
        assertThat(ready()).isEqualTo("True Published");
        assertThat(read().getStatus().publishedIn()).isEqualTo(17);
    }

    @Test
    void nothing_is_said_until_its_factory_has_been_looked_at() {
        awaited.set(true);
        reconcile();
        assertThat(read().getStatus()).isNull();

        awaited.set(false);
        reconcile();
        assertThat(ready()).isEqualTo("False FactoryNotFound");
    }

    @Test
    void an_equal_status_is_not_written() {
        facts.set(known(Optional.of(LISTING), Map.of()));
        reconcile();
        var written = read().getMetadata().getResourceVersion();

        reconcile();

        assertThat(read().getMetadata().getResourceVersion()).isEqualTo(written);
    }

    @Test
    void each_change_of_the_reason_is_an_event_but_pending() {
        reconcile();
        reconcile();
        facts.set(known(Optional.empty(), Map.of()));
        reconcile();
        facts.set(known(Optional.empty(), Map.of("lmp-764", "older")));
        reconcile();
        facts.set(known(Optional.empty(), Map.of("lmp-764", "oldest")));
        reconcile();
        facts.set(known(Optional.of(LISTING), Map.of()));
        reconcile();
        events.close();

        assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                .extracting(Event::getType, Event::getReason, Event::getCount)
                .containsExactlyInAnyOrder(
                        tuple("Warning", "FactoryNotFound", 1),
                        tuple("Warning", "PathConflict", 1),
                        tuple("Normal", "Published", 1));
    }

    private void reconcile() {
        reconciler.reconcile(read(), null);
    }

    private Target read() {
        return client.resources(Target.class)
                .inNamespace(namespace)
                .withName("lmp-764")
                .get();
    }

    private String ready() {
        var ready = read().getStatus().conditions().getFirst();
        return ready.status() + ' ' + ready.reason();
    }

    private static Optional<FactoryFacts> known(Optional<Committed> committed, Map<String, String> conflicts) {
        return Optional.of(
                new FactoryFacts(TestMetadata.TUF, "f-1", committed, conflicts, Map.of(), List.of(), Optional.empty()));
    }
}
