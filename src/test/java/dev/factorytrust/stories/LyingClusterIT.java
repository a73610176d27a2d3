package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetSpec;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.testing.ApiServerProxy;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is stored is not what it should be, and no operator is there to notice: the command line notices. */
class LyingClusterIT {

    @TempDir
    private Path disk;

    private ControlPlane controlPlane;
    private String namespace;
    private Path editor;

    @BeforeEach
    void somebody_may_write_here() throws IOException {
        controlPlane = ControlPlane.shared();
        namespace = controlPlane.newNamespace();
        editor = Files.writeString(
                disk.resolve("editor"), controlPlane.kubeconfigOf("factory-trust-edit", namespace, "factory-viewer"));
    }

    @Test
    void a_payload_that_is_not_the_one_that_status_names_is_neither_written_nor_attached_to() throws IOException {
        offer(Bytes.utf8("what the operator made"), Bytes.utf8("what somebody put in its place"));
        var out = disk.resolve("payload.json");
        assertThatThrownBy(() -> Shell.run(editor, "root", "payload", "hand-over", "--out", out.toString()))
                .hasMessageContaining(
                        "ConfigMap hand-over-payload isn't the payload that RootRotation hand-over names");
        assertThat(out).doesNotExist();
        var signature = Files.write(disk.resolve("signature"), new byte[64]).toString();
        assertThatThrownBy(() -> Shell.run(editor, "attach", "--rotation", "hand-over", "--signature", signature))
                .hasMessageContaining("isn't the payload that RootRotation hand-over names");
    }

    @Test
    void a_payload_of_no_bytes_is_no_payload() throws IOException {
        offer(Bytes.utf8("what the operator made"), null);
        assertThatThrownBy(() -> Shell.run(editor, "root", "payload", "hand-over", "--out", "-"))
                .hasMessageContaining("isn't the payload that RootRotation hand-over names");
    }

    private void offer(Bytes promised, Bytes stored) {
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName("hand-over")
                .withNamespace(namespace)
                .build());
        rotation.setSpec(new RootRotationSpec("acme", null, null, null, null, null, null, null));
        var made = controlPlane.admin().resource(rotation).create();
        made.setStatus(new RootRotationStatus(
                1L,
                RootRotationStatus.Phase.AWAITING_SIGNATURES,
                null,
                1L,
                new RootRotationStatus.Payload("hand-over-payload", promised.sha256(), "2030-01-01T00:00:00Z"),
                List.of(),
                null,
                List.of()));
        controlPlane.admin().resource(made).updateStatus();
        controlPlane
                .admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("hand-over-payload")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withBinaryData(stored == null ? null : Map.of(Names.PAYLOAD_JSON, stored.base64()))
                        .build())
                .create();
    }

    @Test
    void what_devices_would_refuse_is_not_exported() throws IOException {
        try (var factory = InMemoryFactory.unwatched("generate: {}")) {
            factory.all(ConfigMap.class).forEach(this::store);
        }
        var sound = disk.resolve("sound");
        export(sound);
        assertThat(sound.resolve("timestamp.json")).exists();

        var stored = controlPlane.admin().configMaps().inNamespace(namespace);
        var targets = Names.metadataEntry(RoleName.TARGETS);
        stored.withName("acme-targets-1").edit(object -> {
            var file = Bytes.base64(object.getBinaryData().get(targets)).utf8();
            object.setBinaryData(Map.of(
                    targets,
                    Bytes.utf8(file.replace("\"version\":1", "\"version\":2")).base64()));
            return object;
        });
        var tampered = disk.resolve("tampered");
        assertThatThrownBy(() -> export(tampered))
                .hasMessageContaining("isn't what devices would accept, so nothing was written")
                .hasMessageContaining("ConfigMap acme-targets-1");
        assertThat(tampered).doesNotExist();
    }

    private void export(Path folder) throws IOException {
        Shell.run(editor, "export", "acme", "--to", folder.toString());
    }

    private void store(ConfigMap object) {
        controlPlane
                .admin()
                .resource(new ConfigMapBuilder(object)
                        .withMetadata(new ObjectMetaBuilder()
                                .withName(object.getMetadata().getName())
                                .withNamespace(namespace)
                                .withLabels(object.getMetadata().getLabels())
                                .withAnnotations(object.getMetadata().getAnnotations())
                                .build())
                        .withImmutable(null)
                        .build())
                .create();
    }

    @Test
    void a_target_that_somebody_made_anew_this_moment_is_not_removed() throws IOException {
        target("first");
        var deletions = new AtomicInteger();
        try (var proxy = new ApiServerProxy(
                controlPlane.adminConfig(),
                write -> {
                    if (write.method().equals("DELETE") && deletions.getAndIncrement() == 0) {
                        controlPlane
                                .admin()
                                .resources(Target.class)
                                .inNamespace(namespace)
                                .withName("lmp")
                                .delete();
                        target("second");
                    }
                    return ApiServerProxy.Fate.PASS;
                },
                () -> {},
                Duration.ZERO)) {
            var through = Files.writeString(
                    disk.resolve("through"),
                    Files.readString(editor)
                            .replace(
                                    controlPlane.adminConfig().getMasterUrl(),
                                    proxy.config().getMasterUrl()));
            assertThatThrownBy(() -> Shell.run(through, "target", "remove", "lmp", "--no-wait"))
                    .hasMessageContaining("was replaced by another of its name");
            assertThat(targets()).extracting(Target::getSpec).containsExactly(spec("second"));

            assertThat(Shell.run(through, "target", "remove", "lmp", "--no-wait"))
                    .contains("deleted");
            assertThat(targets()).isEmpty();
        }
    }

    private List<Target> targets() {
        return controlPlane
                .admin()
                .resources(Target.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private static TargetSpec spec(String content) {
        var bytes = Bytes.utf8(content);
        return new TargetSpec(
                "acme",
                null,
                (long) bytes.size(),
                Map.of("sha256", bytes.sha256()),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private void target(String content) {
        var target = new Target();
        target.setMetadata(
                new ObjectMetaBuilder().withName("lmp").withNamespace(namespace).build());
        target.setSpec(spec(content));
        controlPlane.admin().resource(target).create();
    }
}
