package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.docs.Page;
import dev.factorytrust.docs.Terminal;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A namespace is gone, and its fleet comes back by the commands of {@code docs/operations/backup.md} as they stand there. A
 * device was in the field all the time, and saw what no backup has.
 */
class RestoreIT {

    private static final String SAVE = "What to save, and when";

    private final Page page = Page.read(Path.of("docs/operations/backup.md"));
    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final RotationStory story = RotationStory.withRootOf(InstantSource.system(), 1, alice);

    @TempDir
    private Path directory;

    private Terminal terminal;

    @BeforeEach
    void a_fleet_has_a_device_in_the_field() throws Exception {
        terminal = new Terminal(directory, story.namespace());
        story.target("lmp-1");
        awaitTarget("lmp-1");
        Files.write(directory.resolve("1.root.json"), story.root(1).toArray());
        device("init", "1.root.json");
    }

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    @DisplayName("invariants 1 and 4: put back as it was, a fleet goes on above what its devices saw")
    void from_what_was_stored_a_fleet_comes_back_as_it_was() throws Exception {
        terminal.type(page.blocks(SAVE).getFirst());
        afterTheBackup();
        theNamespaceIsDeleted();

        terminal.type(page.under("A namespace was deleted"), page.under("Put back", "As it was"));
        updatesAbove(1000, "lmp-1");
        story.target("lmp-2");
        awaitTarget("lmp-2");
        updatesAbove(1000, "lmp-1", "lmp-2");
        assertThat(story.status("acme-root-1").phase()).isEqualTo(Phase.COMPLETED);
        assertThat(story.factory().get().getSpec().bootstrap().offline())
                .as("it is what lies in Git")
                .isNotNull();

        story.client().resource(story.factory().get()).delete();
        terminal.type(page.under("Only the Factory was deleted"));
        story.awaitReady();
        updatesAbove(1001, "lmp-1", "lmp-2");
    }

    @Test
    @DisplayName("invariants 1 and 4: put back from an export, a fleet goes on above what its devices saw")
    void from_an_export_a_fleet_comes_back() throws Exception {
        terminal.type(page.blocks(SAVE).getFirst(), page.blocks(SAVE).get(1));
        assertThatThrownBy(() -> terminal.type(page.under("Put back", "From an export")
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .replace("import acme", "import copy")))
                .as("beside the first it would be a second fleet with the same root")
                .hasMessageContaining("SharedRootKey")
                .hasMessageContaining(
                        "in namespace " + story.namespace() + " that are labelled factory-trust.dev/factory=acme");
        afterTheBackup();
        theNamespaceIsDeleted();

        var commands = page.under("Put back", "From an export").lines().toList();
        terminal.type(page.under("A namespace was deleted"), commands.getFirst());
        eventually(SOON, () -> assertThatThrownBy(this::update).hasMessageContaining("BadVersionNumberError"));
        terminal.type(commands.get(1), commands.get(2));
        updatesAbove(1000, "lmp-1");
        eventually(SOON, () -> assertThat(story.status().targets().unmanaged()).isZero());
    }

    @Test
    @DisplayName(
            "invariants 1 and 4: without a backup, a fleet goes on from what a device has, and root's holders sign")
    void without_any_backup_a_device_and_the_holders_of_root_bring_it_back() throws Exception {
        afterTheBackup();
        theNamespaceIsDeleted();

        var blocks = page.blocks("A namespace was deleted", "Without any backup");
        terminal.type(blocks.getFirst());
        eventually(SOON, () -> assertThat(story.condition("Stalled")).contains("OnlineKeyMissing"));
        terminal.type(blocks.get(1));
        story.attach("new-online-keys", alice);
        story.awaitPhase("new-online-keys", Phase.COMPLETED, SOON);
        updatesAbove(1000, "lmp-1", "lmp-2");
    }

    /** What the device sees and no backup has. */
    private void afterTheBackup() {
        story.target("lmp-2");
        awaitTarget("lmp-2");
        eventually(SOON, () -> assertThat(update()).contains("\"lmp-2\""));
    }

    /** As the cluster's controller of namespaces does it, which isn't there. */
    private void theNamespaceIsDeleted() {
        var client = story.client();
        var namespace = story.namespace();
        client.namespaces().withName(namespace).delete();
        for (var kind : List.of(Factory.class, RootRotation.class, Target.class)) {
            client.resources(kind).inNamespace(namespace).delete();
        }
        client.configMaps().inNamespace(namespace).delete();
        client.secrets().inNamespace(namespace).delete();
        var emptied = client.namespaces().withName(namespace).get();
        emptied.getSpec().setFinalizers(List.of());
        client.raw("/api/v1/namespaces/" + namespace + "/finalize", "PUT", emptied);
        assertThat(client.namespaces().withName(namespace).get()).isNull();
        eventually(SOON, () -> assertThatThrownBy(this::update).hasMessageContaining("404"));
    }

    private void updatesAbove(long version, String... paths) {
        eventually(SOON, () -> {
            Map<?, ?> updated = Serialization.unmarshal(update(), Map.class);
            assertThat(((Number) updated.get("timestamp")).longValue()).isGreaterThan(version);
            assertThat(updated.get("paths")).isEqualTo(List.of(paths));
        });
    }

    private void awaitTarget(String name) {
        eventually(
                SOON, () -> assertThat(story.targetNamed(name).get().getStatus().publishedIn())
                        .isNotNull());
    }

    private String update() throws IOException, InterruptedException {
        return device("update", story.operator().url(story.namespace(), "acme").toString());
    }

    private String device(String command, String argument) throws IOException, InterruptedException {
        return Command.run(
                directory,
                List.of(
                        DeviceClient.PYTHON_TUF.installed().getFirst(),
                        Path.of("src/test/clients/python-tuf/device.py")
                                .toAbsolutePath()
                                .toString(),
                        command,
                        "device",
                        argument));
    }
}
