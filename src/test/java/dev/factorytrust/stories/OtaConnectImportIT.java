package dev.factorytrust.stories;

import dev.factorytrust.testing.Address;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A fleet of aktualizr devices that ota-tuf and fioctl looked after moves in, has its root rotated by its holder, and moves out
 * again, by {@code kubectl factory} as it is packaged. What another server would have written is written by a script of its own.
 */
class OtaConnectImportIT {

    private static final Path COMMAND = Path.of("target", "kubectl-factory").toAbsolutePath();
    private static final String BUILD = "intel-corei7-64-lmp-";

    @TempDir
    private Path disk;

    @BeforeEach
    void another_server_made_a_fleet() throws Exception {
        var python = DeviceClient.PYTHON_TUF.installed().getFirst();
        var script = Path.of("src", "test", "clients", "ota-connect", "make_fleet.py")
                .toAbsolutePath();
        Command.run(List.of(python, script.toString(), disk.toString()));
    }

    @Test
    @DisplayName("invariants 1, 4, 9: a fleet of aktualizr moves in, changes its root, and moves out, unaware of it")
    void a_fleet_moves_in_changes_its_root_and_moves_out_again() throws Exception {
        try (var story = new RotationStory(TestClock.start());
                var address = new Address(disk.resolve("server"))) {
            var device = OtaConnectDevice.flashed(root(1), address.url());
            follows(device, 2, 1041);
            var keys = Stream.of("targets.sec", "snapshot.pem", "timestamp.pem")
                    .flatMap(key -> Stream.of("--keys", disk.resolve("keys").resolve(key)));
            onCluster(
                    story,
                    Stream.of("import", "acme", "--from", address.url() + "repo", "--trusted-sha256"),
                    Stream.of(root(1).sha256()),
                    keys);
            story.awaitReady();
            assertThat(story.root(1)).isEqualTo(root(1));
            assertThat(story.root(2)).isEqualTo(root(2));
            address.moveTo(story.operator().url(story.namespace(), "acme"));
            // At once anew: the old server's snapshots live for longer than the Factory's.
            follows(device, 2, 1042);

            story.target(BUILD + "764", "hardwareIds: [intel-corei7-64], version: '764', tags: [main]");
            eventually(SOON, () -> assertThat(story.status().targets().count()).isEqualTo(3));
            follows(device, 2, 1043);
            follows(OtaConnectDevice.flashed(root(1), address.url()), 2, 1043);
            assertThat(device.offered()).containsExactlyInAnyOrder(BUILD + "762", BUILD + "763", BUILD + "764");
            var old = device.targets().targets().get(BUILD + "763").custom().orElseThrow();
            assertThat(old.path("lmp-manifest-sha").asText()).isEqualTo("ab".repeat(20));
            assertThat(device.targets().unrecognized()).containsKey("x-old-server");

            rotatesItsRoot(story, "--message", "our own server now");
            follows(device, 3, 1043);
            assertThat(decoded(story.root(3)).unrecognized()).containsKeys("x-changelog", "x-key-owners");

            onCluster(story, Stream.of("export", "acme", "--to", disk.resolve("exported/repo")));
            try (var elsewhere = new Address(disk.resolve("exported"))) {
                address.moveTo(elsewhere.url());
                follows(device, 3, 1043);
                follows(OtaConnectDevice.trustingOnFirstUse(address.url()), 3, 1043);
            }
        }
    }

    @Test
    @DisplayName(
            "invariant 7: online keys that nobody hands over are replaced by the holder of root's, on the way of devices")
    void a_fleet_whose_server_keeps_the_online_keys_is_freed_by_its_root_key() throws Exception {
        try (var story = new RotationStory(TestClock.start());
                var address = new Address(disk.resolve("server"))) {
            var device = OtaConnectDevice.flashed(root(1), address.url());
            follows(device, 2, 1041);
            Files.delete(disk.resolve("server/repo/1.root.json"));
            onCluster(
                    story,
                    Stream.of(
                            "import",
                            "acme",
                            "--from",
                            disk.resolve("roots.tgz"),
                            "--from",
                            disk.resolve("server/repo")));
            eventually(SOON, () -> assertThat(story.condition("Stalled")).startsWith("OnlineKeyMissing: Secret acme-"));
            address.moveTo(story.operator().url(story.namespace(), "acme"));
            follows(device, 2, 1041);

            rotatesItsRoot(story, "--online");
            story.awaitReady();
            follows(device, 3, 1042);
            follows(OtaConnectDevice.flashed(root(1), address.url()), 3, 1042);
            assertThat(device.offered()).containsExactlyInAnyOrder(BUILD + "762", BUILD + "763");
        }
    }

    private void rotatesItsRoot(RotationStory story, String... more) throws Exception {
        onCluster(
                story,
                Stream.of("keys", "rotate", "acme", "--archive", disk.resolve("root-keys.tgz"), "--yes"),
                Stream.of(more));
    }

    /** Not one poll may be refused on the way. */
    private static void follows(OtaConnectDevice device, long root, long timestamp) {
        eventually(AT_ONCE, () -> {
            assertThat(device.poll(Instant.now())).isEmpty();
            assertThat(List.of(device.root(), device.timestamp())).isEqualTo(List.of(root, timestamp));
        });
    }

    private Bytes root(int version) throws IOException {
        var file = disk.resolve("kept-" + version);
        if (Files.notExists(file)) {
            Files.copy(disk.resolve("server/repo/" + version + ".root.json"), file);
        }
        return Bytes.of(Files.readAllBytes(file));
    }

    private static Root decoded(Bytes file) {
        return TestMetadata.OTA_CONNECT.decode(Root.class, file).metadata();
    }

    @SafeVarargs
    private void onCluster(RotationStory story, Stream<?>... words) throws IOException, InterruptedException {
        var kubeconfig = Files.writeString(
                disk.resolve("kubeconfig"), ControlPlane.shared().adminKubeconfig());
        Command.run(Stream.of(
                        Stream.of("env", "KUBECONFIG=" + kubeconfig, COMMAND.toString()),
                        Stream.of(words).flatMap(part -> part).map(Object::toString),
                        Stream.of("-n", story.namespace()))
                .flatMap(part -> part)
                .toList());
    }
}
