package dev.factorytrust.stories;

import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** A key that the cluster signs with is lost: that is for root's holders to mend, not for the operator (invariant 7). */
class LostKeyIT {

    private final TestClock clock = TestClock.start();

    @ParameterizedTest
    @ValueSource(strings = {"targets", "snapshot", "timestamp"})
    @DisplayName("invariant 7: a missing key stalls at once, by name, and recovers when it is back")
    void a_missing_online_key_stalls_by_name_and_is_never_replaced(String role) {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var before = fleet.stored();
            var key = fleet.onlineKey(role);
            ControlPlane.shared().admin().resource(key).delete();
            fleet.awaitCondition("Stalled", "True", "OnlineKeyMissing");
            assertThat(fleet.condition("Stalled").orElseThrow().message())
                    .contains(key.getMetadata().getName());
            assertThat(fleet.conditions()).isEqualTo("Ready=False RootKeysInCluster=True Stalled=True");
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update()).isInstanceOf(Device.Updated.class);
            restore(key, key.getData());
            fleet.awaitReady();
            assertThat(fleet.stored()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("invariant 7: rubbish in a key's Secret is a missing key")
    void a_key_secret_with_rubbish_counts_as_missing() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            var key = fleet.onlineKey("snapshot");
            ControlPlane.shared().admin().resource(key).delete();
            restore(key, Map.of("private.pem", "cnViYmlzaA==", "public.pem", "cnViYmlzaA=="));
            fleet.awaitCondition("Stalled", "True", "OnlineKeyMissing");
            assertThat(fleet.condition("Stalled").orElseThrow().message())
                    .contains(key.getMetadata().getName())
                    .doesNotContain("rubbish");
        }
    }

    private static void restore(Secret key, Map<String, String> data) {
        ControlPlane.shared()
                .admin()
                .resource(new SecretBuilder(key)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withUid(null)
                        .endMetadata()
                        .withData(data)
                        .build())
                .create();
    }
}
