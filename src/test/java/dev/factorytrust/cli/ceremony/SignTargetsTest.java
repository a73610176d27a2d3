package dev.factorytrust.cli.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static org.assertj.core.api.Assertions.assertThat;

/** Carol holds a key of targets; alice, who holds root, doesn't. */
class SignTargetsTest {

    private static final String DIGEST = "ab".repeat(32);
    private static final Bytes PAYLOAD = TUF.canonical(targets(7, "lmp-764"));

    @TempDir
    private Path directory;

    private Path payload;
    private Path current;

    private static Targets targets(long version, String path) {
        return new Targets(
                version,
                EXPIRES,
                Map.of(path, new TargetFile(4, Map.of("sha256", DIGEST), Optional.empty(), Map.of())),
                Optional.empty(),
                Map.of());
    }

    private static Root current(Map<String, JsonNode> more) {
        var made = root(1, Map.of(RoleName.ROOT, role(1, "alice"), RoleName.TARGETS, role(1, "carol")));
        var fields = new HashMap<String, JsonNode>(Map.of(
                "x-factory-trust-holders",
                JsonNodeFactory.instance.objectNode().put(keyid("carol").value(), "carol")));
        fields.putAll(more);
        return new Root(1, EXPIRES, true, made.keys(), made.roles(), fields);
    }

    @BeforeEach
    void files() throws IOException {
        payload = write("targets.json", PAYLOAD);
        current = write(
                "1.root.json",
                sign(current(Map.of("x-factory-trust-factory", TextNode.valueOf("fleet/acme"))), "alice"));
    }

    private Path write(String name, Bytes content) throws IOException {
        return Files.write(directory.resolve(name), content.toArray());
    }

    private Path keyOf(String name) throws IOException {
        return Files.writeString(directory.resolve(name + ".pem"), key(name).privatePem());
    }

    @Test
    void the_secret_carries_the_signature_and_finds_its_payload() throws IOException {
        var shell = Shell.run("sign", payload, "--current", current, "--key", keyOf("carol"), "--yes");
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        var secret = Serialization.unmarshal(shell.out(), Secret.class);
        assertThat(secret.getMetadata().getNamespace()).isEqualTo("fleet");
        assertThat(secret.getMetadata().getLabels()).containsEntry("factory-trust.dev/signs", "acme-targets-7-payload");
        assertThat(key("carol")
                        .publicKey()
                        .verify(PAYLOAD, Bytes.base64(secret.getData().get("signature"))))
                .isTrue();
    }

    @Test
    void whoever_signs_sees_the_digest_and_what_changes() throws IOException {
        var published = write("6.targets.json", sign(targets(6, "lmp-763"), "carol"));
        var shell = Shell.run(
                "sign", payload, "--current", current, "--published", published, "--key", keyOf("carol"), "--yes");
        assertThat(shell.err())
                .contains("Targets version 7 of Factory fleet/acme")
                .contains("sha256 " + PAYLOAD.sha256())
                .contains("- lmp-763 sha256 " + DIGEST + " 4 bytes", "+ lmp-764 sha256 " + DIGEST + " 4 bytes")
                .contains("holds targets: carol, keyid " + keyid("carol").value());
    }

    @Test
    void published_targets_that_the_holders_have_not_signed_hide_nothing_unsaid() throws IOException {
        var made = write("6.targets.json", sign(targets(6, "lmp-764"), "mallory"));
        assertThat(Shell.run(
                                "sign",
                                payload,
                                "--current",
                                current,
                                "--published",
                                made,
                                "--key",
                                keyOf("carol"),
                                "--yes")
                        .err())
                .contains("lists the same 1 targets")
                .contains("6.targets.json is not signed as this root asks");
    }

    @Test
    void who_may_sign_is_asked_of_a_root() throws IOException {
        assertThat(Shell.run("sign", payload, "--key", keyOf("carol"), "--yes").err())
                .contains("is a version of targets: name with --current the root");
        var foreign = write("foreign.root.json", sign(current(Map.of()), "alice"));
        assertThat(Shell.run("sign", payload, "--current", foreign, "--key", keyOf("carol"), "--yes")
                        .err())
                .contains("names no Factory");
        var forged = write(
                "forged.root.json",
                sign(current(Map.of("x-factory-trust-factory", TextNode.valueOf("fleet/acme"))), "bob"));
        assertThat(Shell.run("sign", payload, "--current", forged, "--key", keyOf("carol"), "--yes")
                        .err())
                .contains("is no root that its own keys signed");
    }

    @Test
    void a_key_that_root_does_not_name_for_targets_signs_in_vain_and_is_told() throws IOException {
        var shell = Shell.run("sign", payload, "--current", current, "--key", keyOf("alice"), "--yes");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("holds no key of targets");
        assertThat(shell.out()).isEmpty();
    }
}
