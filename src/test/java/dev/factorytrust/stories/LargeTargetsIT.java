package dev.factorytrust.stories;

import dev.factorytrust.cli.Shell;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Targets metadata that one ConfigMap can't hold: many hundred Targets, or here a few with much to say. */
class LargeTargetsIT {

    private static final int TARGETS = 60;
    private static final int CUSTOM = 30_000;

    private final TestClock clock = TestClock.start();

    @TempDir
    private Path folder;

    private final Random random = new Random(764);

    @Test
    @DisplayName("invariants 3, 9, 13: what is stored in parts is served whole, and put back byte for byte")
    void what_is_stored_in_parts_is_served_whole() throws Exception {
        var fleet = Fleet.declared("targets: {allowEmpty: true}");
        fleet.patch("{\"paused\": true}");
        IntStream.range(0, TARGETS).forEach(i -> fleet.target("lmp-" + i, "custom: {notes: " + notes() + "}"));
        try (var operator = fleet.operator(clock)) {
            fleet.patch("{\"paused\": false}");
            awaitCount(fleet, TARGETS);
            fleet.awaitServed(operator);
            var version = fleet.factory().getStatus().roles().targets().version();
            var head = "targets-" + version;
            assertThat(fleet.configMap(head).getBinaryData()).containsOnlyKeys("parts.json");
            assertThat(fleet.stored()).containsKeys(head + "-part-1", head + "-part-2");
            assertThat(fleet.configMap(head + "-part-2").getImmutable()).isTrue();
            var served = served(fleet, operator, version);
            assertThat(served.size()).isGreaterThan(TARGETS * CUSTOM);
            assertThat(DeviceClient.general().stream().map(client -> fleet.device(client, operator)))
                    .allSatisfy(device -> assertThat(device.update())
                            .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                                    .hasSize(TARGETS)));

            var stored = fleet.stored();
            fleet.delete(head + "-part-2");
            Fleet.await(() -> assertThat(fleet.stored()).isEqualTo(stored));
            fleet.delete(head);
            Fleet.await(() -> assertThat(fleet.stored()).isEqualTo(stored));
            assertThat(served(fleet, operator, version)).isEqualTo(served);

            var kubeconfig = Files.writeString(
                    folder.resolve("kubeconfig"), ControlPlane.shared().adminKubeconfig());
            assertThat(Shell.run(kubeconfig, "target", "list", "acme", "-n", fleet.namespace()))
                    .contains("lmp-" + (TARGETS - 1))
                    .doesNotContain("Unmanaged");
            var exported = folder.resolve("exported").toString();
            Shell.run(kubeconfig, "export", "acme", "-n", fleet.namespace(), "--to", exported);
            assertThat(Bytes.of(Files.readAllBytes(Path.of(exported, version + ".targets.json"))))
                    .isEqualTo(served);
            assertThat(Shell.run(kubeconfig, "import", "copy", "--from", exported, "--dry-run"))
                    .contains(version + ".targets.json.gz.1", version + ".targets.json.gz.2");
        }
        try (var operator = fleet.operator(clock)) {
            // Which Target a path came from is among what is stored in parts.
            fleet.deleteTarget("lmp-0");
            awaitCount(fleet, TARGETS - 1);
            fleet.awaitServed(operator);
            assertThat(fleet.factory().getStatus().targets().unmanaged()).isZero();
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .hasSize(TARGETS - 1)
                            .doesNotContain("lmp-0"));
        }
    }

    private static void awaitCount(Fleet fleet, int count) {
        Fleet.await(() -> {
            assertThat(fleet.factory().getStatus().targets().count()).isEqualTo(count);
            assertThat(fleet.factory().getStatus().targets().pending()).isZero();
        });
    }

    private static Bytes served(Fleet fleet, RunningOperator operator, long version) {
        return Bytes.of(Http.get(operator.url(fleet.namespace(), "acme").resolve(version + ".targets.json"))
                .body());
    }

    /** What gzip makes nothing of. */
    private String notes() {
        var bytes = new byte[CUSTOM / 4 * 3];
        random.nextBytes(bytes);
        return Bytes.of(bytes).base64();
    }
}
