package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.RollbackException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is stored is put back to what it was yesterday, and devices have seen today's. */
class BackupIT {

    private final KubernetesClient admin = ControlPlane.shared().admin();
    private final TestClock clock = TestClock.start();
    private final Fleet fleet = Fleet.declared("");
    private DeviceState device;

    @Test
    @DisplayName("invariants 4 and 13: what the running operator has seen goes back byte for byte")
    void an_older_state_under_a_running_operator_is_replaced_by_the_newest() {
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var yesterday = metadata();
            publishToday(operator);
            var newest = fleet.configMap("timestamp").getBinaryData();

            restore(yesterday);
            Fleet.await(() ->
                    assertThat(fleet.configMap("timestamp").getBinaryData()).isEqualTo(newest));
            update(operator);
            Fleet.await(() -> assertThat(fleet.conditions()).contains("Ready=True"));
        }
    }

    @Test
    @DisplayName("invariants 4 and 13: versions go on above what status knows, with the Targets of today")
    void metadata_put_back_without_its_status_is_published_anew_above_it() {
        Map<String, ConfigMap> yesterday;
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            yesterday = metadata();
            publishToday(operator);
        }
        restore(yesterday);
        try (var operator = fleet.operator(clock)) {
            fleet.awaitTimestampAbove(2);
            assertThat(fleet.factory().getStatus().roles().snapshot().version())
                    .as("2 was used for another content")
                    .isGreaterThan(2);
            fleet.awaitTarget("lmp", "Published");
            update(operator);
        }
    }

    @Test
    @DisplayName("invariant 4: what nothing in the cluster knows, its owner says in version-floor")
    void a_cluster_put_back_as_a_whole_goes_on_above_the_floor_that_its_owner_names() {
        Map<String, ConfigMap> yesterday;
        Factory factory;
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            yesterday = metadata();
            factory = fleet.factory();
            publishToday(operator);
        }
        fleet.deleteTarget("lmp");
        restore(yesterday);
        var now = fleet.factory();
        now.setStatus(factory.getStatus());
        admin.resource(now).updateStatus();
        try (var operator = fleet.operator(clock)) {
            Fleet.await(() -> assertThatThrownBy(() -> update(operator)).isInstanceOf(RollbackException.class));
            admin.resources(Factory.class)
                    .inNamespace(fleet.namespace())
                    .withName("acme")
                    .edit(declared -> {
                        declared.getMetadata().setAnnotations(Map.of("factory-trust.dev/version-floor", "1000"));
                        return declared;
                    });
            fleet.awaitTimestampAbove(1000);
            Fleet.await(() -> update(operator));
            var roles = fleet.factory().getStatus().roles();
            assertThat(roles.timestamp().version()).isEqualTo(1001);
            assertThat(roles.snapshot().version()).isEqualTo(1001);
            assertThat(roles.targets().version()).isEqualTo(1001);
        }
    }

    private void publishToday(RunningOperator operator) {
        fleet.target("lmp", "");
        fleet.awaitTarget("lmp", "Published");
        device = DeviceState.fresh(Bytes.of(fleet.file("root-1")));
        Fleet.await(() -> update(operator));
    }

    /** One that was in the field all the time. */
    private void update(RunningOperator operator) {
        device = ClientWorkflow.update(
                new StandardDialect(),
                device,
                file -> Optional.of(Http.get(fleet.url(operator).resolve(file)))
                        .filter(answer -> answer.statusCode() == 200)
                        .map(answer -> Bytes.of(answer.body())),
                clock.instant());
    }

    private Map<String, ConfigMap> metadata() {
        return admin
                .configMaps()
                .inNamespace(fleet.namespace())
                .withLabel("factory-trust.dev/factory")
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(object -> object.getMetadata().getName(), Function.identity()));
    }

    private void restore(Map<String, ConfigMap> backup) {
        metadata().forEach((name, object) -> {
            if (backup.containsKey(name)) {
                var old = backup.get(name);
                old.getMetadata().setResourceVersion(null);
                admin.resource(old).update();
            } else {
                admin.resource(object).delete();
            }
        });
    }
}
