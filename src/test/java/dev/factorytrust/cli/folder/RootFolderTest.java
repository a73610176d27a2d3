package dev.factorytrust.cli.folder;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.device.UniformServer;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static org.assertj.core.api.Assertions.assertThat;

/** The eight steps' offline part: Alice's root is changed in a folder. No cluster is near. */
class RootFolderTest {

    @TempDir
    private Path directory;

    private Path served;
    private Path folder;

    private static Root of(String factory, long version, String... holders) {
        var plain = TestMetadata.root(version, Map.of(RoleName.ROOT, role(1, holders)));
        return new Root(
                version,
                Instant.now().plus(Duration.ofDays(300)).truncatedTo(ChronoUnit.SECONDS),
                true,
                plain.keys(),
                plain.roles(),
                Map.of("x-factory-trust-factory", TextNode.valueOf(factory)));
    }

    @BeforeEach
    void root_one_is_served() throws IOException {
        served = Files.createDirectory(directory.resolve("served"));
        folder = directory.resolve("folder");
        serve(1, sign(of("fleet/acme", 1, "alice"), "alice"));
    }

    private void serve(long version, Bytes file) throws IOException {
        Files.write(served.resolve(version + ".root.json"), file.toArray());
    }

    private Shell pull(Object... more) {
        return Shell.run(
                Stream.concat(Stream.of("root", "pull", "acme", "-r", folder, "--url", served), Stream.of(more))
                        .toArray());
    }

    private Shell root(String verb, Object... more) {
        return Shell.run(Stream.concat(
                        Stream.concat(Stream.of("root"), Stream.of(verb.split(" "))),
                        Stream.concat(Stream.of("-r", folder), Stream.of(more)))
                .toArray());
    }

    private Path publicKey(String name) throws IOException {
        return Files.writeString(
                directory.resolve(name + ".pub.pem"), key(name).publicKey().pem());
    }

    private Path privateKey(String name) throws IOException {
        return Files.writeString(directory.resolve(name + ".pem"), key(name).privatePem());
    }

    private static Shell ok(Shell shell) {
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        return shell;
    }

    private static void assertRefused(Shell shell, String... why) {
        assertThat(shell.exitCode()).as(shell.err()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains(why);
    }

    private void handOverToBob() throws IOException {
        ok(pull());
        ok(root("key add", "-k", "bob", "--public-key", publicKey("bob")));
        ok(root("key remove", "--key-id", keyid("alice").value()));
    }

    /** As push does, from the operator's payload. */
    private Bytes payload(Instant expires) {
        var folder = new RootFolder(this.folder);
        return TUF.canonical(folder.change()
                .proposed(TestMetadata.TUF, folder.newest().metadata(), "fleet", expires)
                .next());
    }

    private void fetched(Bytes payload) {
        new RootFolder(folder).storePayload(payload);
    }

    private static Instant inAYear() {
        return Instant.now().plus(Duration.ofDays(365));
    }

    @Test
    void a_fleet_whose_devices_begin_with_a_later_root_is_pulled_from_there() throws IOException {
        Files.delete(served.resolve("1.root.json"));
        serve(2, sign(of("fleet/acme", 2, "bob"), "bob"));
        serve(3, sign(of("fleet/acme", 3, "carol"), "bob", "carol"));
        assertRefused(pull(), "has no 1.root.json", "--first-version");
        ok(pull("--first-version", 2));
        assertThat(ok(pull("--first-version", 2)).err()).contains("2 roots", "the newest is version 3");
        ok(root("key add", "-k", "dave", "--public-key", publicKey("dave")));
        assertThat(folder.resolve("roles/1.root.json")).doesNotExist();
    }

    @Test
    @Timeout(20)
    void a_server_that_has_an_answer_to_everything_is_left_at_the_first_that_is_no_root() throws IOException {
        try (var portal = new UniformServer(200, "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8));
                var parrot = new UniformServer(200, Files.readAllBytes(served.resolve("1.root.json")))) {
            assertThat(Shell.run("root", "pull", "acme", "-r", folder, "--url", portal.url())
                            .exitCode())
                    .isEqualTo(Failure.REFUSED);
            assertRefused(
                    Shell.run("root", "pull", "acme", "-r", folder, "--url", parrot.url()),
                    "the roots don't hold, and nothing was kept of them");
        }
    }

    @Test
    void every_hop_is_pulled_and_verified() throws IOException {
        serve(2, sign(of("fleet/acme", 2, "bob"), "alice", "bob"));
        assertThat(ok(pull()).err())
                .contains("Factory fleet/acme: 2 roots")
                .contains("compare it with what your devices were born with");
        assertThat(folder.resolve("roles/1.root.json")).exists();
        assertThat(folder.resolve("roles/root.json")).hasSameBinaryContentAs(folder.resolve("roles/2.root.json"));

        serve(3, sign(of("fleet/acme", 3, "carol"), "carol"));
        assertRefused(pull(), "the roots don't hold, and nothing was kept of them");
        assertThat(folder.resolve("roles/3.root.json")).doesNotExist();
    }

    @Test
    void an_edit_shows_what_the_next_root_would_be() throws IOException {
        ok(pull());
        assertThat(ok(root("key add", "-k", "bob", "--public-key", publicKey("bob")))
                        .err())
                .contains("Root version 2 of Factory fleet/acme would be:")
                .contains("+ bob ed25519")
                .contains("Nothing is sent or signed yet");
        assertThat(ok(root("threshold", "2")).err()).contains("threshold root 1 → 2");
        assertThat(ok(root("expiry", "400d")).err()).contains("expires ");
    }

    @Test
    void what_keys_generate_printed_is_added_under_its_name() throws IOException {
        ok(pull());
        var printed = ok(Shell.run("keys", "generate", "--name", "carol", "--out", directory.resolve("carol.key")));
        var yaml = Files.writeString(directory.resolve("carol.yaml"), printed.out());
        assertThat(ok(root("key add", "--public-key", yaml)).err()).contains("+ carol ed25519");
        assertThat(ok(root("key remove", "-k", "carol")).err()).contains("nothing is left to change");
    }

    @Test
    void a_private_key_is_not_added() throws IOException {
        ok(pull());
        var shell = root("key add", "-k", "bob", "--public-key", privateKey("bob"));
        assertRefused(shell, "bob.pem holds the private key", "keys show");
        assertThat(shell.err())
                .doesNotContain(key("bob").privatePem().lines().toList().get(1));
    }

    @Test
    void what_garage_sign_let_pass_is_refused() throws IOException {
        ok(pull());
        assertRefused(
                root("key remove", "-k", "dave"),
                "root version 1 has no holder dave",
                keyid("alice").value());
        assertRefused(root("key remove", "--key-id", "00000000"), "no one key of keyid 00000000");
        assertRefused(root("key remove", "--key-id", keyid("alice").value()), "root would have no key left");
        assertRefused(root("threshold", "2"), "needs 2 signatures, but would have 1 keys");
        assertRefused(root("threshold", "0"), "at least 1");
        assertRefused(root("expiry", "2020-01-01T00:00:00Z"), "no date, which could be past");
        assertRefused(root("expiry", "1h"), "a day at least");
        assertThat(folder.resolve("roles/unsigned/rotation.yaml")).doesNotExist();
    }

    @Test
    void a_name_and_a_keyid_must_be_one_key() throws IOException {
        serve(2, sign(of("fleet/acme", 2, "alice", "bob"), "alice", "bob"));
        ok(pull());
        ok(root("key add", "-k", "carol", "--public-key", publicKey("carol")));
        assertRefused(root("key remove", "--key-id", keyid("alice").value(), "-k", "nobody"), "has no holder nobody");
    }

    @Test
    void signatures_are_added_and_none_is_dropped() throws IOException {
        handOverToBob();
        fetched(payload(inAYear()));
        assertThat(ok(root("sign", "--key", privateKey("bob"), "--yes")).err())
                .contains("+ bob ed25519")
                .contains("1 signature added")
                .contains("Still to sign: " + keyid("alice").value());
        assertThat(ok(root("sign", "--key", privateKey("alice"), "--yes")).err())
                .contains("All have signed: kubectl factory root push --repo " + folder);
        assertThat(new RootFolder(folder).signatures(new Cluster())).hasSize(2);
        assertThat(ok(root("sign", "--key", privateKey("alice"), "--key", privateKey("bob"), "--yes"))
                        .err())
                .contains("2 signatures added");
        assertThat(new RootFolder(folder).signatures(new Cluster())).hasSize(2);
        assertRefused(
                root("sign", "--key", privateKey("carol"), "--yes"), "is no root key of this root or of the next");
    }

    @Test
    void an_edit_after_signing_takes_the_signatures_with_it() throws IOException {
        handOverToBob();
        fetched(payload(inAYear()));
        ok(root("sign", "--key", privateKey("bob"), "--yes"));
        ok(root("key add", "-k", "carol", "--public-key", publicKey("carol")));
        assertThat(new RootFolder(folder).signatures(new Cluster())).isEmpty();
        assertThat(new RootFolder(folder).payload()).isEmpty();
    }

    @Test
    void a_payload_that_holds_more_than_the_change_is_not_signed() throws IOException {
        handOverToBob();
        var folder = new RootFolder(this.folder);
        var asked = folder.change()
                .proposed(TestMetadata.TUF, folder.newest().metadata(), "fleet", inAYear())
                .next();
        var keys = new HashMap<>(asked.keys());
        keys.put(keyid("mallory"), TUF.key(key("mallory").publicKey()));
        var roles = new HashMap<>(asked.roles());
        roles.put("root", role(1, "bob", "mallory"));
        fetched(TUF.canonical(new Root(2, asked.expires(), true, keys, roles, asked.unrecognized())));
        assertRefused(
                root("sign", "--key", privateKey("alice"), "--yes"),
                "nothing is signed or sent",
                "is not what was asked for",
                "+ ed25519 " + keyid("mallory").value().substring(0, 8));

        var fields = new HashMap<>(asked.unrecognized());
        fields.put("x-surprise", TextNode.valueOf("hello"));
        fetched(TUF.canonical(new Root(2, asked.expires(), true, asked.keys(), asked.roles(), fields)));
        assertRefused(root("sign", "--key", privateKey("alice"), "--yes"), "field x-surprise becomes");
        assertThat(folder.signatures(new Cluster())).isEmpty();
    }

    @Test
    void an_expiry_that_nobody_asked_for_is_not_signed() throws IOException {
        handOverToBob();
        ok(root("expiry", "365d"));
        fetched(payload(Instant.now().plus(Duration.ofDays(3650))));
        assertRefused(root("sign", "--key", privateKey("alice"), "--yes"), "and with a life of 31536000 s it should");
        fetched(payload(Instant.now().plus(Duration.ofDays(2))));
        assertRefused(root("sign", "--key", privateKey("alice"), "--yes"), "and with a life of 31536000 s it should");
    }

    @Test
    void another_factorys_folder_is_left_alone() throws IOException {
        ok(pull());
        assertRefused(
                Shell.run("root", "pull", "other", "-r", folder, "--url", served),
                "serves the roots of Factory fleet/acme, not of other");
        serve(1, sign(of("fleet/acme", 1, "carol"), "carol"));
        assertRefused(pull(), "is another root version 1 than that of Factory fleet/acme");
        var theirs = Files.createDirectory(directory.resolve("theirs"));
        Files.write(
                theirs.resolve("1.root.json"),
                sign(of("fleet/other", 1, "carol"), "carol").toArray());
        assertRefused(
                Shell.run("root", "pull", "other", "-r", folder, "--url", theirs),
                "is the folder of Factory fleet/acme, not of fleet/other");
    }

    @Test
    void a_change_is_carried_over_when_another_came_first() throws IOException {
        handOverToBob();
        ok(root("key add", "-k", "carol", "--public-key", publicKey("carol")));
        serve(2, sign(of("fleet/acme", 2, "alice"), "alice"));
        assertThat(ok(pull()).err()).contains("carried over", "Root version 3", "+ carol", "- ed25519");
        assertThat(new RootFolder(folder).change().spec().fromVersion()).isEqualTo(2);
        serve(3, sign(of("fleet/acme", 3, "alice", "carol"), "alice", "carol"));
        assertRefused(pull(), "doesn't fit the newest", "is already in root", "--discard");
        assertThat(ok(root("key remove", "-k", "carol")).err()).contains("Root version 4", "+ bob");
        assertThat(new RootFolder(folder).change().spec().fromVersion()).isEqualTo(3);
        assertThat(ok(pull("--discard")).err()).doesNotContain("carried over");
        assertThat(new RootFolder(folder).change().isNone()).isTrue();
    }

    @Test
    void a_change_that_the_verbs_do_not_write_is_not_signed() throws IOException {
        handOverToBob();
        var file = folder.resolve("roles/unsigned/rotation.yaml");
        Files.writeString(file, Files.readString(file) + "  rotateOnlineKeys: [timestamp]\n");
        assertRefused(root("sign", "--key", privateKey("alice"), "--yes"), "what the verbs of root don't write");
        Files.writeString(file, "[".repeat(10_000));
        assertRefused(root("key add", "-k", "x", "--public-key", publicKey("carol")), "is no YAML of ours");
    }

    @Test
    void a_folder_that_is_none_and_roots_that_are_no_chain_are_named() throws IOException {
        assertRefused(root("threshold", "1"), "holds no root yet", "root pull");
        ok(pull());
        Files.write(
                folder.resolve("roles/2.root.json"),
                sign(of("fleet/acme", 2, "carol"), "carol").toArray());
        assertRefused(root("threshold", "1"), "are no chain");
    }
}
