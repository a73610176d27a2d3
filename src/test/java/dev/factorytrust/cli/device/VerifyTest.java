package dev.factorytrust.cli.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** A folder that a device could have as its repository; root moved from Alice to Bob. */
class VerifyTest {

    private static final Root FIRST = root(1, Map.of(RoleName.ROOT, role(1, "alice")));
    private static final Root SECOND = root(2, Map.of(RoleName.ROOT, role(1, "bob")));

    @TempDir
    private Path repository;

    private Path trusted;

    @BeforeEach
    void publish() throws IOException {
        var targets = sign(targets(7), "targets");
        var snapshot = sign(snapshot(5, targets, 7), "snapshot");
        trusted = write("1.root.json", sign(FIRST, "alice"));
        write("2.root.json", sign(SECOND, "alice", "bob"));
        write("7.targets.json", targets);
        write("5.snapshot.json", snapshot);
        write("timestamp.json", sign(timestamp(9, snapshot, 5), "timestamp"));
    }

    private Path write(String name, Bytes file) throws IOException {
        return Files.write(repository.resolve(name), file.toArray());
    }

    private Shell verify(Object... more) {
        var words = new Object[more.length + 4];
        words[0] = "verify";
        words[1] = repository;
        words[2] = "--root";
        words[3] = trusted;
        System.arraycopy(more, 0, words, 4, more.length);
        return Shell.run(words);
    }

    @Test
    void a_sound_repository_is_walked_hop_by_hop() {
        var shell = verify("--at", NOW);
        assertThat(shell.exitCode()).isZero();
        assertThat(shell.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .anyMatch(line -> line.startsWith("root 1 ") && line.endsWith("trusted, from " + trusted))
                .anyMatch(line -> line.startsWith("root 2 "))
                .anyMatch(line -> line.startsWith("+ ed25519 ") && line.endsWith("(root)"))
                .anyMatch(line -> line.startsWith("- ed25519 ") && line.endsWith("(root)"))
                .anyMatch(line -> line.startsWith("timestamp 9 "))
                .anyMatch(line -> line.startsWith("snapshot 5 "))
                .anyMatch(line -> line.startsWith("targets 7 "))
                .contains("target a")
                .endsWith("accepted at " + NOW + "; it holds until " + TestMetadata.EXPIRES);
    }

    @Test
    void a_program_gets_the_same_facts() throws IOException {
        var facts =
                new ObjectMapper().readTree(verify("--at", NOW, "-o", "json").out());
        assertThat(facts.path("accepted").booleanValue()).isTrue();
        assertThat(facts.path("holdsUntil").textValue()).isEqualTo(TestMetadata.EXPIRES.toString());
        assertThat(facts.path("steps")).hasSize(5);
        assertThat(facts.path("targets").path(0).textValue()).isEqualTo("a");
    }

    @Test
    void whether_it_would_still_hold_then() {
        var shell = verify("--at", TestMetadata.EXPIRES);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.out()).contains("refused: root 2 expired at");
    }

    @Test
    void a_man_in_the_middle_is_named_and_what_came_before_is_shown() throws IOException {
        write("timestamp.json", sign(timestamp(10, Bytes.utf8("fake"), 6), "alice"));
        var shell = verify("--at", NOW);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.out()).contains("refused: timestamp").contains("stays as it is");
        assertThat(shell.out().lines()).anyMatch(line -> line.startsWith("root          2"));
    }

    @Test
    void a_root_that_the_one_before_has_not_signed_is_refused() throws IOException {
        write("2.root.json", sign(SECOND, "bob"));
        assertThat(verify("--at", NOW).out()).contains("refused: root");
    }

    @Test
    void what_is_missing_is_refused_by_name() throws IOException {
        Files.delete(repository.resolve("5.snapshot.json"));
        assertThat(verify("--at", NOW).out()).contains("refused: snapshot isn't there: no file 5.snapshot.json");
    }

    /** Each kind of refusal says what was expected, what was found, and in which file. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2.root.json     | alone     | root 2 is signed by 0 of the 1 keys that root 1 asks for
            2.root.json     | skipped   | root has version 3, where 2 is expected
            timestamp.json  | unsigned  | timestamp 9 is signed by 0 of the 1 keys
            timestamp.json  | expired   | timestamp 9 expired at 2020-01-01T00:00:00Z, and it is
            timestamp.json  | garbage   | timestamp is malformed:
            5.snapshot.json | unsigned  | snapshot has sha256
            5.snapshot.json | missing   | snapshot isn't there: no file 5.snapshot.json
            7.targets.json  | garbage   | targets has
            7.targets.json  | missing   | targets isn't there: no file 7.targets.json
            """)
    void every_refusal_names_its_file(String file, String fault, String why) throws IOException {
        var snapshot = sign(snapshot(5, sign(targets(7), "targets"), 7), "snapshot");
        switch (fault) {
            case "alone" -> write(file, sign(SECOND, "bob"));
            case "skipped" -> write(file, sign(root(3, Map.of(RoleName.ROOT, role(1, "bob"))), "alice", "bob"));
            case "unsigned" ->
                write(
                        file,
                        file.equals("timestamp.json")
                                ? sign(timestamp(9, snapshot, 5), "alice")
                                : sign(snapshot(5, sign(targets(7), "targets"), 8), "alice"));
            case "expired" -> write(file, expired(snapshot));
            case "garbage" -> write(file, Bytes.utf8("garbage"));
            default -> Files.delete(repository.resolve(file));
        }
        var shell = verify("--at", NOW);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.out()).contains("refused: " + why);
        assertThat(shell.out().lines().map(String::strip))
                .anyMatch(line -> line.startsWith(
                        repository.resolve(file) + (fault.equals("missing") ? " isn't there" : " is there: ")));
        var facts =
                new ObjectMapper().readTree(verify("--at", NOW, "-o", "json").out());
        assertThat(facts.at("/refusedFile/name").textValue()).isEqualTo(file);
    }

    private static Bytes expired(Bytes snapshot) {
        var fresh = timestamp(9, snapshot, 5);
        return sign(
                new Timestamp(9, Instant.parse("2020-01-01T00:00:00Z"), fresh.snapshotMeta(), Map.of()), "timestamp");
    }

    @Test
    void an_expired_root_is_the_newest_one_and_not_the_one_that_was_asked_for_in_vain() {
        assertThat(verify("--at", TestMetadata.EXPIRES).out())
                .contains("refused: root 2 expired at")
                .contains(repository.resolve("2.root.json") + " is there: ");
        assertThat(Shell.run(
                                "verify",
                                repository,
                                "--root",
                                repository.resolve("2.root.json"),
                                "--at",
                                TestMetadata.EXPIRES)
                        .out())
                .contains("2.root.json, the root that you trust");
    }

    @Test
    void a_page_for_people_is_told_from_metadata() throws IOException {
        try (var server =
                new UniformServer(200, "\n<!DOCTYPE html><title>Sign in</title>".getBytes(StandardCharsets.UTF_8))) {
            assertThat(Shell.run("verify", server.url(), "--root", trusted).out())
                    .contains(server.url() + "/2.root.json answers 200 with a web page (HTML), not metadata: 38 bytes");
        }
    }

    @Test
    void a_name_does_not_speak_to_the_terminal() throws IOException {
        var bell =
                Map.of("\u001b[2J", new TargetFile(1, Map.of("sha256", "00".repeat(32)), Optional.empty(), Map.of()));
        var targets = sign(new Targets(8, TestMetadata.EXPIRES, bell, Optional.empty(), Map.of()), "targets");
        var snapshot = sign(snapshot(6, targets, 8), "snapshot");
        write("8.targets.json", targets);
        write("6.snapshot.json", snapshot);
        write("timestamp.json", sign(timestamp(10, snapshot, 6), "timestamp"));
        var shell = verify("--at", NOW);
        assertThat(shell.exitCode()).isZero();
        assertThat(shell.out()).contains("[2J").doesNotContain("\u001b");
        assertThat(verify("--at", NOW, "-o", "json").out())
                .doesNotContain("\u001b")
                .containsIgnoringCase("\\u001b");
        assertThat(verify("--at", NOW, "-o", "yaml").out()).doesNotContain("\u001b");
    }

    @Test
    void a_file_that_is_no_root_can_not_be_trusted() throws IOException {
        trusted = write("rubbish", Bytes.utf8("rubbish"));
        var shell = verify();
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("rubbish is no metadata of TUF");
    }

    @Test
    void a_root_that_is_not_there_is_named() {
        trusted = repository.resolve("nowhere.json");
        var shell = verify();
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("nowhere.json can't be read (NoSuchFileException)");
    }

    @Test
    void neither_a_url_nor_a_folder() {
        var shell = Shell.run("verify", repository.resolve("nowhere"), "--root", trusted);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("is neither a URL (http, https) nor a folder");
    }

    @Test
    void a_moment_that_is_none_is_wrong_usage() {
        assertThat(verify("--at", "tomorrow").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            204 | no content
            301 | a redirect to https://elsewhere.example.com/, which devices don't follow
            401 | asks for a login
            500 | which is neither a file nor its absence
            """)
    void a_server_that_answers_neither_yes_nor_no(int status, String meaning) throws IOException {
        try (var server = new UniformServer(status, new byte[0])) {
            var shell = Shell.run("verify", server.url(), "--root", trusted);
            assertThat(shell.exitCode()).isEqualTo(Failure.UNREACHABLE);
            assertThat(shell.err())
                    .contains(server.url() + "/2.root.json answers " + status)
                    .contains(meaning);
        }
    }

    @Test
    void a_server_that_sends_without_end() throws IOException {
        try (var server = new UniformServer(200, new byte[6_000_000])) {
            var shell = Shell.run("verify", server.url(), "--root", trusted);
            assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
            assertThat(shell.out()).contains("refused: root").contains("at most 65536");
        }
    }

    @Test
    void a_server_that_stalls_is_not_waited_for_for_ever() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (var connection = socket.accept()) {
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // the client hung up, as it should
                }
            });
            var shell =
                    Shell.run("verify", "http://127.0.0.1:" + socket.getLocalPort() + "/fleet/acme", "--root", trusted);
            assertThat(shell.exitCode()).isEqualTo(Failure.UNREACHABLE);
            assertThat(shell.err()).contains("was not read to its end within 10 s");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://x y/", "ftp://example.com"})
    void what_is_no_address_is_named(String url) {
        var shell = Shell.run("verify", url, "--root", trusted);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("'" + url + "' is n");
    }

    @Test
    void nobody_listens() throws IOException {
        var url = "";
        try (var server = new UniformServer(200, new byte[0])) {
            url = server.url();
        }
        var shell = Shell.run("verify", url, "--root", trusted);
        assertThat(shell.exitCode()).isEqualTo(Failure.UNREACHABLE);
        assertThat(shell.err()).contains("can't be reached");
    }
}
