package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the specification allows and some client doesn't read is not published. */
class LimitsIT {

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 12: a version that some client can't hold is not published, and costs devices nothing")
    void a_version_that_some_client_cannot_hold_is_not_published() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            reportVersion(fleet, Integer.MAX_VALUE);
            fleet.delete("timestamp");
            Fleet.await(() -> assertThat(fleet.condition("Degraded"))
                    .hasValueSatisfying(condition -> assertThat(condition.message())
                            .contains("signed.version is 2147483648, where clients stop at 2147483647")));
            assertThat(fleet.stored()).containsOnlyKeys("root-1", "targets-1", "snapshot-1", "timestamp");
            assertThat(fleet.configMap("timestamp").getBinaryData()).isNullOrEmpty();
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
        }
    }

    @Test
    void a_floor_that_leaves_no_version_above_it_is_named_and_not_taken() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            annotate(fleet, Long.toString(Integer.MAX_VALUE));
            fleet.awaitCondition("FieldsIgnored", "True", "NotSupported");
            assertThat(fleet.condition("FieldsIgnored").orElseThrow().message())
                    .contains("annotation factory-trust.dev/version-floor")
                    .contains("from 1 to 2147000000");

            annotate(fleet, "7");
            fleet.awaitTimestampAbove(7);
            fleet.awaitReady();
            fleet.awaitServed(operator);
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.timestamp())
                            .isEqualTo(8));
        }
    }

    /** As if so many had been published already. */
    private static void reportVersion(Fleet fleet, long version) {
        ControlPlane.shared()
                .admin()
                .resources(Factory.class)
                .inNamespace(fleet.namespace())
                .withName("acme")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"roles\": {\"timestamp\": {\"version\": " + version + "}}}}");
    }

    private static void annotate(Fleet fleet, String floor) {
        ControlPlane.shared()
                .admin()
                .resources(Factory.class)
                .inNamespace(fleet.namespace())
                .withName("acme")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"factory-trust.dev/version-floor\": \"" + floor + "\"}}}");
    }
}
