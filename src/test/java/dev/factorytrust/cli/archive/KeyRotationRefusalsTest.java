package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@code keys rotate} doesn't do, and says so; after each of them nothing is lost. */
class KeyRotationRefusalsTest {

    private static InMemoryFactory generated;

    @TempDir
    private Path drawer;

    private InMemoryFactory factory;
    private KeyHolder holder;

    @BeforeAll
    static void publish() {
        generated = InMemoryFactory.unwatched("generate: {}");
    }

    @AfterAll
    static void closeAll() {
        generated.close();
    }

    @BeforeEach
    void begin() {
        factory = generated.fork();
        holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
    }

    @AfterEach
    void close() {
        factory.close();
    }

    private void refused(KeyRotationRequest request, String... why) {
        assertThatThrownBy(() -> holder.rotate(request))
                .isInstanceOf(Failure.class)
                .message()
                .contains(why);
    }

    private void nothingIsDeclared() {
        assertThat(factory.rotations()).isEmpty();
        assertThat(holder.besides()).isEmpty();
    }

    /** Declared, and its payload offered, but not signed. */
    private String offered(KeyRotationRequest request) {
        holder.whoSaysNo();
        refused(request, "nothing was signed");
        assertThat(factory.all(Secret.class))
                .noneMatch(secret -> secret.getType().equals(Names.SIGNATURE_TYPE));
        holder = new KeyHolder(factory, drawer.resolve("keys.tgz"));
        return factory.rotations().getFirst();
    }

    @Test
    void whoever_says_no_can_say_yes_later() {
        var name = offered(KeyHolder.PLAIN);
        assertThat(holder.besides()).containsExactly("keys.tgz.pending");
        assertThat(holder.rotate(KeyHolder.PLAIN).state().name()).hasValue(name);
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    @Test
    void what_is_signed_is_shown_before() {
        holder.rotate(KeyHolder.online(OnlineRole.TIMESTAMP));
        assertThat(holder.told())
                .anyMatch(line -> line.startsWith("Root version 2 of Factory fleet/acme"))
                .anyMatch(line -> line.matches("  \\+ generated-1 ed25519 .*\\(root\\)"))
                .anyMatch(line -> line.matches("  \\+ ed25519 .*\\(timestamp\\)"));
    }

    @Test
    void an_archive_that_is_not_there() throws IOException {
        Files.delete(drawer.resolve("keys.tgz"));
        refused(KeyHolder.PLAIN, "there is no archive", "keys.tgz");
        nothingIsDeclared();
    }

    @Test
    void a_damaged_archive() {
        var whole = factory.rootKeys().toArray();
        holder.putInDrawer(Bytes.of(Arrays.copyOf(whole, whole.length - 20)));
        refused(KeyHolder.PLAIN, "keys.tgz is no archive of keys: not a whole gzipped tar archive");
        nothingIsDeclared();
    }

    @Test
    void an_archive_of_nobody_known() {
        holder.putInDrawer(archive(SoftwareKey.generate(KeyType.ED25519)));
        refused(
                KeyHolder.PLAIN,
                "Factory acme trusts none of the keys in",
                "root version 1 lists others; no Factory in namespace fleet trusts them now");
        nothingIsDeclared();
    }

    @Test
    void an_old_copy_of_the_archive_is_told_from_a_foreign_one() {
        holder.rotate(KeyHolder.PLAIN);
        holder.putInDrawer(factory.rootKeys());
        refused(KeyHolder.PLAIN, "the last root that lists one of them is version 1: this is an older copy");
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    @Test
    void a_paused_factory() {
        factory.edit(Factory.class, "acme", acme -> acme.setSpec(paused(acme.getSpec())));
        refused(KeyHolder.PLAIN, "Factory acme is paused", "spec.paused");
        nothingIsDeclared();
    }

    private static FactorySpec paused(FactorySpec spec) {
        return new FactorySpec(
                spec.dialect(),
                spec.bootstrap(),
                spec.trustedRootSha256(),
                spec.rootKeysRetrieved(),
                spec.root(),
                spec.targets(),
                spec.snapshot(),
                spec.timestamp(),
                spec.rotationPolicy(),
                spec.allowSharedRootKeys(),
                spec.deletionPolicy(),
                true);
    }

    @Test
    void a_folder_where_nothing_can_be_written() {
        holder = new KeyHolder(factory, Path.of("/proc/keys.tgz"));
        refused(KeyHolder.PLAIN, "/proc/keys.tgz is in a folder where nothing can be written");
        assertThat(factory.rotations()).isEmpty();
    }

    @Test
    void a_full_disk_before_anything_is_declared() {
        var full = new Disk() {
            @Override
            public void create(Path file, Bytes content) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                LOCAL.rename(from, to);
            }

            @Override
            public void replace(Path from, Path to) throws IOException {
                LOCAL.replace(from, to);
            }

            @Override
            public void delete(Path file) throws IOException {
                LOCAL.delete(file);
            }
        };
        assertThatThrownBy(() -> holder.rotate(KeyHolder.PLAIN, full, new InMemoryNamespace(factory), true))
                .hasMessageContaining("keys.tgz.pending can't be written")
                .hasMessageContaining("No space left");
        nothingIsDeclared();
    }

    @Test
    void two_at_once_with_one_archive() {
        try (var _ = ArchiveFile.open(drawer.resolve("keys.tgz"), Disk.LOCAL)) {
            refused(KeyHolder.PLAIN, "another kubectl factory is at work with");
        }
        assertThat(factory.rotations()).isEmpty();
        holder.rotate(KeyHolder.PLAIN);
    }

    @Test
    void a_rotation_of_that_name_that_asks_for_something_else() {
        var name = offered(KeyHolder.PLAIN);
        factory.delete(RootRotation.class, name);
        factory.declare(name, "expiresAfter: 700d");
        factory.settle();
        refused(
                KeyHolder.PLAIN,
                "asks for something else than this command line",
                "kubectl delete rootrotation " + name);
        assertThat(factory.newestRoot()).isEqualTo(1);
    }

    @Test
    void another_command_line_than_it_was_begun_with() {
        offered(KeyHolder.PLAIN);
        refused(KeyHolder.online(OnlineRole.TIMESTAMP), "it was begun with other options");
        refused(KeyHolder.onlineOnly(OnlineRole.TIMESTAMP), "a rotation of the root key is under way");
        holder.rotate(KeyHolder.PLAIN);
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    /** Its root is published, and the archive isn't replaced. */
    private void overlapping(KeyRotationRequest request) {
        var before = factory.newestRoot();
        holder.rotateWithoutWaiting(request);
        while (factory.newestRoot() == before) {
            factory.pass(Duration.ofMinutes(25));
        }
        assertThat(holder.besides()).containsExactly("keys.tgz.pending", "keys.tgz.signed");
    }

    /** Where somebody who has stolen the keys that the archive began with let in his own, as devices have never seen. */
    private InMemoryFactory forged() {
        var thief = Person.withKey("thief", KeyType.ED25519);
        var forged = generated.fork();
        forged.declare("theft", "root: {addKeys: [%s]}".formatted(thief.declared()));
        forged.settle();
        forged.sign("theft", new Person("generated-1", first()));
        forged.sign("theft", thief);
        forged.settle();
        assertThat(forged.newestRoot()).isEqualTo(2);
        return forged;
    }

    private SoftwareKey first() {
        return KeyArchive.read(factory.rootKeys()).keys().getFirst().key();
    }

    @Test
    void roots_that_part_from_the_fleets_with_a_key_that_was_stolen_and_retired() {
        holder.rotate(KeyHolder.PLAIN);
        var keys = holder.keys();
        try (var forged = forged()) {
            holder = holder.at(forged);
            refused(
                    KeyHolder.PLAIN,
                    "the archive has a root key",
                    "signed none of the roots of Factory acme",
                    "--root");
            assertThat(holder.keys()).isEqualTo(keys);
            assertThat(forged.rotations()).containsExactly("theft");
        }
    }

    /** The new key has all devices' trust, and the archive on the disk doesn't have it yet. */
    @Test
    void roots_that_part_from_one_that_the_new_key_signed_a_moment_ago() {
        var request = KeyHolder.online(OnlineRole.TIMESTAMP);
        overlapping(request);
        try (var forged = forged()) {
            holder = holder.at(forged);
            refused(request, "nothing was signed");
            assertThat(holder.told())
                    .anyMatch(
                            line -> line.contains("your new keys signed another root version 2 than the cluster has"));
            assertThat(forged.all(Secret.class))
                    .filteredOn(secret -> secret.getType().equals(Names.SIGNATURE_TYPE))
                    .noneMatch(secret -> secret.getMetadata().getName().startsWith("acme-keys"));
        }
        assertThat(holder.at(factory).rotate(request).end()).isEqualTo(KeyRotationRun.End.ROTATED);
    }

    /** The keys of a root that is there already can't become those of a Compromise. */
    @Test
    void more_than_was_asked_for_when_the_root_was_signed() {
        overlapping(KeyHolder.online(OnlineRole.TIMESTAMP));
        assertThat(holder.rotate(KeyHolder.online(OnlineRole.SNAPSHOT)).end())
                .isEqualTo(KeyRotationRun.End.EARLIER_ROTATED);
        assertThat(holder.besides()).isEmpty();
        assertThat(holder.keys()).containsAll(holder.fleetsKeys());

        holder.rotate(KeyHolder.online(OnlineRole.SNAPSHOT));
        overlapping(KeyHolder.online(OnlineRole.TIMESTAMP));
        assertThat(holder.rotate(KeyHolder.compromise()).end()).isEqualTo(KeyRotationRun.End.EARLIER_ROTATED);
        factory.hurried();
        assertThat(holder.rotate(KeyHolder.compromise()).end()).isEqualTo(KeyRotationRun.End.ROTATED);
        assertThat(factory.newestRoot()).isEqualTo(5);
    }

    @Test
    void stolen_online_keys_do_not_wait_for_an_overlap() {
        holder.rotateWithoutWaiting(KeyHolder.onlineOnly(OnlineRole.TIMESTAMP));
        while (factory.newestRoot() == 1) {
            factory.pass(Duration.ofMinutes(25));
        }
        factory.hurried();
        var stolen = KeyHolder.with(Set.of(), true, Optional.empty());
        assertThat(holder.rotate(stolen).state().name()).hasValue("acme-compromise-3");
        assertThat(factory.newestRoot()).isEqualTo(3);
    }

    @Test
    void what_was_superseded_is_told_and_declared_anew_with_the_same_key() {
        var name = offered(KeyHolder.PLAIN);
        var pending = holder.allKeys();
        factory.pass(Duration.ofDays(31));
        assertThat(holder.rotate(KeyHolder.PLAIN).state().name()).hasValue(name + "-2");
        assertThat(holder.keys()).isEqualTo(pending);
        assertThat(holder.fleetsKeys()).isSubsetOf(pending);
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    @Test
    void what_ends_while_it_is_waited_for_is_told_with_its_reason() {
        var cluster = new InMemoryNamespace(factory) {
            @Override
            public void attach(SignatureSecret signature) {
                // It gets lost, and so does a month.
                factory.pass(Duration.ofDays(31));
            }
        };
        assertThatThrownBy(() -> holder.rotate(KeyHolder.PLAIN, Disk.LOCAL, cluster, true))
                .hasMessageContaining("is Superseded: not all signatures came before")
                .hasMessageContaining("with the same new key");
        var pending = holder.allKeys();
        holder.rotate(KeyHolder.PLAIN);
        assertThat(holder.keys()).isEqualTo(pending);
    }

    @Test
    void what_is_deleted_unsigned_is_declared_again() {
        var name = offered(KeyHolder.PLAIN);
        factory.delete(RootRotation.class, name);
        factory.settle();
        assertThat(holder.rotate(KeyHolder.PLAIN).state().name()).hasValue(name);
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    @Test
    void something_else_where_a_signature_belongs() {
        var name = offered(KeyHolder.PLAIN);
        var payload = Bytes.base64(factory.find(ConfigMap.class, name + "-payload")
                .orElseThrow()
                .getBinaryData()
                .get("payload.json"));
        var old = holder.keys().iterator().next();
        factory.create(new SecretBuilder()
                .withNewMetadata()
                .withNamespace("fleet")
                .withName("%s-%s-by-%s"
                        .formatted(
                                name,
                                payload.sha256().substring(0, 8),
                                old.fingerprint().substring(0, 8)))
                .addToLabels(Names.SIGNS, name + "-payload")
                .endMetadata()
                .withType(Names.SIGNATURE_TYPE)
                .withData(Map.of("signature", Bytes.utf8("x".repeat(64)).base64()))
                .build());
        refused(KeyHolder.PLAIN, "where a signature of yours belongs, is no good", "run this again");
        assertThat(factory.newestRoot()).isEqualTo(1);
    }

    @Test
    void a_pending_archive_from_elsewhere() throws IOException {
        Files.write(
                holder.pending(), archive(SoftwareKey.generate(KeyType.ED25519)).toArray());
        refused(KeyHolder.PLAIN, "the pending archive lacks a key that the archive has");
        assertThat(factory.rotations()).isEmpty();
        assertThat(holder.besides()).containsExactly("keys.tgz.pending");
    }

    @Test
    void a_pending_archive_with_nothing_new_goes() throws IOException {
        Files.write(holder.pending(), factory.rootKeys().toArray());
        assertThat(holder.rotate(KeyHolder.PLAIN).end()).isEqualTo(KeyRotationRun.End.TIDIED);
        nothingIsDeclared();
    }

    @Test
    void another_factorys_archive_is_told_by_its_name() {
        var other = SoftwareKey.generate(KeyType.ED25519);
        factory.create(renamed("other"));
        factory.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("fleet")
                .withName("other-root-1")
                .endMetadata()
                .addToBinaryData("root.json", rootOf(other).base64())
                .build());
        holder.putInDrawer(archive(other));
        refused(KeyHolder.PLAIN, "they are those of Factory other");
    }

    private Factory renamed(String name) {
        var copy = Serialization.clone(factory.find(Factory.class, "acme").orElseThrow());
        copy.getMetadata().setName(name);
        return copy;
    }

    private static Bytes rootOf(SoftwareKey key) {
        var person = new Person("other", key);
        try (var other =
                InMemoryFactory.unwatched("offline: {threshold: 1, keys: [%s]}".formatted(person.declared()), person)) {
            return other.root(1);
        }
    }

    static Bytes archive(SoftwareKey... keys) {
        return KeyArchive.write(Stream.of(keys)
                .map(key ->
                        new ArchivedKey(RoleName.ROOT, new KeyId(key.publicKey().fingerprint()), key))
                .toList());
    }
}
