package dev.factorytrust.cli.key;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.testing.SoftHsm;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.root;
import static org.assertj.core.api.Assertions.assertThat;

/** Keys on a token, made by us and by others. SoftHSM stands for the token; it is skipped where that is absent. */
class TokenTest {

    @TempDir
    private Path directory;

    private SoftHsm tokens;
    private Path pin;

    @BeforeEach
    void a_token() throws Exception {
        tokens = SoftHsm.in(directory).forThisProcess().token("alice");
        pin = Files.writeString(directory.resolve("pin"), SoftHsm.PIN + "\n");
    }

    private Shell run(List<String> words, String more) {
        var all = new ArrayList<Object>(words);
        all.addAll(tokens.options("alice", more, pin));
        return Shell.run(all.toArray());
    }

    private Shell generate(String type, String label) {
        return run(List.of("keys", "generate", "--name", "alice", "--type", type), "--key-label " + label);
    }

    private Shell sign(Path payload, String more) {
        return run(List.of("sign", payload.toString(), "--yes"), more);
    }

    private static PublicKey printed(Shell shell) {
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        List<Map<String, String>> entries = Serialization.unmarshal(shell.out(), List.class);
        return PublicKey.parsePem(entries.getFirst().get("publicKey"));
    }

    /** A first root that this key signs. */
    private Path payloadFor(PublicKey key) throws IOException {
        var listed = TUF.key(key);
        var keyid = TUF.keyId(listed);
        var first = root(1, Map.of(RoleName.ROOT, new Role(List.of(keyid), 1, Map.of())));
        var keys = new HashMap<KeyId, Key>(first.keys());
        keys.put(keyid, listed);
        var payload = TUF.canonical(new Root(
                1,
                EXPIRES,
                true,
                keys,
                first.roles(),
                Map.of(
                        "x-factory-trust-rotation", TextNode.valueOf("acme-root-1"),
                        "x-factory-trust-rotation-sha256", TextNode.valueOf("0".repeat(64)),
                        "x-factory-trust-factory", TextNode.valueOf("fleet/acme"))));
        return Files.write(directory.resolve("payload.json"), payload.toArray());
    }

    private void assertSigned(Shell shell, PublicKey key, Path payload) throws IOException {
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        var secret = Serialization.unmarshal(shell.out(), Secret.class);
        assertThat(key.whyInvalid(
                        Bytes.of(Files.readAllBytes(payload)),
                        Bytes.base64(secret.getData().get("signature"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa-p256", "rsa-2048", "rsa-3072", "ed25519"})
    void a_key_that_we_make_on_a_token_signs_there_and_never_leaves_it(String type) throws Exception {
        var key = printed(generate(type, "root"));
        assertThat(key.type().id()).isEqualTo(type);
        var payload = payloadFor(key);
        assertSigned(sign(payload, "--key-label root"), key, payload);
        assertThat(tokens.tool("alice", "--list-objects --type privkey"))
                .contains("root")
                .contains("sensitive")
                .contains("never extractable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC:prime256v1", "rsa:2048", "EC:edwards25519"})
    void so_does_one_that_was_made_by_others(String type) throws Exception {
        tokens.tool("alice", "--keypairgen --key-type " + type + " --id 0a --label theirs");
        var key = printed(run(List.of("keys", "show", "--name", "alice"), "--key-label theirs"));
        assertThat(tokens.tool("alice", "--list-objects --type pubkey"))
                .contains(
                        switch (key.type()) {
                            case ED25519 -> "EC_EDWARDS";
                            case ECDSA_P256 ->
                                key.spki().hex().substring(key.spki().hex().length() - 130);
                            case RSA_2048, RSA_3072, RSA_4096 -> "RSA 2048 bits";
                        });
        var payload = payloadFor(key);
        assertSigned(sign(payload, "--key-id 0a"), key, payload);
        assertSigned(sign(payload, "--key-label theirs --key-id 0A"), key, payload);
    }

    private static void assertRefused(Shell shell, String... why) {
        assertThat(shell.exitCode()).as(shell.err()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains(why).doesNotContain(SoftHsm.PIN).doesNotContain("wrong-pin");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void a_wrong_pin_is_tried_once_and_its_cost_is_told() throws Exception {
        var payload = payloadFor(printed(generate("ecdsa-p256", "root")));
        Files.writeString(pin, "wrong-pin\n");
        assertRefused(
                sign(payload, "--key-label root"), "this is not the PIN of token \"alice\"", "tries are left", "lock");
        Files.writeString(pin, SoftHsm.PIN);
        assertThat(sign(payload, "--key-label root").exitCode()).isZero();
    }

    @Test
    void what_is_not_there_is_named_with_what_is() throws Exception {
        tokens.token("bob");
        var payload = payloadFor(printed(generate("ecdsa-p256", "root")));
        assertRefused(sign(payload, "--key-label toor"), "no private key of label \"toor\"", "it has \"root\" (id ");
        assertRefused(sign(payload, "--key-id ffff"), "no private key of id ffff");
        var words = new ArrayList<Object>(List.of("sign", payload, "--yes"));
        words.addAll(tokens.options("carol", "--key-label root", pin));
        assertRefused(
                Shell.run(words.toArray()), "there is no token \"carol\"", "\"alice\" in slot", "\"bob\" in slot");
        words.set(words.indexOf("--token"), "--slot");
        words.set(words.indexOf("carol"), "7");
        assertRefused(Shell.run(words.toArray()), "there is no token in slot 7");
    }

    @Test
    void two_keys_of_one_label_are_told_apart_by_their_ids() throws Exception {
        tokens.tool("alice", "--keypairgen --key-type EC:prime256v1 --id 01 --label root");
        tokens.tool("alice", "--keypairgen --key-type EC:prime256v1 --id 02 --label root");
        var payload = payloadFor(printed(generate("ecdsa-p256", "other")));
        assertRefused(
                sign(payload, "--key-label root"), "2 private keys of label \"root\"", "--key-id", "id 01", "id 02");
        assertRefused(generate("ecdsa-p256", "root"), "has a key of label \"root\" already");
    }

    /** As pkcs11-tool makes them for somebody who copies the line and changes the label. */
    @Test
    void of_two_keys_of_one_id_each_shows_its_own_public_half() throws Exception {
        for (var label : List.of("k1", "k2")) {
            tokens.tool("alice", "--keypairgen --key-type EC:prime256v1 --id 01 --label " + label);
        }
        for (var label : List.of("k1", "k2")) {
            var key = printed(run(List.of("keys", "show", "--name", "alice"), "--key-label " + label));
            var payload = payloadFor(key);
            assertSigned(sign(payload, "--key-label " + label), key, payload);
        }
        assertRefused(
                run(List.of("keys", "generate", "--name", "alice"), "--key-label k3 --key-id 01"),
                "has a key of id 01 already",
                "--key-id");
    }

    @Test
    void a_key_that_tuf_does_not_take_is_refused() throws Exception {
        tokens.tool("alice", "--keypairgen --key-type EC:secp384r1 --id 01 --label p384");
        tokens.tool("alice", "--keypairgen --key-type rsa:1024 --id 02 --label small");
        var payload = payloadFor(printed(generate("ecdsa-p256", "root")));
        assertRefused(sign(payload, "--key-label p384"), "of a kind that TUF doesn't take", "P-256");
        assertRefused(sign(payload, "--key-label small"), "of a kind that TUF doesn't take", "1024");
    }

    @Test
    void what_is_no_module_is_refused() throws Exception {
        var payload = payloadFor(printed(generate("ecdsa-p256", "root")));
        var text = Files.writeString(directory.resolve("text.so"), "no library");
        var library = Path.of("/lib/x86_64-linux-gnu/libz.so.1");
        for (var module : new Path[] {text, directory.resolve("absent.so"), directory, library}) {
            if (module.equals(library) && Files.notExists(library)) {
                continue;
            }
            var shell = Shell.run(
                    "sign",
                    payload,
                    "--yes",
                    "--pkcs11-module",
                    module,
                    "--token",
                    "alice",
                    "--key-label",
                    "root",
                    "--pin-file",
                    pin);
            assertRefused(shell, module.toString());
        }
    }

    @Test
    void the_pin_is_no_argument_and_one_place_holds_the_key() throws Exception {
        var payload = payloadFor(printed(generate("ecdsa-p256", "root")));
        assertThat(sign(payload, "--key-label root --pin 1234").exitCode()).isEqualTo(2);
        assertThat(sign(payload, "--key-label root --key alice.pem").exitCode()).isEqualTo(2);
        assertThat(Shell.run("sign", payload, "--yes").exitCode()).isEqualTo(2);
        assertThat(Shell.run("sign", payload, "--token", "alice").exitCode()).isEqualTo(2);
        Files.writeString(pin, "");
        assertRefused(sign(payload, "--key-label root"), "has no PIN on its first line");
    }
}
