package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.OperatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** With one thread, what the operator reconciles comes in the order of the events: what comes next proves what didn't. */
class OperatorProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final TestOperator operator = new TestOperator(client, Set.of(namespace));

    @AfterEach
    void stop() {
        operator.process.close();
    }

    @Test
    void what_is_there_at_the_start_and_what_comes_later_is_reconciled() {
        Factories.create(client, namespace, "before");
        operator.start();
        assertThat(operator.next()).isEqualTo("before 1 -");
        Factories.create(client, namespace, "after");
        assertThat(operator.next()).isEqualTo("after 1 -");
        assertThat(operator.process.isStarted()).isTrue();
        assertThat(operator.process.isHealthy()).isTrue();
    }

    @Test
    void a_change_of_spec_annotations_or_labels_is_reconciled_and_one_of_status_is_not() {
        operator.start();
        var acme = Factories.create(client, namespace, "acme");
        assertThat(operator.next()).isEqualTo("acme 1 -");

        new StatusWriter<Factory, FactoryStatus>(client).write(acme, status(1));
        Factories.create(client, namespace, "later");
        assertThat(operator.next()).isEqualTo("later 1 -");

        Factories.pause(client, namespace, "acme");
        assertThat(operator.next()).isEqualTo("acme 2 -");
        Factories.patch(client, namespace, "acme", "{\"metadata\":{\"annotations\":{\"command\":\"refresh\"}}}");
        assertThat(operator.next()).isEqualTo("acme 2 refresh");
        Factories.patch(client, namespace, "acme", "{\"metadata\":{\"labels\":{\"site\":\"north\"}}}");
        assertThat(operator.next()).isEqualTo("acme 2 refresh");
    }

    @Test
    void a_deletion_is_reconciled_when_a_finalizer_holds_it_up_and_when_it_is_done() {
        Factories.create(client, namespace, "acme");
        Factories.patch(client, namespace, "acme", "{\"metadata\":{\"finalizers\":[\"factory-trust.dev/test\"]}}");
        operator.start();
        assertThat(operator.next()).isEqualTo("acme 1 -");
        client.resources(Factory.class).inNamespace(namespace).withName("acme").delete();
        assertThat(operator.next()).isEqualTo("acme 2 -");
        Factories.patch(client, namespace, "acme", "{\"metadata\":{\"finalizers\":null}}");
        assertThat(operator.next()).isEqualTo("acme 2 deleted");
    }

    @Test
    void any_thread_may_ask_for_a_reconciliation_at_any_time() {
        operator.wakeups.factory(new FactoryRef(namespace, "acme"));
        operator.start();
        operator.wakeups.factory(new FactoryRef(namespace, "unknown"));
        Factories.create(client, namespace, "acme");
        assertThat(operator.next()).isEqualTo("acme 1 -");
        operator.wakeups.factory(new FactoryRef(namespace, "acme"));
        assertThat(operator.next()).isEqualTo("acme 1 -");
        operator.process.close();
        operator.wakeups.factory(new FactoryRef(namespace, "acme"));
        operator.wakeups.target(namespace, "acme");
    }

    @Test
    void a_spec_edited_while_the_status_is_written_is_never_lost() {
        var statuses = new StatusWriter<Factory, FactoryStatus>(client);
        operator.during(read -> {
            var edit = read.getMetadata().getGeneration() < 20
                    ? CompletableFuture.runAsync(() -> Factories.patch(
                            client,
                            namespace,
                            "acme",
                            "{\"spec\":{\"paused\":%s}}"
                                    .formatted(read.getMetadata().getGeneration() % 2 == 1)))
                    : CompletableFuture.<Void>completedFuture(null);
            statuses.write(read, status(read.getMetadata().getGeneration()));
            edit.join();
        });
        operator.start();
        Factories.create(client, namespace, "acme");
        for (var generation = 1; generation <= 20; generation++) {
            assertThat(operator.next()).isEqualTo("acme " + generation + " -");
        }
    }

    @Test
    void what_fails_is_tried_again() {
        var failures = new HashSet<>(Set.of("first"));
        operator.during(_ -> {
            if (failures.remove("first")) {
                throw new IllegalStateException("on purpose");
            }
        });
        operator.start();
        Factories.create(client, namespace, "acme");
        assertThat(operator.next()).isEqualTo("acme 1 -");
        assertThat(operator.next()).isEqualTo("acme 1 -");
    }

    @Test
    void each_of_several_namespaces_is_watched_and_no_other() {
        var second = ControlPlane.shared().newNamespace();
        var unwatched = ControlPlane.shared().newNamespace();
        var both = new TestOperator(client, Set.of(namespace, second));
        try {
            both.start();
            Factories.create(client, unwatched, "elsewhere");
            Factories.create(client, namespace, "one");
            assertThat(both.next()).isEqualTo("one 1 -");
            Factories.create(client, second, "two");
            assertThat(both.next()).isEqualTo("two 1 -");
            both.wakeups.factory(new FactoryRef(second, "two"));
            assertThat(both.next()).isEqualTo("two 1 -");
            assertThat(both.cache.keySet()).containsExactlyInAnyOrder(namespace + "/one", second + "/two");
        } finally {
            both.process.close();
        }
    }

    @Test
    void without_namespaces_named_all_are_watched() {
        var everywhere = new TestOperator(client, Set.of());
        try {
            everywhere.start();
            Factories.create(client, namespace, "found-" + namespace);
            await().atMost(PATIENCE).until(everywhere::next, ("found-" + namespace + " 1 -")::equals);
            everywhere.wakeups.factory(new FactoryRef(namespace, "found-" + namespace));
            await().atMost(PATIENCE).until(everywhere::next, ("found-" + namespace + " 1 -")::equals);
        } finally {
            everywhere.process.close();
        }
    }

    @Test
    void without_the_right_to_list_it_does_not_start_and_says_why() {
        var config = new ConfigBuilder(ControlPlane.shared().adminConfig())
                .withImpersonateUsername("nobody")
                .build();
        try (var nobody = new KubernetesClientBuilder().withConfig(config).build()) {
            var powerless = new TestOperator(nobody, Set.of(namespace));
            assertThatThrownBy(powerless::start)
                    .isInstanceOf(OperatorException.class)
                    .hasStackTraceContaining("forbidden");
            assertThat(powerless.process.isStarted()).isFalse();
            assertThat(powerless.halted).isNotDone();
        }
    }

    @Test
    void a_namespace_comes_later_and_one_that_is_refused_leaves_all_as_it_was() {
        var second = ControlPlane.shared().newNamespace();
        var config = new ConfigBuilder(ControlPlane.shared().adminConfig())
                .withImpersonateUsername("of-" + namespace)
                .build();
        allow("of-" + namespace, namespace);
        Factories.create(client, second, "before");
        try (var own = new KubernetesClientBuilder().withConfig(config).build()) {
            await().atMost(PATIENCE)
                    .until(() -> new NamespaceProbe(own).apply(namespace).isEmpty());
            var growing = new TestOperator(own, Set.of(namespace));
            growing.start();
            assertThatThrownBy(() -> growing.process.add(second))
                    .isInstanceOf(OperatorException.class)
                    .hasStackTraceContaining("forbidden");
            Factories.create(client, namespace, "one");
            assertThat(growing.next()).isEqualTo("one 1 -");

            allow("of-" + namespace, second);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(OperatorException.class)
                    .untilAsserted(() -> growing.process.add(second));
            assertThat(growing.next()).isEqualTo("before 1 -");
            Factories.create(client, second, "two");
            assertThat(growing.next()).isEqualTo("two 1 -");
            growing.wakeups.factory(new FactoryRef(second, "two"));
            assertThat(growing.next()).isEqualTo("two 1 -");
            assertThat(growing.process.isHealthy()).isTrue();
            assertThat(growing.halted).isNotDone();

            own.close();
            assertThat(growing.halted).succeedsWithin(PATIENCE);
            growing.process.close();
        }
    }

    private void allow(String user, String namespace) {
        client.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    @Test
    void whoever_loses_an_informer_halts() {
        var own = new KubernetesClientBuilder()
                .withConfig(ControlPlane.shared().adminConfig())
                .build();
        var cutOff = new TestOperator(own, Set.of(namespace));
        cutOff.start();
        own.close();
        assertThat(cutOff.halted).succeedsWithin(PATIENCE);
    }

    @Test
    void it_starts_once() {
        operator.start();
        assertThatThrownBy(operator::start).isInstanceOf(IllegalStateException.class);
        operator.process.close();
        operator.process.close();
        assertThat(operator.halted).isNotDone();
    }

    static FactoryStatus status(long generation) {
        return new FactoryStatus(generation, null, null, null, null, null, null, null);
    }
}
