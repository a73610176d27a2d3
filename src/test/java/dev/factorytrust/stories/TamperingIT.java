package dev.factorytrust.stories;

import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever may write ConfigMaps and Secrets can annoy, but not deceive: devices keep what was signed (invariant 13). */
class TamperingIT {

    private static final String RUBBISH = "{\"signatures\": [], \"signed\": {\"_type\": \"rubbish\"}}";

    private final TestClock clock = TestClock.start();

    @ParameterizedTest
    @ValueSource(strings = {"root-1", "targets-1", "snapshot-1"})
    @DisplayName("invariant 13: what is deleted comes back byte for byte")
    void a_deleted_object_is_put_back_byte_for_byte(String name) {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var before = fleet.stored();
            var uid = fleet.configMap(name).getMetadata().getUid();
            fleet.delete(name);
            Fleet.await(() -> {
                assertThat(fleet.stored()).isEqualTo(before);
                assertThat(fleet.configMap(name).getMetadata().getUid()).isNotEqualTo(uid);
            });
            assertThat(fleet.configMap(name).getImmutable()).isTrue();
            fleet.awaitReady();
            assertUpdates(fleet, operator);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"root-1", "targets-1", "snapshot-1"})
    @DisplayName("invariant 13: what is deleted while nobody looks stalls by name, and is made good by a backup")
    void an_object_deleted_while_no_operator_ran_is_named_until_it_is_restored(String name) {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
        }
        var backup = fleet.configMap(name);
        fleet.delete(name);
        try (var operator = fleet.operator(clock)) {
            Fleet.await(() -> assertThat(fleet.condition("Stalled"))
                    .hasValueSatisfying(stalled -> assertThat(stalled.message()).contains("acme-" + name, "restore")));
            assertThat(fleet.stored()).doesNotContainKey(name);
            backup.getMetadata().setResourceVersion(null);
            backup.getMetadata().setUid(null);
            ControlPlane.shared().admin().resource(backup).create();
            fleet.awaitReady();
            assertUpdates(fleet, operator);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "targets", "snapshot"})
    @DisplayName("invariant 13: an impostor at a published name gives way to the original")
    void an_impostor_is_replaced_by_what_was_signed(String role) {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.patch("{\"paused\": true}");
            fleet.awaitCondition("Paused", "True", "Paused");
            var before = fleet.stored();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            fleet.delete(role + "-1");
            fleet.plant(role, 1, RUBBISH);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            fleet.patch("{\"paused\": false}");
            Fleet.await(() -> assertThat(fleet.stored()).isEqualTo(before));
            fleet.awaitReady();
        }
    }

    @Test
    @DisplayName(
            "invariant 13: an edited timestamp stalls the Factory, and devices are served the last state that held")
    void an_edited_timestamp_is_noticed_and_not_served() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var original = fleet.configMap("timestamp");
            editTimestamp(fleet, Base64.getEncoder().encodeToString(RUBBISH.getBytes()));
            fleet.awaitCondition("Stalled", "True", "MetadataTampered");
            assertThat(fleet.condition("Ready").orElseThrow().status()).isEqualTo("False");
            assertThat(fleet.condition("Stalled").orElseThrow().message()).contains("acme-timestamp");
            assertUpdates(fleet, operator);
            editTimestamp(fleet, original.getBinaryData().get("timestamp.json"));
            fleet.awaitReady();
        }
    }

    @Test
    @DisplayName("invariant 13: a pause doesn't hide that metadata was tampered with")
    void tampering_is_reported_while_paused() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.patch("{\"paused\": true}");
            fleet.awaitCondition("Paused", "True", "Paused");
            editTimestamp(fleet, Base64.getEncoder().encodeToString(RUBBISH.getBytes()));
            fleet.awaitCondition("Stalled", "True", "MetadataTampered");
        }
    }

    @Test
    @DisplayName("invariants 4 and 13: a deleted timestamp is no fresh start: versions go on above it")
    void after_a_deleted_timestamp_versions_go_on_and_devices_follow() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            var had = (Device.Updated) device.update();
            fleet.delete("timestamp");
            fleet.awaitTimestampAbove(had.timestamp());
            fleet.awaitReady();
            fleet.awaitServed(operator);
            assertThat(device.update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .isEqualTo(had.paths()));
        }
    }

    @Test
    @DisplayName("invariants 4 and 13: a restarted operator goes on above the version in status")
    void a_timestamp_deleted_while_no_operator_ran_is_no_fresh_start_either() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
        }
        var before = fleet.factory().getStatus().roles();
        fleet.delete("timestamp");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitTimestampAbove(before.timestamp().version());
            assertThat(fleet.factory().getStatus().roles().targets().version())
                    .isGreaterThan(before.targets().version());
            fleet.awaitServed(operator);
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .containsExactly("lmp"));
        }
    }

    @Test
    @DisplayName("invariants 6 and 13: with everything gone but the status no new root is made")
    void without_any_metadata_a_factory_that_had_a_root_stalls() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
        }
        deleteAll(fleet);
        try (var _ = fleet.operator(clock)) {
            fleet.awaitCondition("Stalled", "True", "RootMissing");
            assertThat(fleet.stored()).isEmpty();
        }
    }

    @Test
    @DisplayName("invariant 13: deleting everything under a running operator costs devices nothing")
    void everything_deleted_at_once_comes_back_and_is_served_meanwhile() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            var before = fleet.stored();
            fleet.patch("{\"paused\": true}");
            fleet.awaitCondition("Paused", "True", "Paused");
            deleteAll(fleet);
            fleet.awaitCondition("Stalled", "True", "MetadataMissing");
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            fleet.patch("{\"paused\": false}");
            fleet.awaitReady();
            assertThat(fleet.stored().get("root-1")).isEqualTo(before.get("root-1"));
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
        }
    }

    @Test
    @DisplayName("invariant 3: planted versions are skipped, never adopted, never served")
    void planted_versions_are_skipped_and_never_served() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.plant("targets", 2, RUBBISH);
            fleet.plant("snapshot", 2, RUBBISH);
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            assertThat(fleet.target("lmp").getStatus().publishedIn()).isEqualTo(3);
            fleet.awaitServed(operator);
            assertUpdates(fleet, operator);
            assertThat(Http.get(fleet.url(operator).resolve("2.targets.json")).statusCode())
                    .isEqualTo(404);
            assertThat(Http.get(fleet.url(operator).resolve("2.snapshot.json")).statusCode())
                    .isEqualTo(404);
            assertThat(Http.get(fleet.url(operator).resolve("1.targets.json")).statusCode())
                    .as("a device may be on its way to it")
                    .isEqualTo(200);
            Fleet.await(() -> assertThat(fleet.stored())
                    .containsOnlyKeys("root-1", "snapshot-1", "snapshot-3", "targets-1", "targets-3", "timestamp"));
        }
    }

    @Test
    @DisplayName("invariant 3: a planted next root is removed")
    void a_planted_next_root_is_removed() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.plant("root", 2, new String(fleet.file("root-1")));
            Fleet.await(() -> assertThat(fleet.configMap("root-2")).isNull());
            assertThat(Http.get(fleet.url(operator).resolve("2.root.json")).statusCode())
                    .isEqualTo(404);
            fleet.awaitReady();
        }
    }

    private static void editTimestamp(Fleet fleet, String base64) {
        ControlPlane.shared()
                .admin()
                .configMaps()
                .inNamespace(fleet.namespace())
                .withName("acme-timestamp")
                .edit(object -> {
                    object.setBinaryData(Map.of("timestamp.json", base64));
                    return object;
                });
    }

    private static void deleteAll(Fleet fleet) {
        ControlPlane.shared()
                .admin()
                .configMaps()
                .inNamespace(fleet.namespace())
                .withLabel("factory-trust.dev/factory")
                .delete();
    }

    private static void assertUpdates(Fleet fleet, RunningOperator operator) {
        assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update()).isInstanceOf(Device.Updated.class);
    }
}
