package dev.factorytrust.stories;

import dev.factorytrust.docs.Page;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The seed of this project in one step: the archive downloaded once and erased, the root rotated, the new key put in the
 * drawer. With {@code kubectl factory} as it is packaged, by somebody who may do what a key holder may, and no more.
 */
class KeyHoldersEveningIT {

    private static final Path COMMAND = Path.of("target", "kubectl-factory").toAbsolutePath();
    private static final StandardDialect DIALECT = new StandardDialect();

    @TempDir
    private Path drawer;

    private Path archive() {
        return drawer.resolve("keys.tgz");
    }

    private RotationStory generated(String overlap) throws IOException, InterruptedException {
        var story = new RotationStory(InstantSource.system());
        story.declareFactoryWith("generate: {}", "rotationPolicy: {onlineKeys: {overlap: %s}}".formatted(overlap));
        story.awaitReady();
        Files.writeString(drawer.resolve("kubeconfig"), story.kubeconfigOf("factory-key-holder"));
        return story;
    }

    /** With the commands of the page that he has printed, and what else he may type. */
    @Test
    void an_evening_of_a_key_holder() throws Exception {
        var guide = Page.read(Path.of("docs", "key-holders-guide.md"));
        try (var story = generated("1s")) {
            var fleet = story.fleet();
            var url = story.operator().url(story.namespace(), "acme").toString();
            var first = Files.write(drawer.resolve("1.root.json"), story.root(1).toArray());
            assertThat(typed(story, guide.under("1. Look"))).contains("Ready=True");

            assertThatThrownBy(() -> factory("keys", "download", "acme", "--archive", archive()))
                    .hasMessageContaining("the cluster doesn't let you read Secret acme-root-keys. An administrator");
            story.handRootKeysTo("factory-key-holder");
            assertThat(typed(story, guide.under("2. Download")))
                    .contains("keys.tgz holds the root keys of Factory " + story.namespace() + "/acme")
                    .contains("sha256 of root version 1 " + story.status().trustedRootSha256())
                    .contains("It is in the cluster still");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive())))
                    .isEqualTo("rw-------");
            assertThat(keys()).isEqualTo(rootKeys(story, 1));
            var downloaded = Bytes.of(Files.readAllBytes(archive()));
            var other = Files.writeString(drawer.resolve("other.tgz"), "another file");
            assertThatThrownBy(() -> factory("keys", "download", "acme", "--archive", other))
                    .hasMessageContaining("other.tgz is there already and is another file");

            assertThat(typed(story, guide.under("3. Erase")))
                    .contains("sha256 of the archive " + downloaded.sha256())
                    .contains("Erased from the cluster at " + story.status().rootKeysErasedAt());
            assertThat(story.secret("acme-root-keys").get()).isNull();
            assertThat(Files.readAllBytes(archive())).isEqualTo(downloaded.toArray());
            assertThatThrownBy(() -> factory("keys", "download", "acme", "--archive", drawer.resolve("second.tgz")))
                    .hasMessageContaining(
                            "were erased from the cluster at " + story.status().rootKeysErasedAt());
            assertThat(drawer.resolve("second.tgz")).doesNotExist();

            var rotate = guide.under("4. Rotate").replace("keys rotate acme", "keys rotate acme --yes --url " + url);
            assertThat(typed(story, rotate))
                    .contains("put it back into the drawer")
                    .containsPattern("acme-keys-[0-9a-f]{8} +[0-9a-f]{64}");
            fleet.accepts(2, story.root(1));
            assertThat(keys())
                    .containsAll(rootKeys(story, 1))
                    .containsAll(rootKeys(story, 2))
                    .hasSize(2);
            assertThat(rootKeys(story, 2)).doesNotContainAnyElementsOf(rootKeys(story, 1));
            assertThat(factory("verify", url, "--root", first)).contains("accepted at");
            assertThat(typed(story, guide.under("5. Drawer")))
                    .contains("tufrepo/keys/fioctl-root-"
                            + story.keyids(2, RoleName.ROOT).getFirst() + ".sec")
                    .contains("root       version 2");

            var timestamp = story.keyids(2, RoleName.TIMESTAMP);
            rotate("--yes", "--type", "rsa-2048", "--online");
            fleet.accepts(3, story.root(1));
            assertThat(story.keyids(3, RoleName.TIMESTAMP)).doesNotContainAnyElementsOf(timestamp);

            rotate("--compromise", "--yes");
            fleet.accepts(4, story.root(1));
            assertThat(story.keyids(4, RoleName.TARGETS))
                    .doesNotContainAnyElementsOf(story.keyids(3, RoleName.TARGETS));
            assertThat(keys()).hasSize(4).containsAll(rootKeys(story, 4));
            assertThat(besides()).isEmpty();

            takesTargetsHome(story, fleet);
        }
    }

    /** With the commands of the page on that: the key of targets comes out of the cluster, signs, and is exchanged. */
    private void takesTargetsHome(RotationStory story, DeviceFleet fleet) throws Exception {
        var page = Page.read(Path.of("docs", "offline-targets.md"));
        assertThatThrownBy(() -> rotate("--yes", "--targets"))
                .hasMessageContaining("targets.custody of Factory acme is Online", "--online=targets");
        story.changeFactory("{\"spec\": {\"targets\": {\"custody\": \"Offline\"}}}");
        assertThat(typed(story, yes(page.under("Targets in the archive", "The first key"))))
                .contains("its key of targets: keyid " + targetsKey(story, 5));
        fleet.accepts(5);
        assertThat(keys()).hasSize(5).containsAll(keysOf(story, 5, RoleName.TARGETS));
        assertThat(rootKeys(story, 5)).isEqualTo(rootKeys(story, 4));

        story.target("lmp-1");
        eventually(SOON, () -> assertThat(ready(story)).isEqualTo("AwaitingSignatures"));
        typed(story, yes(page.under("Targets in the archive", "Each change")));
        eventually(SOON, () -> assertThat(ready(story)).isEqualTo("Published"));
        assertThat(story.signersOf("targets")).containsExactly(targetsKey(story, 5));

        assertThat(typed(story, yes(page.under("Targets in the archive", "A new key"))))
                .contains("put it back into the drawer");
        fleet.accepts(6, story.root(1));
        assertThat(story.signersOf("targets")).contains(targetsKey(story, 6));
        assertThat(targetsKey(story, 6)).isNotEqualTo(targetsKey(story, 5));
        assertThat(keys())
                .hasSize(7)
                .containsAll(rootKeys(story, 6))
                .containsAll(keysOf(story, 6, RoleName.TARGETS))
                .containsAll(keysOf(story, 5, RoleName.TARGETS));
        assertThat(rootKeys(story, 6)).doesNotContainAnyElementsOf(rootKeys(story, 5));
        assertThat(besides()).isEmpty();
    }

    private static String ready(RotationStory story) {
        return story.targetNamed("lmp-1")
                .get()
                .getStatus()
                .conditions()
                .getFirst()
                .reason();
    }

    private static String targetsKey(RotationStory story, int root) {
        var keyids = story.keyids(root, RoleName.TARGETS);
        assertThat(keyids).as("of targets under root version " + root).hasSize(1);
        return keyids.getFirst();
    }

    /** As somebody types it whom no terminal can ask. */
    private static String yes(String commands) {
        return commands.replace("keys rotate acme", "keys rotate acme --yes")
                .replace("factory sign", "factory sign --yes");
    }

    @Test
    void keys_that_were_never_in_the_cluster_can_not_be_downloaded() throws Exception {
        var alice = Person.withKey("alice", KeyType.ED25519);
        try (var story = RotationStory.withRootOf(InstantSource.system(), 1, alice)) {
            Files.writeString(drawer.resolve("kubeconfig"), story.kubeconfigOf("factory-key-holder"));
            assertThatThrownBy(() -> factory("keys", "download", "acme", "--archive", archive()))
                    .hasMessageContaining("refused: the root keys of Factory acme were never in the cluster");
            assertThat(archive()).doesNotExist();
        }
    }

    /** The seed differs from run to run and is told, so that a moment that fails can be sought again. */
    @Test
    void killed_again_and_again_it_finishes_with_one_new_root() throws Exception {
        var seed = Long.getLong("factorytrust.kills", System.nanoTime());
        var random = new Random(seed);
        try (var story = generated("1s")) {
            var fleet = story.fleet();
            story.handRootKeysTo("factory-key-holder");
            factory("keys", "download", "acme", "--archive", archive(), "--erase");
            var old = keys();
            for (var kill = 0; kill < 6; kill++) {
                if (killedAfter(600 + random.nextInt(1200))) {
                    assertThat(keys()).as("seed %d, kill %d", seed, kill).containsAll(old);
                    assertThat(allKeys()).as("seed %d, kill %d", seed, kill).containsAll(newestKeys(story));
                }
                if (!keys().equals(old)) {
                    break;
                }
            }
            if (keys().equals(old)) {
                rotate("--yes", "--online");
            }
            assertThat(besides()).as("seed %d", seed).doesNotContain("keys.tgz.pending", "keys.tgz.tmp");
            assertThat(story.status().roles().root().version())
                    .as("seed %d", seed)
                    .isEqualTo(2);
            assertThat(story.rotations()).as("seed %d", seed).hasSize(1);
            assertThat(keys())
                    .as("seed %d", seed)
                    .containsAll(rootKeys(story, 2))
                    .hasSize(2);
            fleet.accepts(2, story.root(1));
        }
    }

    /** Whether it was still at work. */
    private boolean killedAfter(int milliseconds) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words("keys", "rotate", "acme", "--archive", archive(), "--yes", "--online"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
            return false;
        }
        process.destroyForcibly().waitFor();
        return true;
    }

    private void rotate(String... options) throws IOException, InterruptedException {
        var words = new ArrayList<Object>(List.of("keys", "rotate", "--archive", archive()));
        words.addAll(List.of(options));
        words.add("acme");
        factory(words.toArray());
    }

    private String factory(Object... words) throws IOException, InterruptedException {
        return Command.run(words(words));
    }

    /** As the page has it, where `kubectl` and its plugin are on the PATH; in the namespace of the story. */
    private String typed(RotationStory story, String commands) throws IOException, InterruptedException {
        var path = COMMAND.getParent() + ":" + ControlPlane.kubectl().getParent() + ":" + System.getenv("PATH");
        return Command.run(
                drawer,
                List.of(
                        "env",
                        "KUBECONFIG=" + drawer.resolve("kubeconfig"),
                        "PATH=" + path,
                        "sh",
                        "-eu",
                        "-c",
                        commands.replace("--namespace fleet", "--namespace " + story.namespace())));
    }

    private List<String> words(Object... words) {
        return Stream.concat(
                        Stream.of("env", "KUBECONFIG=" + drawer.resolve("kubeconfig"), COMMAND.toString()),
                        Stream.of(words).map(Object::toString))
                .toList();
    }

    private Set<PublicKey> keys() throws IOException {
        return keysIn(archive());
    }

    private Set<PublicKey> allKeys() throws IOException {
        var pending = drawer.resolve("keys.tgz.pending");
        return Files.exists(pending) ? keysIn(pending) : keys();
    }

    private static Set<PublicKey> keysIn(Path file) throws IOException {
        return KeyArchive.read(Bytes.of(Files.readAllBytes(file))).keys().stream()
                .map(named -> named.key().publicKey())
                .collect(Collectors.toSet());
    }

    private static Set<PublicKey> newestKeys(RotationStory story) {
        return rootKeys(story, story.configMap("acme-root-2").get() == null ? 1 : 2);
    }

    private static Set<PublicKey> rootKeys(RotationStory story, int version) {
        return keysOf(story, version, RoleName.ROOT);
    }

    private static Set<PublicKey> keysOf(RotationStory story, int version, RoleName role) {
        var root = DIALECT.decode(Root.class, story.root(version)).metadata();
        return Stream.of(root.role(role))
                .map(Role::keyids)
                .flatMap(List::stream)
                .map(keyid -> root.keys().get(keyid).publicKey().orElseThrow())
                .collect(Collectors.toSet());
    }

    private List<String> besides() throws IOException {
        try (var files = Files.list(drawer)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("keys.tgz."))
                    .toList();
        }
    }
}
