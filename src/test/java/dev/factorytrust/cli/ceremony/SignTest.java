package dev.factorytrust.cli.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static org.assertj.core.api.Assertions.assertThat;

/** Root 2 takes it from Alice and gives it to Bob. */
class SignTest {

    private static final Root FIRST = root(1, Map.of(RoleName.ROOT, role(1, "alice")));
    private static final Bytes PAYLOAD = TUF.canonical(second());

    @TempDir
    private Path directory;

    private Path payload;
    private Path current;

    private static Root second() {
        var next = root(2, Map.of(RoleName.ROOT, role(1, "bob")));
        return new Root(
                2,
                EXPIRES,
                true,
                next.keys(),
                next.roles(),
                Map.of(
                        "x-factory-trust-rotation", TextNode.valueOf("hand-over"),
                        "x-factory-trust-rotation-sha256", TextNode.valueOf("0".repeat(64)),
                        "x-factory-trust-factory", TextNode.valueOf("fleet/acme")));
    }

    @BeforeEach
    void files() throws IOException {
        payload = write("payload.json", PAYLOAD);
        current = write("1.root.json", sign(FIRST, "alice"));
    }

    private Path write(String name, Bytes content) throws IOException {
        return Files.write(directory.resolve(name), content.toArray());
    }

    private Path keyOf(String name) throws IOException {
        return Files.writeString(directory.resolve(name + ".pem"), key(name).privatePem());
    }

    @Test
    void the_secret_carries_the_signature_and_finds_its_payload() throws IOException {
        var shell = Shell.run("sign", payload, "--key", keyOf("bob"), "--yes");
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        var secret = Serialization.unmarshal(shell.out(), Secret.class);
        assertThat(secret.getType()).isEqualTo("factory-trust.dev/signature");
        assertThat(secret.getMetadata().getNamespace()).isEqualTo("fleet");
        assertThat(secret.getMetadata().getLabels()).containsEntry("factory-trust.dev/signs", "hand-over-payload");
        var signature = Bytes.base64(secret.getData().get("signature"));
        assertThat(key("bob").publicKey().verify(PAYLOAD, signature)).isTrue();
        assertThat(Bytes.base64(secret.getData().get("keyid")).utf8())
                .isEqualTo(keyid("bob").value());
        assertThat(Bytes.base64(secret.getData().get("payloadSha256")).utf8()).isEqualTo(PAYLOAD.sha256());
    }

    @Test
    void whoever_signs_sees_what_changes_and_the_digest() throws IOException {
        var shell = Shell.run("sign", payload, "--key", keyOf("bob"), "--current", current, "--yes");
        assertThat(shell.err())
                .contains("Root version 2 of Factory fleet/acme, made for RootRotation hand-over")
                .contains("sha256 " + PAYLOAD.sha256())
                .containsPattern("\\+ ed25519 .*\\(root\\)")
                .containsPattern("- ed25519 .*\\(root\\)")
                .doesNotContain("(snapshot)");
    }

    @Test
    void one_who_goes_signs_too_with_the_root_at_hand_that_lists_him() throws IOException {
        assertThat(Shell.run("sign", payload, "--key", keyOf("alice"), "--yes").err())
                .contains("is no root key of")
                .contains("--current");
        var shell = Shell.run("sign", payload, "--key", keyOf("alice"), "--current", current, "--yes");
        assertThat(shell.exitCode()).as(shell.err()).isZero();
    }

    @Test
    void a_stranger_signs_in_vain_and_is_told() throws IOException {
        var shell = Shell.run("sign", payload, "--key", keyOf("carol"), "--current", current, "--yes");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("is no root key of").contains("or of the root before it");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void nothing_is_signed_unseen() throws IOException {
        var shell = Shell.run("sign", payload, "--key", keyOf("bob"));
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("no terminal").contains("--yes");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void another_payload_than_the_next_root_is_refused() throws IOException {
        var third = write("third.json", TUF.canonical(root(3)));
        assertThat(Shell.run("sign", third, "--key", keyOf("root"), "--current", current, "--yes")
                        .err())
                .contains("it follows another root");
        assertThat(Shell.run("sign", third, "--key", keyOf("root"), "--yes").err())
                .contains("names no rotation");
        var pretty = write("pretty.json", Bytes.utf8(PAYLOAD.utf8().replace(",", ", ")));
        assertThat(Shell.run("sign", pretty, "--key", keyOf("bob"), "--yes").err())
                .contains("is no payload of a root");
    }

    private Path payloadOf(Root root) throws IOException {
        return write("other.json", TUF.canonical(root));
    }

    private static Root with(Map<KeyId, Key> keys, boolean consistent, Map<String, JsonNode> more) {
        var next = second();
        var fields = new HashMap<>(next.unrecognized());
        fields.putAll(more);
        return new Root(2, EXPIRES, consistent, keys, next.roles(), fields);
    }

    @Test
    void a_key_under_another_keys_id_is_not_signed_for() throws IOException {
        var keys = new HashMap<>(second().keys());
        keys.put(keyid("bob"), TUF.key(key("mallory").publicKey()));
        var shell = Shell.run(
                "sign", payloadOf(with(keys, true, Map.of())), "--key", keyOf("alice"), "--current", current, "--yes");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("under keyid " + keyid("bob").value()).contains("which is another key's");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void whatever_else_changes_is_shown() throws IOException {
        var more = with(second().keys(), true, Map.of("x-surprise", TextNode.valueOf("hello")));
        assertThat(Shell.run("sign", payloadOf(more), "--key", keyOf("bob"), "--current", current, "--yes")
                        .err())
                .contains("field x-surprise becomes \"hello\"")
                .contains("holds root: (unnamed), keyid " + keyid("bob").value())
                .contains("against " + current + ", sha256 "
                        + sign(FIRST, "alice").sha256());
    }

    /** At 80 columns the value of the field, and the name of the key, would each begin a line that says something else. */
    @Test
    void what_somebody_chose_passes_for_no_line_of_its_own() throws IOException {
        var spaces = " ".repeat(200);
        var hidden = with(
                second().keys(),
                true,
                Map.of(
                        "x-surprise",
                        TextNode.valueOf(spaces + "- carol ed25519 11111111… (root)"),
                        "x-factory-trust-holders",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put(keyid("bob").value(), "bob ed25519 11111111… (root)" + spaces + "- carol")));
        var shown = Shell.run("sign", payloadOf(hidden), "--key", keyOf("bob"), "--current", current, "--yes")
                .err();
        assertThat(shown.lines())
                .noneMatch(line -> line.contains("  - carol") || line.contains("bob ed25519"))
                .anyMatch(line ->
                        line.contains("+ ed25519 " + keyid("bob").value().substring(0, 8)))
                .filteredOn(line -> line.contains("\\u0020"))
                .isNotEmpty()
                .allMatch(line -> line.length() <= 78)
                .allMatch(line -> line.startsWith("  field x-surprise becomes \"") || line.startsWith("      ... "));
    }

    @Test
    void consistent_snapshots_stay_on() throws IOException {
        var shell =
                Shell.run("sign", payloadOf(with(second().keys(), false, Map.of())), "--key", keyOf("bob"), "--yes");
        assertThat(shell.err()).contains("turns consistent_snapshot off");
    }

    @Test
    void a_root_that_its_own_keys_have_not_signed_shows_nothing_to_rely_on() throws IOException {
        var forged = write("forged.json", sign(FIRST, "carol"));
        var shell = Shell.run("sign", payload, "--key", keyOf("alice"), "--current", forged, "--yes");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("forged.json is no root that its own keys signed");
    }

    @Test
    void a_root_of_another_factory_is_not_the_one_before() throws IOException {
        var other = new Root(
                1,
                EXPIRES,
                true,
                FIRST.keys(),
                FIRST.roles(),
                Map.of("x-factory-trust-factory", TextNode.valueOf("fleet/other")));
        var before = write("other-1.json", sign(other, "alice"));
        assertThat(Shell.run("sign", payload, "--key", keyOf("alice"), "--current", before, "--yes")
                        .err())
                .contains("is a root of Factory fleet/other")
                .contains("--moved-from fleet/other");
        assertThat(Shell.run("sign", payload, "--key", keyOf("alice"), "--current", before, "--yes")
                        .exitCode())
                .isEqualTo(Failure.REFUSED);
        var moved = Shell.run(
                "sign", payload, "--key", keyOf("alice"), "--current", before, "--yes", "--moved-from", "fleet/other");
        assertThat(moved.exitCode()).as("restored: " + moved.err()).isZero();
        assertThat(Shell.run(
                                "sign",
                                payload,
                                "--key",
                                keyOf("alice"),
                                "--current",
                                before,
                                "--yes",
                                "--moved-from",
                                "fleet/third")
                        .exitCode())
                .isEqualTo(Failure.REFUSED);
    }

    @Test
    void a_key_under_a_passphrase_is_opened_by_it_and_by_no_other() throws IOException {
        var encrypted = Files.writeString(
                directory.resolve("bob.pem"), EncryptedKey.encrypt(key("bob"), "correct".toCharArray()));
        var right = Files.writeString(directory.resolve("right"), "correct\n");
        var wrong = Files.writeString(directory.resolve("wrong"), "wrong\n");
        assertThat(Shell.run("sign", payload, "--key", encrypted, "--passphrase-file", right, "--yes")
                        .exitCode())
                .isZero();
        var shell = Shell.run("sign", payload, "--key", encrypted, "--passphrase-file", wrong, "--yes");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err())
                .contains("the passphrase doesn't open it")
                .doesNotContain("wrong\n")
                .doesNotContain("BEGIN");
    }

    /** As somebody has it who rotated with fioctl or garage-sign before. */
    @Test
    void an_archive_signs_with_every_key_of_it_that_the_roots_list_and_with_no_other() throws IOException {
        var archive = write(
                "keys.tgz",
                KeyArchive.write(Stream.of("alice", "bob", "carol")
                        .map(name -> new ArchivedKey(RoleName.ROOT, keyid(name), key(name)))
                        .toList()));
        var shell = Shell.run("sign", payload, "--archive", archive, "--current", current, "--yes");
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        var secrets = SignatureFile.read(new InputFile("signed", Bytes.utf8(shell.out())), new Cluster());
        assertThat(secrets)
                .flatExtracting(SignatureSecret::keyids)
                .containsExactlyInAnyOrder(keyid("alice").value(), keyid("bob").value());
        assertThat(secrets).allSatisfy(secret -> assertThat(
                        key(secret.keyids().contains(keyid("bob").value()) ? "bob" : "alice")
                                .publicKey()
                                .verify(PAYLOAD, secret.data().get("signature")))
                .isTrue());
    }

    @Test
    void an_archive_without_a_key_that_fits_and_one_that_is_none_are_refused() throws IOException {
        var strangers = write(
                "strangers.tgz",
                KeyArchive.write(List.of(new ArchivedKey(RoleName.ROOT, keyid("carol"), key("carol")))));
        assertThat(Shell.run("sign", payload, "--archive", strangers, "--current", current, "--yes")
                        .err())
                .contains("strangers.tgz (ed25519")
                .contains("is no root key of");
        assertThat(Shell.run("sign", payload, "--archive", payload, "--yes").err())
                .contains("payload.json is no archive of keys: not a whole gzipped tar archive");
        assertThat(Shell.run("sign", payload, "--archive", strangers, "--key", keyOf("bob"), "--yes")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void a_file_that_is_no_private_key_is_refused_without_repeating_it() throws IOException {
        var notOne = Files.writeString(
                directory.resolve("not-one"),
                SoftwareKey.parsePem(key("bob").privatePem()).publicKey().pem());
        assertThat(Shell.run("sign", payload, "--key", notOne, "--yes").err())
                .contains("not-one holds no key that can sign: a public key")
                .doesNotContain("BEGIN");
    }
}
