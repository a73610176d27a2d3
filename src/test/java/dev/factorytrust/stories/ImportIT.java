package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.Address;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A fleet whose server was made of python-tuf moves in, goes on, and moves out again, by {@code kubectl factory} as it is
 * packaged. Devices keep what they have; all that changes for them is who answers.
 */
class ImportIT {

    private static final Path COMMAND = Path.of("target", "kubectl-factory").toAbsolutePath();

    @TempDir
    private Path disk;

    private Path repository;

    @BeforeEach
    void another_server_made_a_fleet() throws Exception {
        var python = DeviceClient.PYTHON_TUF.installed().getFirst();
        var script =
                Path.of("src", "test", "clients", "python-tuf", "make_fleet.py").toAbsolutePath();
        Command.run(List.of(python, script.toString(), disk.toString()));
        repository = disk.resolve("repository");
    }

    @Test
    @DisplayName("invariants 1, 4, 9: a fleet moves in, changes its root, and moves out, and no device is stranded")
    void a_fleet_moves_in_changes_its_root_and_moves_out_again() throws Exception {
        try (var address = new Address(repository)) {
            var fielded = devices(file("1.root.json"), address);
            updateTo(fielded, 3, 1041);
            try (var story = new RotationStory(TestClock.start())) {
                movesIn(story, address, fielded);
                changesItsRoot(story, fielded);
                movesOut(story);
            }
            try (var story = new RotationStory(TestClock.start())) {
                goesOnSomewhereElse(story, address, fielded);
            }
        }
    }

    private void movesIn(RotationStory story, Address address, List<Device> fielded) throws Exception {
        imports(story, "--root", file("1.root.json"));
        story.awaitReady();
        assertThat(story.root(1)).isEqualTo(bytes(file("1.root.json")));
        assertThat(story.root(3)).isEqualTo(bytes(file("3.root.json")));
        assertThat(targets(story, 17)).isEqualTo(bytes(file("17.targets.json")));
        assertThat(story.status().targets().unmanaged()).isEqualTo(1);
        assertThat(story.status().trustedRootSha256())
                .isEqualTo(bytes(file("1.root.json")).sha256());
        assertThat(story.events()).anySatisfy(event -> {
            assertThat(event.getReason()).isEqualTo("Adopted");
            assertThat(event.getMessage()).contains("ConfigMap acme-import-1, Secret acme-import-keys");
        });

        comesOnlyOnce(story);
        address.moveTo(story.operator().url(story.namespace(), "acme"));
        updateTo(fielded, 3, 1041);
        story.target("lmp-1");
        RotationStory.eventually(
                SOON, () -> assertThat(story.status().targets().count()).isEqualTo(2));
        updateTo(fielded, 3, 1042);
        updateTo(devices(file("1.root.json"), address), 3, 1042);
        assertThat(targets(story, 18).utf8()).contains("x-old-server", "4711", "stable");
    }

    /** A pipeline runs it again, and the advice has been followed: private keys don't come back for nobody to remove. */
    private void comesOnlyOnce(RotationStory story) throws Exception {
        var source = story.client().secrets().inNamespace(story.namespace()).withName("acme-import-keys");
        source.delete();
        imports(story);
        assertThat(source.get()).isNull();
        assertThatThrownBy(() -> imports(story, "--first-version", "2"))
                .hasMessageContaining("Factory acme is in namespace " + story.namespace() + " already, and is another");
        assertThat(source.get()).isNull();
    }

    private void imports(RotationStory story, Object... more) throws Exception {
        var words =
                new ArrayList<Object>(List.of("import", "acme", "--from", repository, "--keys", disk.resolve("keys")));
        words.addAll(List.of(more));
        onCluster(story, words.toArray());
    }

    private void changesItsRoot(RotationStory story, List<Device> fielded) throws Exception {
        var bob = new Person("bob", key("root-keys/bob.pem"));
        var carol = Person.withKey("carol", KeyType.ED25519);
        story.declare("hand-over", "root: {addKeys: [%s], removeKeys: [%s]}".formatted(carol.declared(), bob.keyid()));
        story.attach("hand-over", carol);
        story.attach("hand-over", bob);
        story.awaitPhase("hand-over", Phase.COMPLETED, SOON);
        updateTo(fielded, 4, 1042);
        assertThat(story.root(4).utf8()).contains("x-old-server");
        assertThat(story.rotations())
                .as("no key of another type is proposed than the fleet has")
                .extracting(rotation -> rotation.getMetadata().getName())
                .containsExactly("hand-over");
    }

    private void movesOut(RotationStory story) throws Exception {
        var exported = disk.resolve("exported");
        var keys = disk.resolve("exported-keys");
        assertThatThrownBy(() -> onCluster(story, "export", "acme", "--to", exported, "--online-keys", keys))
                .hasMessageContaining("pass --yes-export-private-keys");
        assertThat(exported).doesNotExist();
        onCluster(story, "export", "acme", "--to", exported, "--online-keys", keys, "--yes-export-private-keys");
        assertThat(bytes(exported.resolve("1.root.json"))).isEqualTo(bytes(file("1.root.json")));
        assertThat(bytes(exported.resolve("4.root.json"))).isEqualTo(story.root(4));
        try (var files = Files.list(keys)) {
            assertThat(files).hasSize(3).allSatisfy(key -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------"));
        }
    }

    private void goesOnSomewhereElse(RotationStory story, Address address, List<Device> fielded) throws Exception {
        onCluster(
                story,
                "import",
                "acme",
                "--from",
                disk.resolve("exported"),
                "--keys",
                disk.resolve("exported-keys"),
                "--trusted-sha256",
                bytes(file("1.root.json")).sha256());
        story.awaitReady();
        address.moveTo(story.operator().url(story.namespace(), "acme"));
        story.target("lmp-2");
        RotationStory.eventually(
                SOON, () -> assertThat(story.status().targets().count()).isEqualTo(3));
        updateTo(fielded, 4, 1043);
        updateTo(devices(file("1.root.json"), address), 4, 1043);
    }

    @Test
    @DisplayName(
            "invariant 7: a key that nobody has any more is exchanged by root's holders, and no device is stranded")
    void a_fleet_whose_online_keys_are_lost_is_adopted_and_recovers() throws Exception {
        try (var story = new RotationStory(TestClock.start());
                var address = new Address(repository)) {
            var fielded = devices(file("2.root.json"), address);
            updateTo(fielded, 3, 1041);
            onCluster(story, "import", "acme", "--from", address.url(), "--first-version", "2");
            RotationStory.eventually(SOON, () -> assertThat(story.condition("Stalled"))
                    .startsWith("OnlineKeyMissing: Secret acme-targets-"));
            address.moveTo(story.operator().url(story.namespace(), "acme"));
            updateTo(fielded, 3, 1041);

            story.declare("recovery", "rotateOnlineKeys: [targets, snapshot, timestamp]");
            story.attach("recovery", new Person("bob", key("root-keys/bob.pem")));
            story.awaitPhase("recovery", Phase.COMPLETED, SOON);
            story.awaitReady();
            updateTo(fielded, 4, 1042);
            updateTo(devices(file("2.root.json"), address), 4, 1042);
            var folder = disk.resolve("folder");
            onCluster(story, "root", "pull", "acme", "--repo", folder);
            onCluster(story, "root", "pull", "acme", "--repo", folder);
            try (var roots = Files.list(folder.resolve("roles"))) {
                assertThat(roots.map(root -> root.getFileName().toString()))
                        .contains("2.root.json", "4.root.json")
                        .doesNotContain("1.root.json");
            }
        }
    }

    private Path file(String name) {
        return repository.resolve(name);
    }

    private static Bytes bytes(Path file) throws IOException {
        return Bytes.of(Files.readAllBytes(file));
    }

    private SoftwareKey key(String name) throws IOException {
        return SoftwareKey.parsePem(Files.readString(disk.resolve(name)));
    }

    private static Bytes targets(RotationStory story, int version) {
        return Bytes.base64(
                story.configMap("acme-targets-" + version).get().getBinaryData().get("targets.json"));
    }

    private static List<Device> devices(Path root, Address address) throws IOException {
        var flashed = Files.readAllBytes(root);
        return DeviceClient.general().stream()
                .map(client -> client.newDevice(flashed, address.url()))
                .toList();
    }

    /** Not one update may be refused on the way. */
    private static void updateTo(List<Device> devices, int root, int timestamp) {
        assertThat(devices).allSatisfy(device -> await().atMost(AT_ONCE).untilAsserted(() -> {
            var outcome = device.update();
            assertThat(outcome).isInstanceOf(Device.Updated.class);
            assertThat(Map.of(
                            "root",
                            ((Device.Updated) outcome).root(),
                            "timestamp",
                            ((Device.Updated) outcome).timestamp()))
                    .isEqualTo(Map.of("root", root, "timestamp", timestamp));
        }));
    }

    private String onCluster(RotationStory story, Object... words) throws IOException, InterruptedException {
        var kubeconfig = Files.writeString(
                disk.resolve("kubeconfig"), ControlPlane.shared().adminKubeconfig());
        return Command.run(Stream.of(
                        Stream.of("env", "KUBECONFIG=" + kubeconfig, COMMAND.toString()),
                        Stream.of(words).map(Object::toString),
                        Stream.of("-n", story.namespace()))
                .flatMap(part -> part)
                .toList());
    }
}
