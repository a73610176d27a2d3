package dev.factorytrust.stories;

import dev.factorytrust.testing.ApiServerProxy;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ApiWrite;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Poller;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import static org.assertj.core.api.Assertions.assertThat;

/** The API server is away for longer than a lease lasts, and devices go on polling. */
class OutageIT {

    private final InstantSource clock = InstantSource.system();
    private final Queue<ApiWrite> writes = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> halted = new CompletableFuture<>();

    @Test
    @DisplayName(
            "invariant 2: an outage costs the lease, no device notices, and whoever lost the lease signs nothing any more")
    void an_outage_costs_the_lease_and_no_device_notices() {
        var fleet = Fleet.declared("");
        try (var proxy = new ApiServerProxy(
                        ControlPlane.shared().operatorConfig(), this::note, () -> {}, Duration.ZERO);
                var operator = RunningOperator.elected(proxy, fleet.namespace(), clock, () -> halted.complete(null))) {
            fleet.awaitReady();
            fleet.awaitServed(operator);
            try (var devices = new Poller(fleet.url(operator), Bytes.of(fleet.file("root-1")))) {
                proxy.cutOff();
                Fleet.await(() -> assertThat(operator.isLeader()).isFalse());
                writes.clear();
                fleet.target("lmp", "");
                devices.awaitTurn();
                assertThat(operator.isAliveAndReady()).isTrue();
                assertThat(halted).isNotDone();
                assertThat(operator.metrics()
                                .find("factory_trust_factory_ready")
                                .gauges())
                        .as("the leader alone reports how a Factory is")
                        .isEmpty();
                assertThat(operator.metrics()
                                .find("factory_trust_factory_declared")
                                .gauges())
                        .hasSize(1);

                proxy.reconnect();
                assertThat(halted).succeedsWithin(Duration.ofSeconds(40));
                // It would have ended here. It lives on, so that it can be seen to learn of the Target and do nothing.
                try (var next = fleet.operator(clock)) {
                    fleet.awaitTarget("lmp", "Published");
                    fleet.awaitServed(next);
                    fleet.awaitServed(operator);
                }
                devices.awaitUpdated(device -> device.paths().contains("lmp"));
                devices.assertNoRefusal();
                assertThat(writes).isEmpty();
            }
        } finally {
            ControlPlane.shared()
                    .admin()
                    .leases()
                    .inNamespace(ControlPlane.OPERATOR_NAMESPACE)
                    .withName("factory-trust")
                    .delete();
        }
    }

    private Fate note(ApiWrite write) {
        writes.add(write);
        return Fate.PASS;
    }
}
