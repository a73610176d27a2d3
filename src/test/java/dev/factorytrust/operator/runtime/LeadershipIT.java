package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeadershipIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** A lease that nobody released or renewed is anybody's after 15 s. */
    private static final Duration BEFORE_IT_RUNS_OUT = Duration.ofSeconds(12);

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final TestOperator first = named("factory-trust-0", client);
    private final TestOperator second = named("factory-trust-1", client);

    @AfterEach
    void stop() {
        first.process.close();
        second.process.close();
    }

    @Test
    void one_of_two_reconciles_and_when_it_stops_the_other_takes_over_before_the_lease_runs_out() {
        first.start();
        await().until(first.process::isLeader);
        second.start();
        Factories.create(client, namespace, "acme");
        assertThat(first.next()).isEqualTo("acme 1 -");
        assertThat(second.process.isLeader()).isFalse();
        assertThat(second.hasReconciledNothing()).isTrue();
        assertThat(lease().get().getSpec().getHolderIdentity()).isEqualTo("factory-trust-0");

        var began = System.nanoTime();
        first.process.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("nothing was running that it had to let finish")
                .isLessThan(Duration.ofSeconds(10));
        // Released, not left to run out: that is what makes the other's next look, within seconds, succeed.
        assertThat(lease().get().getSpec().getHolderIdentity()).isNotEqualTo("factory-trust-0");
        assertThat(first.process.isLeader()).isFalse();
        assertThat(first.halted).isNotDone();

        await().until(second.process::isLeader);
        assertThat(second.next()).isEqualTo("acme 1 -");
        Factories.pause(client, namespace, "acme");
        assertThat(second.next()).isEqualTo("acme 2 -");
        assertThat(first.hasReconciledNothing()).isTrue();
    }

    @Test
    void a_namespace_that_comes_later_is_reconciled_by_the_leader_alone_and_by_the_next_leader_as_well() {
        var later = ControlPlane.shared().newNamespace();
        Factories.create(client, later, "acme");
        first.start();
        await().until(first.process::isLeader);
        second.start();
        second.process.add(later);
        first.process.add(later);
        assertThat(first.next()).isEqualTo("acme 1 -");
        Factories.pause(client, later, "acme");
        assertThat(first.next()).isEqualTo("acme 2 -");
        assertThat(second.hasReconciledNothing()).isTrue();

        first.process.close();
        assertThat(second.next()).isEqualTo("acme 2 -");
        assertThat(second.process.isLeader()).isTrue();
    }

    @Test
    void a_restarted_process_takes_its_own_lease_back_at_once() {
        first.start();
        await().until(first.process::isLeader);
        var held = lease().get();
        first.process.close();
        // As if it had been killed: nobody released the lease.
        lease().edit(released -> {
            released.setSpec(held.getSpec());
            return released;
        });
        var again = named("factory-trust-0", client);
        again.start();
        await().atMost(BEFORE_IT_RUNS_OUT).until(again.process::isLeader);
        again.process.close();
    }

    @Test
    void whoever_loses_the_lease_halts_though_asking_for_it_fails_as_nobody_foresaw() {
        var failures = new AtomicInteger(2);
        try (var flawed = new KubernetesClientBuilder()
                .withConfig(ControlPlane.shared().adminConfig())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("flaw", failing("lease-lost", failures)))
                .build()) {
            var loser = named("factory-trust-0", flawed);
            loser.start();
            await().until(loser.process::isLeader);
            // Without a resourceVersion, or the leader's own renewal might come between.
            lease().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"holderIdentity\":\"thief\"}}");
            assertThat(loser.halted).succeedsWithin(PATIENCE);
            assertThat(failures).hasNegativeValue();
            assertThat(loser.process.isLeader()).isFalse();
            loser.process.close();
        }
    }

    private static Interceptor failing(String thread, AtomicInteger times) {
        return new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                if (Thread.currentThread().getName().equals(thread) && times.getAndDecrement() > 0) {
                    throw new IllegalStateException("on purpose");
                }
            }
        };
    }

    @Test
    void a_reconciliation_under_way_is_finished_before_the_lease_is_released() {
        first.start();
        first.during(factory -> {
            Thread.startVirtualThread(first.process::close);
            await().until(() -> !first.process.isStarted());
            assertThat(lease().get().getSpec().getHolderIdentity()).isEqualTo("factory-trust-0");
            Factories.patch(client, namespace, "acme", "{\"metadata\":{\"annotations\":{\"finished\":\"true\"}}}");
        });
        Factories.create(client, namespace, "acme");
        await().until(() -> lease().get().getSpec().getHolderIdentity() == null);
        assertThat(client.resources(Factory.class)
                        .inNamespace(namespace)
                        .withName("acme")
                        .get()
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("finished", "true");
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(PATIENCE);
    }

    private TestOperator named(String pod, KubernetesClient own) {
        return new TestOperator(
                own,
                new Settings(Set.of(namespace), Optional.empty(), pod, namespace, true, Duration.ofSeconds(10), 1));
    }

    private Resource<Lease> lease() {
        return client.resources(Lease.class).inNamespace(namespace).withName("factory-trust");
    }
}
