package dev.factorytrust.stories;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.testing.Command;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A person at a real terminal, who has what is printed written to a file. */
@Timeout(120)
class TerminalIT {

    private static final String COMMAND =
            Path.of("target", "kubectl-factory").toAbsolutePath().toString();
    private static final Path AT_TERMINAL = Path.of("src", "test", "terminal", "at_terminal.py");

    @TempDir
    private Path desk;

    private Path out;
    private Path payload;
    private Path key;

    @BeforeEach
    void a_payload_and_a_key_under_a_passphrase() throws IOException {
        out = desk.resolve("signed.yaml");
        var next = root(2, Map.of(RoleName.ROOT, role(1, "bob")));
        var offered = new Root(
                2,
                EXPIRES,
                true,
                next.keys(),
                next.roles(),
                Map.of(
                        "x-factory-trust-rotation", TextNode.valueOf("hand-over"),
                        "x-factory-trust-rotation-sha256", TextNode.valueOf("0".repeat(64)),
                        "x-factory-trust-factory", TextNode.valueOf("fleet/acme")));
        payload =
                Files.write(desk.resolve("payload.json"), TUF.canonical(offered).toArray());
        key = Files.writeString(
                desk.resolve("bob.pem"), EncryptedKey.encrypt(key("bob"), "hidden words".toCharArray()));
    }

    /** @param talk prompts, and what is typed then */
    private String terminal(List<String> talk, String... words) throws IOException, InterruptedException {
        return Command.run(Stream.of(
                        Stream.of("python3", AT_TERMINAL.toString(), out.toString()),
                        talk.stream(),
                        Stream.of("--", COMMAND),
                        Stream.of(words))
                .flatMap(part -> part)
                .toList());
    }

    @Test
    void what_changes_is_shown_and_asked_about_and_only_the_signature_goes_into_the_file() throws Exception {
        var shown = terminal(
                List.of("Passphrase of", "hidden words", "Type yes:", "yes"),
                "sign",
                payload.toString(),
                "--key",
                key.toString());
        assertThat(shown)
                .contains("Root version 2 of Factory fleet/acme", "Sign it with " + key + "? Type yes: yes")
                .doesNotContain("hidden words");
        var secret = Serialization.unmarshal(Files.readString(out), Secret.class);
        var signature = Bytes.base64(secret.getData().get("signature"));
        assertThat(key("bob").publicKey().verify(Bytes.of(Files.readAllBytes(payload)), signature))
                .isTrue();
    }

    @Test
    void whoever_does_not_type_yes_signs_nothing() {
        assertThatThrownBy(() -> terminal(
                        List.of("Passphrase of", "hidden words", "Type yes:", "y"),
                        "sign",
                        payload.toString(),
                        "--key",
                        key.toString()))
                .hasMessageContaining("nothing was signed");
        assertThat(out).isEmptyFile();
    }

    @Test
    void a_new_passphrase_is_asked_for_twice() throws Exception {
        var made = desk.resolve("new.pem");
        var shown = terminal(
                List.of("New passphrase:", "twice the same", "The same again:", "twice the same"),
                "keys",
                "generate",
                "--name",
                "alice",
                "--out",
                made.toString(),
                "--encrypt");
        assertThat(shown).doesNotContain("twice the same");
        assertThat(Files.readString(out)).contains("BEGIN PUBLIC KEY");
        assertThat(EncryptedKey.decrypt(Files.readString(made), "twice the same".toCharArray()))
                .isNotNull();
    }
}
