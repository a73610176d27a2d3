package dev.factorytrust.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;

import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** Nobody has to say in which dialect a fleet's metadata is written. */
class OtaConnectVerbsTest {

    private static final InDialect OTA = new InDialect(OTA_CONNECT);

    @TempDir
    private Path directory;

    private Path repository;

    private static Root of(long version, String holder, Map<String, String> fields) {
        var plain = OTA.root(version, Map.of(RoleName.ROOT, OTA.role(1, holder)));
        return new Root(
                version,
                Instant.now().plus(Duration.ofDays(300)).truncatedTo(ChronoUnit.SECONDS),
                plain.consistentSnapshot(),
                plain.keys(),
                plain.roles(),
                fields.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, field -> TextNode.valueOf(field.getValue()))));
    }

    @BeforeEach
    void a_device_is_served() throws IOException {
        repository = Files.createDirectory(directory.resolve("repository"));
        var targets = OTA.sign(targets(7), "targets");
        var snapshot = OTA.sign(snapshot(5, targets, 7), "snapshot");
        write("1.root.json", OTA.sign(of(1, "alice", Map.of()), "alice"));
        write("2.root.json", OTA.sign(of(2, "bob", Map.of()), "alice", "bob"));
        write("targets.json", targets);
        write("snapshot.json", snapshot);
        write("timestamp.json", OTA.sign(timestamp(9, snapshot, 5), "timestamp"));
    }

    private Path write(String name, Bytes file) throws IOException {
        return Files.write(repository.resolve(name), file.toArray());
    }

    private static Shell ok(Shell shell) {
        assertThat(shell.exitCode()).as(shell.out() + shell.err()).isZero();
        return shell;
    }

    @Test
    void its_repository_is_walked() {
        var walked = ok(Shell.run("verify", repository, "--root", repository.resolve("1.root.json")));
        assertThat(walked.out()).contains("root          2", "target           a", "accepted at");
    }

    @Test
    void its_payload_is_signed_with_the_root_before_it_at_hand() throws IOException {
        var next = of(
                3,
                "carol",
                Map.of(
                        "x-factory-trust-rotation", "hand-over",
                        "x-factory-trust-rotation-sha256", "0".repeat(64),
                        "x-factory-trust-factory", "fleet/acme"));
        var payload = write("payload.json", OTA_CONNECT.canonical(next));
        var carol =
                Files.writeString(directory.resolve("carol.pem"), key("carol").privatePem());
        var signed =
                ok(Shell.run("sign", payload, "--key", carol, "--current", repository.resolve("2.root.json"), "--yes"));
        assertThat(signed.err())
                .contains("+ ed25519")
                .contains("keyid " + OTA.keyid("carol").value());
        assertThat(signed.out()).contains(Bytes.utf8(OTA.keyid("carol").value()).base64());
    }

    @Test
    void its_root_is_changed_in_a_folder() throws IOException {
        var folder = directory.resolve("folder");
        ok(Shell.run("root", "pull", "acme", "--repo", folder, "--url", repository));
        var carol = Files.writeString(
                directory.resolve("carol.pub"), key("carol").publicKey().pem());
        var changed =
                ok(Shell.run("root", "key", "add", "--repo", folder, "--public-key", carol, "--key-name", "carol"));
        assertThat(changed.err()).contains("Root version 3", "+ carol ed25519");
    }

    @Test
    void it_moves_in_as_what_it_is() {
        var imported = ok(Shell.run("import", "acme", "--from", repository, "--dry-run"));
        assertThat(imported.out()).contains("dialect: \"OTAConnect\"", "targets.json:");
    }
}
