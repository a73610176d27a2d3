package dev.factorytrust.cli.adopt;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** What {@code import} makes of a folder or an archive, before any cluster is asked. */
class ImportTest {

    @TempDir
    private Path disk;

    private Path repository;

    @BeforeEach
    void repository() throws IOException {
        repository = Files.createDirectory(disk.resolve("repository"));
        var targets = sign(targets(7), "targets");
        var snapshot = sign(snapshot(5, targets, 7), "snapshot");
        write("1.root.json", sign(rootOf(1, "alice"), "alice"));
        write("2.root.json", sign(rootOf(2, "bob"), "alice", "bob"));
        write("6.targets.json", sign(targets(6), "targets"));
        write("7.targets.json", targets);
        write("5.snapshot.json", snapshot);
        write("timestamp.json", sign(timestamp(9, snapshot, 5), "timestamp"));
    }

    private static Root rootOf(long version, String holder) {
        return root(version, Map.of(RoleName.ROOT, role(1, holder)));
    }

    private void write(String name, Bytes content) throws IOException {
        Files.write(repository.resolve(name), content.toArray());
    }

    private Path writeKey(String name, String key) throws IOException {
        return Files.writeString(Files.createDirectories(disk.resolve("keys")).resolve(name), key(key).privatePem());
    }

    private Shell dryRun(Object... more) {
        return dryRunFrom(repository, more);
    }

    private static Shell dryRunFrom(Path from, Object... more) {
        return Shell.run(Stream.concat(Stream.of("import", "acme", "--from", from, "--dry-run"), Arrays.stream(more))
                .toArray());
    }

    private static List<HasMetadata> objects(Shell shell) {
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        return Stream.of(shell.out().split("(?m)^---\n"))
                .filter(document -> !document.isBlank())
                .map(document -> (HasMetadata) Serialization.unmarshal(document))
                .toList();
    }

    @Test
    void what_would_be_created_is_printed_and_told_about() throws IOException {
        writeKey("a.pem", "timestamp");
        writeKey("b.pem", "carol");
        Files.writeString(disk.resolve("keys/c.pem"), key("targets").publicKey().pem());
        var shell = dryRun("--keys", disk.resolve("keys"), "-n", "fleet");
        var objects = objects(shell);
        assertThat(objects)
                .extracting(
                        object -> object.getKind() + " " + object.getMetadata().getName())
                .containsExactly("ConfigMap acme-import-1", "Secret acme-import-keys", "Factory acme");
        assertThat(objects)
                .extracting(object -> object.getMetadata().getNamespace())
                .containsOnly("fleet");
        assertThat(((ConfigMap) objects.getFirst()).getBinaryData())
                .containsOnlyKeys("1.root.json", "2.root.json", "7.targets.json", "5.snapshot.json", "timestamp.json");
        assertThat(((Secret) objects.get(1)).getData()).hasSize(1);
        assertThat(shell.out()).contains("trustedRootSha256").doesNotContain("status");
        assertThat(shell.err().replaceAll(" +", " "))
                .contains("root 2 expires", "targets 7 expires")
                .contains("left out: b.pem")
                .contains("targets keys held: none; missing:")
                .contains("IT CAN'T BE SIGNED")
                .contains("compare the SHA-256 of the first root")
                .contains("holds private keys");
    }

    @Test
    void yaml_is_a_dry_run() {
        var shell = Shell.run("import", "acme", "--from", repository, "-o", "yaml");
        assertThat(objects(shell)).hasSize(2);
    }

    @Test
    void large_metadata_is_split_over_several_objects() throws IOException {
        var filler = "x".repeat(60_000);
        for (var version = 3; version <= 30; version++) {
            var root = rootOf(version, "bob");
            var fat = new Root(
                    version,
                    root.expires(),
                    true,
                    root.keys(),
                    root.roles(),
                    Map.of("x-filler", TextNode.valueOf(filler)));
            write(version + ".root.json", sign(fat, "bob"));
        }
        var objects = objects(dryRun());
        assertThat(objects).hasSize(3);
        assertThat(objects.subList(0, 2)).allSatisfy(object -> assertThat(((ConfigMap) object)
                        .getBinaryData().values().stream()
                                .mapToInt(text -> Bytes.base64(text).size())
                                .sum())
                .isLessThan(1024 * 1024));
    }

    @Test
    void the_first_root_is_the_one_that_is_trusted() throws IOException {
        var second = repository.resolve("2.root.json");
        assertThat(dryRun("--root", second).out()).contains("firstVersion: 2");
        var shell = dryRun("--root", second, "--first-version", "1");
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("1.root.json").contains("is the one to be trusted");
        assertThat(dryRun("--trusted-sha256", "00".repeat(32)).err()).contains("is the one to be trusted");
        assertThat(dryRun("--root", second, "--trusted-sha256", "00".repeat(32)).err())
                .contains("--trusted-sha256 is another");
    }

    @Test
    @DisplayName("invariant 6: a root key never gets as far as the cluster")
    void a_private_root_key_is_refused() throws IOException {
        writeKey("timestamp.pem", "bob");
        var shell = dryRun("--keys", disk.resolve("keys"));
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err())
                .contains("timestamp.pem")
                .contains("is a private key of root")
                .doesNotContain(key("bob").privatePem().lines().toList().get(1));
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void what_the_first_place_lacks_is_looked_for_in_the_next() throws IOException {
        var roots = Files.createDirectory(disk.resolve("roots"));
        Files.move(repository.resolve("1.root.json"), roots.resolve("1.root.json"));
        assertThat(dryRun().err()).contains("there is no 1.root.json");
        var shell = dryRunFrom(roots, "--from", repository);
        assertThat(((ConfigMap) objects(shell).getFirst()).getBinaryData())
                .containsOnlyKeys("1.root.json", "2.root.json", "7.targets.json", "5.snapshot.json", "timestamp.json");
        Files.writeString(roots.resolve("2.root.json"), "{}");
        assertThat(dryRunFrom(roots, "--from", repository).err())
                .contains("2.root.json of " + roots + " and 2.root.json of " + repository);
    }

    @Test
    void a_key_as_garage_sign_keeps_it_is_taken() throws IOException {
        var secret = key("timestamp");
        var archive = Files.createDirectories(disk.resolve("keys")).resolve("targets.sec");
        var raw = secret.publicKey().raw().orElseThrow().hex();
        Files.writeString(
                archive, "{\"keytype\": \"ED25519\", \"keyval\": {\"private\": \"" + seed(secret) + raw + "\"}}");
        assertThat(((Secret) objects(dryRun("--keys", disk.resolve("keys"))).get(1)).getData())
                .hasSize(1);
        Files.writeString(
                archive, "{\"keytype\": \"ED25519\", \"keyval\": {\"private\": \"" + raw.substring(2) + "\"}}");
        var shell = dryRun("--keys", archive);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err())
                .contains(archive + " holds no key that can sign")
                .doesNotContain(raw.substring(2));
    }

    private static String seed(SoftwareKey key) {
        var der = Bytes.base64(key.privatePem()
                        .lines()
                        .filter(line -> !line.startsWith("-"))
                        .collect(Collectors.joining()))
                .hex();
        return der.substring(der.length() - 64);
    }

    @Test
    void a_root_missing_in_a_folder_is_no_end_of_the_chain() throws IOException {
        write("4.root.json", sign(rootOf(4, "bob"), "bob"));
        var shell = dryRun();
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("there is no 3.root.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "repository/1.root.json"})
    void what_is_no_repository_is_named(String what) {
        var shell = dryRunFrom(disk.resolve(what));
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains(what).contains("neither a URL");
    }

    @Test
    void a_name_that_is_none_is_refused() {
        assertThat(Shell.run("import", "Acme", "--from", repository, "--dry-run")
                        .err())
                .contains("is no name of a Factory");
    }

    @Test
    void an_archive_is_as_good_as_its_folder() throws IOException {
        var archive = disk.resolve("old.tgz");
        try (var tar = tar(archive)) {
            directory(tar, "repo/");
            try (var files = Files.list(repository)) {
                for (var file : files.toList()) {
                    entry(tar, "repo/" + file.getFileName(), Files.readAllBytes(file));
                }
            }
            entry(tar, "repo/firmware.bin", new byte[100_000]);
        }
        assertThat(dryRunFrom(archive).out()).isEqualTo(dryRun().out());
    }

    @Test
    void a_hostile_archive_is_refused() throws IOException {
        assertThat(refused(tar -> entry(tar, "../1.root.json", new byte[3]))).contains("leads out of it");
        assertThat(refused(tar -> entry(tar, "/etc/1.root.json", new byte[3]))).contains("leads out of it");
        assertThat(refused(tar -> link(tar, TarConstants.LF_SYMLINK))).contains("a link");
        assertThat(refused(tar -> link(tar, TarConstants.LF_LINK))).contains("a link");
        assertThat(refused(tar -> {
                    entry(tar, "a/timestamp.json", new byte[3]);
                    entry(tar, "b/timestamp.json", new byte[4]);
                }))
                .contains("two different files timestamp.json");
        assertThat(refused(tar -> entry(tar, "targets.json", new byte[9_000_000])))
                .contains("unpacks to more than metadata can be");
    }

    @Test
    void an_archive_that_unpacks_without_end_is_refused() throws IOException {
        assertThat(refused(tar -> {
                    for (var i = 0; i < 2; i++) {
                        entry(tar, "firmware-" + i, new byte[70_000_000]);
                    }
                }))
                .contains("unpacks to more than metadata can be");
    }

    @Test
    void an_archive_with_a_name_without_end_is_refused() throws IOException {
        assertThat(refused(tar -> {
                    var name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
                    name.setSize(200_000_000);
                    tar.putArchiveEntry(name);
                    for (var i = 0; i < 200; i++) {
                        tar.write(new byte[1_000_000]);
                    }
                    tar.closeArchiveEntry();
                    entry(tar, "timestamp.json", new byte[1]);
                }))
                .contains("unpacks to more than metadata can be");
    }

    @Test
    void a_truncated_archive_is_refused() throws IOException {
        var archive = disk.resolve("old.tgz");
        try (var tar = tar(archive)) {
            entry(tar, "timestamp.json", Files.readAllBytes(repository.resolve("timestamp.json")));
        }
        var whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        assertThat(dryRunFrom(archive).err()).contains("not a whole gzipped tar archive");
        Files.writeString(archive, "rubbish");
        assertThat(dryRunFrom(archive).err()).contains("not a whole gzipped tar archive");
    }

    @Test
    void exported_keys_never_lie_in_the_folder_that_is_served() throws IOException {
        var shell = Shell.run("export", "acme", "--to", disk.resolve("out"), "--online-keys", disk.resolve("out/keys"));
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("a folder apart");
    }

    @Test
    void nothing_is_exported_over_something_else() {
        assertThat(Shell.run("export", "acme", "--to", repository).err()).contains("is not empty");
    }

    private interface Content {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    private String refused(Content content) throws IOException {
        var archive = disk.resolve("hostile.tar.gz");
        try (var tar = tar(archive)) {
            content.write(tar);
        }
        var shell = dryRunFrom(archive);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.out()).isEmpty();
        return shell.err();
    }

    private static TarArchiveOutputStream tar(Path archive) throws IOException {
        return new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)), "UTF-8");
    }

    private static void directory(TarArchiveOutputStream tar, String name) throws IOException {
        tar.putArchiveEntry(new TarArchiveEntry(name));
        tar.closeArchiveEntry();
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        new ByteArrayInputStream(content).transferTo(tar);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, byte type) throws IOException {
        var entry = new TarArchiveEntry("1.root.json", type);
        entry.setLinkName("/etc/passwd");
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }
}
