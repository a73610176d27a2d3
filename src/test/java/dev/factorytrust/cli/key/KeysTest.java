package dev.factorytrust.cli.key;

import dev.factorytrust.cli.KubectlFactory;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.testing.Command;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class KeysTest {

    @TempDir
    private Path directory;

    private Shell generate(Object... more) {
        var words = new Object[more.length + 6];
        System.arraycopy(
                new Object[] {"keys", "generate", "--name", "alice", "--out", directory.resolve("alice.pem")},
                0,
                words,
                0,
                6);
        System.arraycopy(more, 0, words, 6, more.length);
        return Shell.run(words);
    }

    private String pem() throws IOException {
        return Files.readString(directory.resolve("alice.pem"));
    }

    @SuppressWarnings("unchecked")
    private static PublicKey printed(Shell shell) {
        var entries = (List<Map<String, String>>) Serialization.unmarshal(shell.out(), List.class);
        assertThat(entries).singleElement().satisfies(entry -> assertThat(entry).containsEntry("name", "alice"));
        return PublicKey.parsePem(entries.getFirst().get("publicKey"));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void what_is_printed_is_the_public_half_of_what_was_written(KeyType type) throws IOException {
        var shell = generate("--type", type.id());
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        assertThat(printed(shell)).isEqualTo(SoftwareKey.parsePem(pem()).publicKey());
        assertThat(printed(shell).type()).isEqualTo(type);
    }

    @Test
    void only_its_owner_may_read_the_key() throws IOException {
        generate();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("alice.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_key_is_never_written_over() throws IOException {
        generate();
        var first = pem();
        var shell = generate();
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("alice.pem is there already");
        assertThat(pem()).isEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyType.class,
            names = {"ED25519", "ECDSA_P256", "RSA_2048"})
    void a_key_under_a_passphrase_opens_with_openssl(KeyType type) throws IOException, InterruptedException {
        var passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
        var shell = generate("--type", type.id(), "--passphrase-file", passphrase);
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        assertThat(pem()).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        var opened = Command.run(List.of(
                "openssl",
                "pkey",
                "-pubout",
                "-in",
                directory.resolve("alice.pem").toString(),
                "-passin",
                "file:" + passphrase));
        assertThat(PublicKey.parsePem(opened)).isEqualTo(printed(shell));
    }

    @Test
    void without_a_terminal_nobody_is_asked_and_nothing_is_made() {
        var shell = generate("--encrypt");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("no terminal").contains("--passphrase-file");
        assertThat(directory.resolve("alice.pem")).doesNotExist();
    }

    @Test
    void an_empty_passphrase_protects_nothing() throws IOException {
        var empty = Files.writeString(directory.resolve("passphrase"), "\n");
        assertThat(generate("--passphrase-file", empty).err()).contains("has no passphrase on its first line");
        assertThat(generate("--passphrase-env", "FACTORY_TRUST_NOT_SET").err()).contains("FACTORY_TRUST_NOT_SET");
        assertThat(directory.resolve("alice.pem")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x1f", "1e3", "007", "yes", "null"})
    void a_name_stays_a_name_in_yaml(String name) {
        var shell = Shell.run("keys", "generate", "--name", name, "--out", directory.resolve("key.pem"));
        assertThat(shell.out()).startsWith("- name: \"" + name + "\"\n  publicKey: |\n    -----BEGIN");
    }

    @Test
    void a_folder_that_is_not_there_is_named() {
        var shell = Shell.run("keys", "generate", "--name", "alice", "--out", directory.resolve("nowhere/alice.pem"));
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("nowhere/alice.pem can't be written (NoSuchFileException)");
    }

    @Test
    void a_type_that_no_client_takes_is_wrong_usage() {
        var shell = generate("--type", "ed448");
        assertThat(shell.exitCode()).isEqualTo(2);
        assertThat(shell.err()).contains("'ed448' is none of ed25519, ecdsa-p256");
    }

    @Test
    void a_passphrase_is_no_argument() {
        assertThat(generate("--passphrase", "secret").exitCode()).isEqualTo(2);
    }

    @Test
    void to_rotate_without_a_terminal_takes_a_yes_and_something_to_exchange() {
        var archive = directory.resolve("keys.tgz");
        assertThat(Shell.run("keys", "rotate", "acme", "--archive", archive).err())
                .contains("no terminal")
                .contains("--yes");
        assertThat(Shell.run("keys", "rotate", "acme", "--archive", archive, "--yes", "--keep-root-key")
                        .err())
                .contains("--keep-root-key alone leaves nothing to exchange");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void an_online_role_that_is_none_is_wrong_usage() {
        var shell = Shell.run("keys", "rotate", "acme", "--archive", "keys.tgz", "--online=root");
        assertThat(shell.exitCode()).isEqualTo(2);
        assertThat(shell.err()).contains("'root'").contains("timestamp");
    }

    @ParameterizedTest
    @CsvSource({
        "--online, 'timestamp, snapshot, targets'",
        "--online=targets, targets",
        "'--online=targets,timestamp', 'targets, timestamp'",
    })
    void the_word_after_online_is_the_factory(String option, String roles) {
        var words = KubectlFactory.commandLine()
                .parseArgs("keys", "rotate", "--archive", "keys.tgz", option, "acme")
                .subcommand()
                .subcommand();
        assertThat(words.matchedOptionValue("--online", List.of()).toString()).isEqualToIgnoringCase("[" + roles + "]");
        assertThat(words.matchedPositionalValue(0, "")).isEqualTo("acme");
    }
}
