package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.model.RoleName.ROOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * {@code keys rotate --targets} against the operator's own code, in front of devices that poll after every write: a key of
 * targets that a person holds is exchanged, and it may be interrupted anywhere.
 */
class KeyRotationOfTargetsTest {

    private static final Person ALICE = Person.withKey("alice", KeyType.ED25519);
    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    private static final Person TOM = Person.withKey("tom", KeyType.ED25519);
    private static final Person TESS = Person.withKey("tess", KeyType.ED25519);

    private static final String GENERATED =
            "generate: {}, targets: {threshold: 1, keys: [%s]}".formatted(TINA.declared());

    private static InMemoryFactory offline;
    private static InMemoryFactory shared;
    private static InMemoryFactory online;

    @TempDir
    private Path drawer;

    @BeforeAll
    static void publish() {
        offline = InMemoryFactory.heldTargets(GENERATED, "Offline", TINA);
        shared = InMemoryFactory.unwatchedHeldTargets(TestMetadata.OTA_CONNECT, GENERATED, "Shared", TINA);
        online = InMemoryFactory.published("generate: {}");
    }

    @AfterAll
    static void close() {
        offline.close();
        shared.close();
        online.close();
    }

    private KeyHolder holder(InMemoryFactory factory) {
        return holder(factory, "keys.tgz");
    }

    /** Who has root's keys and tina's. */
    private KeyHolder holder(InMemoryFactory factory, String archive) {
        return new KeyHolder(factory, drawer.resolve(archive))
                .putInDrawer(KeyArchive.add(factory.rootKeys(), List.of(archived(TARGETS, TINA.key()))));
    }

    private KeyHolder whoHas(InMemoryFactory factory, String archive, ArchivedKey... keys) {
        return new KeyHolder(factory, drawer.resolve(archive)).putInDrawer(KeyArchive.write(List.of(keys)));
    }

    private static ArchivedKey archived(RoleName role, SoftwareKey key) {
        return new ArchivedKey(role, new KeyId(key.publicKey().fingerprint()), key);
    }

    private static void refused(KeyHolder holder, KeyRotationRequest request, String... why) {
        assertThatThrownBy(() -> holder.rotate(request))
                .isInstanceOf(Failure.class)
                .message()
                .contains(why);
    }

    private static Set<PublicKey> signersOfTargets(InMemoryFactory factory) {
        var targets = factory.published().targets();
        var root = factory.published().root().metadata();
        return Set.copyOf(RootHistory.keys(root, TARGETS).entrySet().stream()
                .filter(key ->
                        targets.signatures().stream().map(Signature::keyid).anyMatch(key.getKey()::equals))
                .map(Map.Entry::getValue)
                .toList());
    }

    static Stream<Arguments> evenings() {
        return Stream.of(
                arguments("both keys", false, KeyHolder.of(ROOT, TARGETS)),
                arguments("both keys, which are stolen", false, KeyHolder.compromise(ROOT, TARGETS)),
                arguments("in Shared custody and dialect OTAConnect", true, KeyHolder.of(ROOT, TARGETS)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("evenings")
    void killed_at_any_moment_it_is_run_again_and_finishes(String what, boolean inShared, KeyRotationRequest request)
            throws IOException {
        var moment = 1;
        for (var killed = true; killed; moment++) {
            try (var factory = (inShared ? shared : offline).fork()) {
                killed = oneMoment(request.compromise() ? factory.hurried() : factory, request, moment);
            }
        }
        assertThat(moment).as("moments").isGreaterThan(25);
    }

    /** Whether there was such a moment. */
    private boolean oneMoment(InMemoryFactory factory, KeyRotationRequest request, int moment) throws IOException {
        Files.createDirectories(drawer.resolve(Integer.toString(moment)));
        var holder = holder(factory, moment + "/keys.tgz");
        var old = holder.keys();
        var killed = "";
        try {
            holder.rotate(request, new Interruptions(moment));
        } catch (Interruptions.Killed e) {
            killed = "killed " + e.getMessage();
        }
        assertThat(holder.keys()).as("the archive when %s", killed).containsAll(old);
        assertThat(holder.allKeys()).as("the drawer when %s", killed).containsAll(needed(factory));
        if (!killed.isEmpty() && holder.keys().equals(old)) {
            holder.rotate(request);
        }
        holder.tidy();
        assertThat(factory.newestRoot()).as(killed).isEqualTo(2);
        assertThat(factory.published().targets().metadata().version())
                .as(killed)
                .isEqualTo(2);
        assertThat(holder.keys())
                .as(killed)
                .containsAll(old)
                .containsAll(holder.fleetsKeys())
                .hasSize(old.size() + request.roles().size());
        assertThat(holder.keysOf(2, TARGETS))
                .as(killed)
                .doesNotContain(TINA.key().publicKey());
        assertThat(signersOfTargets(factory)).as(killed).isEqualTo(holder.keysOf(2, TARGETS));
        assertThat(holder.fleetsKeys().equals(holder.keysOf(1)))
                .as(killed)
                .isEqualTo(!request.roles().contains(ROOT));
        assertThat(holder.besides()).as(killed).isEmpty();
        assertThat(factory.rotations()).as(killed).hasSize(2);
        factory.endsWell();
        return !killed.isEmpty();
    }

    /** What people hold of the root that devices have, and of the newest that is stored. */
    private static Set<PublicKey> needed(InMemoryFactory factory) {
        var needed = new HashSet<>(heldIn(factory, factory.newestRoot()));
        needed.addAll(
                heldIn(factory, factory.find(ConfigMap.class, "acme-root-2").isPresent() ? 2 : 1));
        return needed;
    }

    private static Set<PublicKey> heldIn(InMemoryFactory factory, long version) {
        var file = factory.root(version);
        var root = Dialects.recognise(file).decode(Root.class, file).metadata();
        var held = new HashSet<PublicKey>();
        RootExtras.of(root)
                .holders()
                .keySet()
                .forEach(keyid -> root.keys().get(keyid).publicKey().ifPresent(held::add));
        return held;
    }

    @Test
    void what_is_declared_afterwards_is_signed_with_the_new_key() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(RootExtras.of(factory.published().root().metadata()).holders())
                    .as("whoever held the old key holds the new one")
                    .containsValue("tina");
            factory.addTarget("lmp-1");
            factory.sign("acme-targets-3", new Person("new", newest(holder)));
            factory.settle();
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        }
    }

    private SoftwareKey newest(KeyHolder holder) {
        return holder.read().keys().stream()
                .filter(named -> named.role().equals(Optional.of(TARGETS)))
                .map(ArchivedKey::key)
                .filter(key -> !key.publicKey().equals(TINA.key().publicKey()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void targets_come_out_of_the_cluster_with_the_first_key_of_targets_in_the_archive() {
        for (var custody : List.of("Offline", "Shared")) {
            try (var factory = online.fork()) {
                var holder = new KeyHolder(factory, drawer.resolve(custody + ".tgz")).putInDrawer(factory.rootKeys());
                refused(holder, KeyHolder.of(ROOT, TARGETS), "is Online", "--online=targets", "Set it to Offline");
                factory.changeFactory("targets: {custody: %s}".formatted(custody));
                holder.rotate(KeyHolder.of(ROOT, TARGETS));
                assertThat(factory.newestRoot()).isEqualTo(2);
                assertThat(holder.keys()).hasSize(3);
                assertThat(holder.keysOf(2, TARGETS))
                        .hasSize(custody.equals("Shared") ? 2 : 1)
                        .contains(newest(holder).publicKey());
                assertThat(holder.pending()).doesNotExist();
                holder.rotate(KeyHolder.of(TARGETS));
                assertThat(factory.newestRoot()).isEqualTo(3);
                assertThat(holder.keys()).hasSize(4);
                factory.endsWell();
            }
        }
    }

    @Test
    void a_holder_of_targets_alone_gives_her_share_and_is_told_who_is_missing() {
        var bootstrap = "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 2, keys: [%s, %s]}"
                .formatted(ALICE.declared(), TINA.declared(), TOM.declared());
        try (var factory =
                InMemoryFactory.unwatchedHeldTargets(TestMetadata.TUF, bootstrap, "Offline", ALICE, TINA, TOM)) {
            var tinas = whoHas(factory, "tina.tgz", archived(TARGETS, TINA.key()));
            refused(tinas, KeyHolder.of(ROOT, TARGETS), "none of root", "--targets --keep-root-key");
            var signed = tinas.rotateWithoutWaiting(KeyHolder.of(TARGETS));
            assertThat(signed.end()).isEqualTo(KeyRotationRun.End.SIGNED);
            factory.settle();
            factory.sign(signed.state().name().orElseThrow(), ALICE);
            factory.settle();
            assertThat(factory.newestRoot()).isEqualTo(1);

            assertThat(tinas.rotateWithoutWaiting(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.SIGNED);
            assertThat(tinas.told()).anyMatch(line -> line.startsWith("signed acme-targets-2 with 2 keys"));
            assertThatThrownBy(() -> tinas.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, impatient(factory), true))
                    .hasMessageContaining("takes longer: targets version 2 waits for tom, until");
            factory.sign("acme-targets-2", TOM);
            factory.settle();
            assertThat(tinas.rotate(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(tinas.keys()).hasSize(2).containsAll(List.of(TINA.key().publicKey()));
            factory.endsWell();
        }
    }

    /** For whom twelve hours pass while the operator takes a breath. */
    private static FactoryCluster impatient(InMemoryFactory factory) {
        return new InMemoryNamespace(factory) {
            private Duration waited = Duration.ZERO;

            @Override
            public void pause(Duration atMost) {
                factory.settle();
                waited = waited.plus(Duration.ofHours(6));
            }

            @Override
            public Instant now() {
                return super.now().plus(waited);
            }
        };
    }

    @Test
    void without_waiting_it_returns_once_root_and_targets_are_signed() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            assertThat(holder.rotateWithoutWaiting(KeyHolder.of(ROOT, TARGETS)).end())
                    .isEqualTo(KeyRotationRun.End.SIGNED);
            assertThat(holder.told())
                    .anyMatch(line -> line.startsWith("signed acme-targets-2 with 2 keys, and attached"));
            factory.pass(Duration.ofHours(1));
            factory.pass(Duration.ofHours(1));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(holder.rotate(KeyHolder.of(ROOT, TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(holder.besides()).isEmpty();
        }
    }

    @Test
    void nobody_has_to_sign_targets_that_enough_others_have_signed() {
        var bootstrap = "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 2, keys: [%s, %s, %s]}"
                .formatted(ALICE.declared(), TINA.declared(), TOM.declared(), TESS.declared());
        try (var factory =
                InMemoryFactory.unwatchedHeldTargets(TestMetadata.TUF, bootstrap, "Offline", ALICE, TINA, TOM, TESS)) {
            var holder = whoHas(factory, "keys.tgz", archived(ROOT, ALICE.key()), archived(TARGETS, TESS.key()));
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(factory.published().targets().metadata().version()).isEqualTo(1);
            assertThat(holder.keys()).hasSize(3);
        }
    }

    @Test
    void a_change_that_was_declared_meanwhile_is_shown_and_takes_a_person() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is, and waits for them");
            assertThat(holder.told())
                    .anyMatch(line -> line.startsWith("  + lmp-1 sha256"))
                    .anyMatch(line -> line.contains("goes beyond an exchange of keys"));
            assertThat(factory.published().targets().metadata().targets()).isEmpty();
            assertThat(holder.besides()).containsExactly("keys.tgz.pending", "keys.tgz.signed");
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(TARGETS));
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
            assertThat(factory.newestRoot()).isEqualTo(2);
            factory.endsWell();
        }
    }

    /** Root 2 waits for targets, so it lets nothing else by; once devices see it, the theft can be dealt with. */
    @Test
    void a_theft_is_not_mistaken_for_the_rotation_that_was_begun_before() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed");
            refused(
                    holder,
                    KeyHolder.compromise(TARGETS),
                    "root version 2 is signed already, by a rotation (acme-keys-",
                    "lacks what this command line asks for",
                    "run the command that it was begun with",
                    "a RootRotation of your own");
            holder.whoLooksAndSaysYes().rotateWithoutWaiting(KeyHolder.of(TARGETS));
            while (factory.newestRoot() < 2) {
                factory.pass(Duration.ofMinutes(25));
            }
            assertThat(holder.rotate(KeyHolder.compromise(TARGETS)).end())
                    .isEqualTo(KeyRotationRun.End.EARLIER_ROTATED);
            assertThat(holder.besides()).isEmpty();
            assertThat(holder.keys()).hasSize(3);
            factory.hurried();
            assertThat(holder.rotate(KeyHolder.compromise(TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(factory.newestRoot()).isEqualTo(3);
            assertThat(holder.keysOf(3, TARGETS)).isNotEqualTo(holder.keysOf(2, TARGETS));
        }
    }

    /** With the old key, and the cluster's, a thief has published what he likes. */
    @Test
    void after_a_theft_a_person_looks_at_all_that_the_new_key_vouches_for() {
        try (var factory = offline.fork()) {
            factory.addTarget("evil-1");
            factory.sign("acme-targets-2", TINA);
            factory.settle();
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("evil-1");
            factory.hurried();
            var holder = holder(factory);
            refused(holder, KeyHolder.compromise(ROOT, TARGETS), "targets weren't signed");
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("the new key vouches for all that it lists"))
                    .anyMatch(line -> line.contains("    + evil-1 sha256"));
            holder.whoLooksAndSaysYes().rotate(KeyHolder.compromise(ROOT, TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
        }
    }

    @Test
    void a_theft_with_which_the_key_of_targets_stays_is_noted() {
        try (var factory = offline.fork().hurried()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.compromise());
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("has a key of targets too") && line.contains("--targets"));
        }
    }

    /** The root says which rotation it is of, whichever there still are. */
    @Test
    void a_root_that_waits_for_targets_is_found_though_an_earlier_attempt_was_deleted() {
        try (var factory = offline.fork()) {
            refused(holder(factory).whoSaysNo(), KeyHolder.of(TARGETS), "nothing was signed");
            var first = factory.rotations().getFirst();
            factory.pass(Duration.ofDays(31));
            factory.addTarget("lmp-1");
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz"));
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is");
            assertThat(factory.rotations()).contains(first + "-2");
            factory.delete(RootRotation.class, first);
            factory.settle();
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is");
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            factory.endsWell();
        }
    }

    @Test
    void what_is_offered_before_that_change_is_signed_without_asking() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            var late = new InMemoryNamespace(factory) {
                private boolean declared;

                @Override
                public void pause(Duration atMost) {
                    super.pause(atMost);
                    if (!declared
                            && factory.find(ConfigMap.class, "acme-targets-2-payload")
                                    .isPresent()) {
                        declared = true;
                        factory.addTarget("lmp-1");
                    }
                }
            };
            holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, late, true);
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(factory.published().targets().metadata().version()).isEqualTo(2);
        }
    }

    @Test
    void online_keys_of_a_factory_whose_targets_people_hold() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.online(OnlineRole.values()));
            holder.rotate(KeyHolder.onlineOnly(OnlineRole.SNAPSHOT));
            factory.hurried();
            holder.rotate(KeyHolder.compromise());
            assertThat(factory.newestRoot()).isEqualTo(4);
            assertThat(holder.keysOf(4, TARGETS)).containsExactly(TINA.key().publicKey());
            factory.endsWell();
        }
    }

    @Test
    void the_online_key_of_shared_targets_is_exchanged_with_the_holders_signature() {
        try (var factory = shared.fork()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.online(OnlineRole.TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(holder.keysOf(2, TARGETS)).hasSize(2).contains(TINA.key().publicKey());
            factory.endsWell();
        }
    }

    /** As from fioctl, whose roots name nobody. */
    @Test
    void an_adopted_fleets_archive_gets_a_named_key_of_targets() {
        try (var factory = InMemoryFactory.adoptedWithOfflineTargets()) {
            var before = factory.newestRoot();
            var holder = whoHas(
                    factory,
                    "keys.tgz",
                    archived(ROOT, TestMetadata.key("bob")),
                    archived(TARGETS, TestMetadata.key("targets")));
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(ROOT, TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(before + 1);
            assertThat(holder.keys()).hasSize(4);
            assertThat(holder.keysOf(before + 1, TARGETS))
                    .hasSize(1)
                    .isSubsetOf(holder.keys())
                    .doesNotContain(TestMetadata.key("targets").publicKey());
            assertThat(RootExtras.of(factory.published().root().metadata())
                            .holders()
                            .values())
                    .anyMatch(name -> name.matches("targets-[0-9a-f]{8}"));
        }
    }

    /** Root's holder and that of targets have an archive each, as fioctl makes them; the key of targets has no name. */
    @Test
    void online_keys_of_an_adopted_fleet_whose_key_of_targets_is_in_another_archive() {
        try (var factory = InMemoryFactory.adoptedWithOfflineTargets()) {
            var before = factory.newestRoot();
            var holder = whoHas(factory, "keys.tgz", archived(ROOT, TestMetadata.key("bob")));
            holder.rotate(KeyHolder.online(OnlineRole.values()));
            factory.hurried();
            holder.rotate(KeyHolder.compromise());
            assertThat(factory.newestRoot()).isEqualTo(before + 2);
            assertThat(holder.keysOf(before + 2, TARGETS))
                    .containsExactly(TestMetadata.key("targets").publicKey());
            assertThat(factory.rotations()).noneMatch(name -> name.endsWith("-2"));
        }
    }

    /** Somebody shows what devices were served days ago: what he lets sign would bring old software back. */
    @Test
    void what_is_served_is_believed_as_far_as_devices_do() {
        try (var factory = offline.fork()) {
            var old = new InMemoryNamespace(factory)
                    .file("acme-timestamp", "timestamp.json")
                    .orElseThrow();
            factory.addTarget("lmp-1");
            factory.sign("acme-targets-2", TINA);
            factory.pass(Duration.ofDays(2));
            var lying = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return configMap.equals("acme-timestamp") ? Optional.of(old) : super.file(configMap, entry);
                }
            };
            var holder = holder(factory);
            assertThatThrownBy(() -> holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, lying, true))
                    .hasMessageContaining("targets weren't signed");
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("devices would refuse what they are served (timestamp"));
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
        }
    }

    /** Nothing that others do afterwards makes the archive older than what the fleet needs. */
    @Test
    void what_devices_would_refuse_in_the_end_keeps_the_archive_as_it_was() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            assertThat(holder.rotateWithoutWaiting(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.SIGNED);
            factory.pass(Duration.ofHours(1));
            factory.pass(Duration.ofHours(1));
            var lying = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return entry.equals("snapshot.json") ? Optional.empty() : super.file(configMap, entry);
                }
            };
            assertThatThrownBy(() -> holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, lying, true))
                    .hasMessageContaining("would refuse what the cluster has for it: snapshot");
            assertThat(holder.keys()).hasSize(2);
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(holder.keys()).hasSize(3);
        }
    }

    @Test
    void an_archive_without_a_key_of_targets() {
        try (var factory = offline.fork()) {
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
            refused(
                    holder,
                    KeyHolder.of(ROOT, TARGETS),
                    "none of the archive's keys is a key of targets in root version 1, which names tina");
            assertThat(factory.rotations()).containsExactly("acme-root-1");
        }
    }

    @Test
    void a_custody_that_is_declared_and_not_yet_in_force() {
        try (var factory = offline.fork()) {
            factory.changeFactory("targets: {custody: Shared}");
            refused(holder(factory), KeyHolder.of(TARGETS), "is Shared, and root says Offline", "Change it first");
            assertThat(factory.rotations()).containsExactly("acme-root-1");
        }
    }

    @Test
    void another_command_line_than_it_was_begun_with() {
        try (var factory = offline.fork()) {
            var holder = holder(factory).whoSaysNo();
            refused(holder, KeyHolder.of(TARGETS), "nothing was signed");
            refused(holder, KeyHolder.of(ROOT), "a rotation of the targets key is under way");
            refused(holder, KeyHolder.of(ROOT, TARGETS), "a rotation of the targets key is under way");
        }
    }

    @Test
    void a_paused_factory_whose_root_waits_for_targets() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed");
            factory.changeFactory("paused: true");
            refused(holder, KeyHolder.of(TARGETS), "Factory acme is paused");
        }
    }
}
