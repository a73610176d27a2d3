package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Objects that bear the right names and labels and were made by somebody else. */
class StrangersIT {

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 6: an archive that is none makes no root, and says so")
    void rubbish_in_the_place_of_the_root_keys_stalls_until_it_is_gone() {
        var fleet = new Fleet();
        secret(fleet, "acme-root-keys", "factory-trust.dev/root-keys", Map.of(), "root-keys.tgz");
        fleet.declare("");
        try (var _ = fleet.operator(clock)) {
            Fleet.await(() -> assertThat(fleet.condition("Stalled")).isPresent());
            assertThat(fleet.stored()).doesNotContainKey("root-1");
            ControlPlane.shared()
                    .admin()
                    .secrets()
                    .inNamespace(fleet.namespace())
                    .withName("acme-root-keys")
                    .delete();
            fleet.awaitReady();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"private.pem", "public.pem", "something-else"})
    void a_rubbish_key_secret_is_not_taken_for_a_key(String entry) {
        var fleet = new Fleet();
        for (var role : new String[] {"targets", "snapshot", "timestamp", "root", "nobody"}) {
            secret(
                    fleet,
                    "acme-" + role + "-00000000",
                    "factory-trust.dev/online-key",
                    Map.of("factory-trust.dev/role", role),
                    entry);
        }
        fleet.declare("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update()).isInstanceOf(Device.Updated.class);
        }
    }

    @Test
    void metadata_objects_with_senseless_labels_and_names_harm_nobody() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.plant("nobody", 1, "rubbish");
            fleet.plant("timestamp", 7, "rubbish");
            fleet.plant("snapshot", 999_999_999_999_999L, "rubbish");
            fleet.plant("targets", 0, "rubbish");
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            fleet.awaitReady();
            fleet.awaitServed(operator);
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.snapshot())
                            .isEqualTo(2));
        }
    }

    @Test
    @DisplayName("invariant 3: what stands at a name of ours without our label is passed over, or makes way")
    void unlabelled_objects_at_metadata_names_stop_nothing() {
        var alice = Person.withKey("alice", KeyType.ED25519);
        try (var story = RotationStory.withRootOf(1, alice)) {
            for (var name : List.of("acme-targets-2", "acme-snapshot-2", "acme-root-2", "longer-payload")) {
                unlabelled(story.namespace(), name);
            }
            story.target("lmp");
            RotationStory.eventually(
                    RotationStory.SOON,
                    () -> assertThat(story.status().targets().count()).isEqualTo(1));
            assertThat(story.status().roles().targets().version()).isGreaterThan(2);
            story.declare("longer", "expiresAfter: 700d");
            story.attach("longer", alice);
            story.awaitPhase("longer", Phase.COMPLETED, RotationStory.SOON);
            story.fleet().accepts(2);
        }
    }

    @Test
    void somebody_elses_timestamp_is_named_and_nothing_is_made_until_it_is_gone() {
        var fleet = new Fleet();
        unlabelled(fleet.namespace(), "acme-timestamp");
        fleet.declare("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitCondition("Degraded", "True", "PublicationFailed");
            assertThat(fleet.condition("Degraded").orElseThrow().message())
                    .contains("ConfigMap acme-timestamp is not this operator's");
            fleet.delete("timestamp");
            fleet.poke();
            fleet.awaitReady();
        }
    }

    private static void unlabelled(String namespace, String name) {
        ControlPlane.shared()
                .admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToData("mine", "yes")
                        .build())
                .create();
    }

    @ParameterizedTest
    @CsvSource({
        "root-version, 99",
        "root-version, rubbish",
        "root-version, 0",
    })
    @DisplayName("invariants 2 and 13: an edited root-version stalls, and devices are served what they were")
    void an_edited_root_version_is_noticed(String annotation, String value) {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            annotateTimestamp(fleet, annotation, value);
            fleet.awaitCondition("Stalled", "True", "MetadataTampered");
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update()).isInstanceOf(Device.Updated.class);
            annotateTimestamp(fleet, annotation, "1");
            fleet.awaitReady();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rubbish", "2999-01-01T00:00:00Z", ""})
    @DisplayName("invariant 10: an edited signed-at doesn't stop a clock that the API server confirms")
    void an_edited_signed_at_stops_nothing(String value) {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            annotateTimestamp(fleet, "signed-at", value);
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
        }
    }

    private static void annotateTimestamp(Fleet fleet, String name, String value) {
        ControlPlane.shared()
                .admin()
                .configMaps()
                .inNamespace(fleet.namespace())
                .withName("acme-timestamp")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"factory-trust.dev/%s\": \"%s\"}}}".formatted(name, value));
    }

    private static void secret(Fleet fleet, String name, String type, Map<String, String> labels, String entry) {
        ControlPlane.shared()
                .admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(fleet.namespace())
                        .addToLabels("factory-trust.dev/factory", "acme")
                        .addToLabels(labels)
                        .endMetadata()
                        .withType(type)
                        .withData(Map.of(entry, Base64.getEncoder().encodeToString("rubbish".getBytes())))
                        .build())
                .create();
    }
}
