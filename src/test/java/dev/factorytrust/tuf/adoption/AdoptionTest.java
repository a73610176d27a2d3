package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.keys;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** A repository whose root went from Alice to Bob, and everything that may be wrong with what is brought of it. */
class AdoptionTest {

    private final Map<String, Bytes> files = new TreeMap<>();

    @BeforeEach
    void repository() {
        put("1.root.json", sign(rootOf(1, "alice"), "alice"));
        put("2.root.json", sign(rootOf(2, "bob"), "alice", "bob"));
        put("3.root.json", sign(rootOf(3, "bob"), "bob"));
        publish(targets(7));
    }

    private static Root rootOf(long version, String holder) {
        return root(version, Map.of(RoleName.ROOT, role(1, holder)));
    }

    private void publish(Targets content) {
        var targets = sign(content, "targets");
        var snapshot = sign(snapshot(5, targets, content.version()), "snapshot");
        put(content.version() + ".targets.json", targets);
        put("5.snapshot.json", snapshot);
        put("timestamp.json", sign(timestamp(9, snapshot, 5), "timestamp"));
    }

    private void put(String name, Bytes content) {
        files.put(name, content);
    }

    private void putKey(String name, SoftwareKey key) {
        put(name, Bytes.utf8(key.privatePem()));
    }

    private Adoption.Result look(long firstVersion, Optional<String> pin, ForeignFile... more) {
        var all = new ArrayList<>(List.of(more));
        files.forEach((name, content) -> all.add(new ForeignFile("ConfigMap old", name, content)));
        return Adoption.of(TUF, all, new Adoption.Request(firstVersion, pin));
    }

    private Adoption.Adoptable adoptable() {
        var result = look(1, Optional.empty());
        assertThat(result).isInstanceOf(Adoption.Adoptable.class);
        return (Adoption.Adoptable) result;
    }

    private static AbstractStringAssert<?> refusal(String reason, Adoption.Result result) {
        assertThat(result).isInstanceOf(Adoption.Refused.class);
        var refused = (Adoption.Refused) result;
        assertThat(refused.reason()).as(refused.message()).isEqualTo(reason);
        return assertThat(refused.message());
    }

    private AbstractStringAssert<?> refused() {
        return refusal("ImportRefused", look(1, Optional.empty()));
    }

    private AbstractStringAssert<?> incomplete() {
        return refusal("ImportIncomplete", look(1, Optional.empty()));
    }

    @Test
    @DisplayName("invariant 9: what is adopted is what was received, byte for byte")
    void a_sound_repository_is_adopted_as_it_is() {
        var odd = Bytes.utf8(files.get("3.root.json")
                .utf8()
                .replace("{\"signatures\":", "{ \"x-old-server\": [1],\n \"signatures\":"));
        put("3.root.json", odd);
        var repository = adoptable().repository();
        assertThat(repository.roots().keySet()).containsExactly(1L, 2L, 3L);
        assertThat(repository.root().file()).isEqualTo(odd);
        assertThat(repository.timestamp().file()).isEqualTo(files.get("timestamp.json"));
        assertThat(repository.snapshot().file()).isEqualTo(files.get("5.snapshot.json"));
        assertThat(repository.targets().file()).isEqualTo(files.get("7.targets.json"));
    }

    @Test
    void file_names_without_versions_are_as_good() {
        put("snapshot.json", files.remove("5.snapshot.json"));
        put("targets.json", files.remove("7.targets.json"));
        assertThat(adoptable().repository().targets().metadata().version()).isEqualTo(7);
    }

    @Test
    void what_is_older_or_a_copy_is_left_aside() {
        put("root.json", files.get("3.root.json"));
        put("6.targets.json", sign(targets(6), "targets"));
        put("README", Bytes.utf8("our old server"));
        assertThat(adoptable().unused())
                .containsExactly(
                        "6.targets.json of ConfigMap old", "README of ConfigMap old", "root.json of ConfigMap old");
    }

    @Test
    void a_chain_may_begin_later() {
        files.remove("1.root.json");
        refusal("ImportIncomplete", look(1, Optional.empty())).contains("no 1.root.json", "oldest root is version 2");
        var result = look(2, Optional.empty());
        assertThat(result).isInstanceOfSatisfying(Adoption.Adoptable.class, adoptable -> assertThat(
                        adoptable.repository().roots().firstKey())
                .isEqualTo(2));
    }

    @Test
    void the_first_root_must_be_the_one_that_is_trusted() {
        var pin = files.get("1.root.json").sha256();
        assertThat(look(1, Optional.of(pin))).isInstanceOf(Adoption.Adoptable.class);
        refusal("RootNotTrusted", look(2, Optional.of(pin)))
                .contains(
                        "2.root.json of ConfigMap old",
                        pin,
                        files.get("2.root.json").sha256());
    }

    @Test
    @DisplayName("invariant 4: a hop that the old root's keys didn't sign is refused")
    void a_broken_hop_is_refused_by_name() {
        put("2.root.json", sign(rootOf(2, "bob"), "bob"));
        refused().contains("2.root.json of ConfigMap old").contains("0 of the 1 keys that root 1 asks for");
    }

    @Test
    void a_root_that_its_own_keys_did_not_sign_is_refused() {
        put("2.root.json", sign(rootOf(2, "bob"), "alice"));
        refused().contains("2.root.json of ConfigMap old").contains("it itself asks for");
    }

    @Test
    void a_missing_version_is_named() {
        files.remove("2.root.json");
        incomplete().contains("there is no 2.root.json", "up to version 3");
    }

    @Test
    void no_roots_at_all() {
        files.keySet().removeIf(name -> name.endsWith("root.json"));
        incomplete().contains("no file 1.root.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "5.snapshot.json", "7.targets.json"})
    void a_missing_role_is_named(String name) {
        files.remove(name);
        incomplete().contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.root.json", "3.root.json", "timestamp.json", "5.snapshot.json", "7.targets.json"})
    void a_truncated_file_is_refused_by_name(String name) {
        var whole = files.get(name).utf8();
        put(name, Bytes.utf8(whole.substring(0, whole.length() / 2)));
        refused().contains(name + " of ConfigMap old");
    }

    @Test
    void a_root_under_anothers_name_is_refused() {
        put("3.root.json", files.get("2.root.json"));
        refused().contains("3.root.json of ConfigMap old");
    }

    @Test
    void a_wrong_signature_is_refused() {
        put("timestamp.json", sign(timestamp(9, files.get("5.snapshot.json"), 5), "alice"));
        refused().contains("timestamp.json of ConfigMap old").contains("0 of the 1 keys");
    }

    @Test
    void a_swapped_role_is_refused() {
        put("5.snapshot.json", files.get("7.targets.json"));
        refused().contains("5.snapshot.json of ConfigMap old");
    }

    @Test
    void a_snapshot_that_the_timestamp_does_not_mean_is_refused() {
        put("5.snapshot.json", sign(snapshot(5, files.get("1.root.json"), 7), "snapshot"));
        refused().contains("5.snapshot.json of ConfigMap old");
    }

    @Test
    void two_files_that_claim_one_role_are_refused() {
        refusal(
                        "ImportRefused",
                        look(
                                1,
                                Optional.empty(),
                                new ForeignFile("Secret other", "timestamp.json", files.get("7.targets.json"))))
                .contains("timestamp.json of Secret other", "timestamp.json of ConfigMap old");
        put("targets.json", sign(targets(7), "targets", "alice"));
        refused().contains("7.targets.json of ConfigMap old", "targets.json of ConfigMap old", "both claim");
    }

    @Test
    void the_same_file_twice_does_no_harm() {
        assertThat(look(
                        1,
                        Optional.empty(),
                        new ForeignFile("Secret other", "timestamp.json", files.get("timestamp.json"))))
                .isInstanceOf(Adoption.Adoptable.class);
    }

    @Test
    @DisplayName("invariant 10: expiry keeps nobody from being adopted")
    void an_expired_repository_is_adopted() {
        var before = EXPIRES.minusSeconds(1_000_000_000);
        put("3.root.json", sign(TestMetadata.expiring(rootOf(3, "bob"), before), "bob"));
        assertThat(adoptable().repository().root().metadata().expires()).isEqualTo(before);
    }

    @Test
    void delegations_are_refused() {
        var role = new DelegatedRole(
                "vendor",
                List.of(keyid("carol")),
                1,
                false,
                Optional.of(List.of("vendor/*")),
                Optional.empty(),
                Map.of());
        publish(targets(8, new Delegations(keys("carol"), List.of(role), Optional.empty(), Map.of())));
        refused().contains("targets version 8 delegates to other roles");
    }

    @Test
    void inconsistent_snapshots_are_refused() {
        var last = rootOf(3, "bob");
        put("3.root.json", sign(new Root(3, last.expires(), false, last.keys(), last.roles(), Map.of()), "bob"));
        refused().contains("root version 3 has consistent_snapshot false");
    }

    @Test
    @DisplayName("invariant 12: what a client can't read isn't carried on")
    void targets_beyond_a_clients_limit_are_refused() {
        publish(new Targets(
                7,
                EXPIRES,
                Map.of("../up", new TargetFile(1, Map.of("sha256", "00".repeat(32)), Optional.empty(), Map.of())),
                Optional.empty(),
                Map.of()));
        refused().contains("targets version 7 has what not every client can read", "..");
    }

    @Test
    void a_version_without_room_above_it_is_refused() {
        publish(targets(Integer.MAX_VALUE));
        refused().contains("targets has version 2147483647");
    }

    @Test
    void a_file_that_clients_do_not_take_is_refused() {
        put("7.targets.json", Bytes.utf8(" ".repeat(5_000_001)));
        refused().contains("7.targets.json of ConfigMap old has 5000001 bytes, and clients take 5000000");
    }

    @Test
    void a_file_may_be_brought_gzipped_and_in_parts() {
        var targets = files.remove("7.targets.json");
        var parts = PackedFiles.pack("7.targets.json", targets, 200);
        assertThat(parts).hasSizeGreaterThan(1).containsKey("7.targets.json.gz.1");
        files.putAll(parts);
        assertThat(((Adoption.Adoptable) look(1, Optional.empty()))
                        .repository()
                        .targets()
                        .file())
                .isEqualTo(targets);

        files.remove("7.targets.json.gz.1");
        incomplete().contains("7.targets.json.gz.2 of ConfigMap old is there, and the part before it is not");
        files.keySet().removeAll(parts.keySet());
        put("7.targets.json.gz", Bytes.utf8("no gzip"));
        refused().contains("7.targets.json.gz of ConfigMap old is no gzipped file");
    }

    @Test
    void too_many_roots_for_one_walk_are_refused() {
        for (var version = 4; version <= 258; version++) {
            put(version + ".root.json", sign(rootOf(version, "bob"), "bob"));
        }
        refused().contains("a device with root 1 would refuse");
        assertThat(look(2, Optional.empty())).isInstanceOf(Adoption.Adoptable.class);
    }

    @Test
    void keys_are_told_by_their_material() {
        putKey("a.pem", key("timestamp"));
        putKey("b.pem", key("targets"));
        putKey("c.pem", key("carol"));
        var adoptable = adoptable();
        assertThat(adoptable.keys().get(RoleName.TIMESTAMP))
                .extracting(SoftwareKey::publicKey)
                .containsExactly(key("timestamp").publicKey());
        assertThat(adoptable.suffices(RoleName.TARGETS)).isTrue();
        assertThat(adoptable.suffices(RoleName.SNAPSHOT)).isFalse();
        assertThat(adoptable.missing(RoleName.SNAPSHOT)).containsExactly(keyid("snapshot"));
        assertThat(adoptable.missing(RoleName.TIMESTAMP)).isEmpty();
        assertThat(adoptable.strangers()).extracting(ForeignFile::name).containsExactly("c.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "bob"})
    @DisplayName("invariant 6: a private key of root, the newest or an older one, is refused and never repeated")
    void a_private_root_key_is_refused(String holder) {
        putKey("timestamp.pem", key(holder));
        files.remove("timestamp.json");
        refusal("RootKeyInSource", look(1, Optional.empty()))
                .contains("timestamp.pem of ConfigMap old is a private key of root")
                .doesNotContain(key(holder).privatePem().lines().toList().get(1));
    }

    @Test
    void a_private_key_in_any_other_dress_is_refused() {
        put("notes.txt", Bytes.utf8("our key:\n" + key("bob").privatePem()));
        refusal("PrivateKeyRefused", look(1, Optional.empty()))
                .contains("notes.txt of ConfigMap old holds a private key");
        files.remove("notes.txt");
        put("old.pem", Bytes.utf8("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"));
        refusal("PrivateKeyRefused", look(1, Optional.empty())).contains("old.pem of ConfigMap old", "PKCS#1");
        files.remove("old.pem");
        put(
                "root-keys.tgz",
                KeyArchive.write(List.of(new KeyArchive.ArchivedKey(RoleName.ROOT, keyid("bob"), key("bob")))));
        refusal("PrivateKeyRefused", look(1, Optional.empty()))
                .contains("root-keys.tgz of ConfigMap old is an archive");
    }

    @Test
    void public_keys_and_certificates_do_no_harm() {
        put("root.pub.pem", Bytes.utf8(key("bob").publicKey().pem()));
        assertThat(adoptable().unused()).containsExactly("root.pub.pem of ConfigMap old");
    }
}
