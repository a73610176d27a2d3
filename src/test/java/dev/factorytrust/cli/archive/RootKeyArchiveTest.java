package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@code keys download} takes for the archive of root 1, which alice and bob have. */
class RootKeyArchiveTest {

    private static final Bytes ROOT =
            sign(TestMetadata.root(1, Map.of(RoleName.ROOT, role(1, "alice", "bob"))), "alice", "bob");

    private static Bytes archive(String... names) {
        return KeyArchive.write(Stream.of(names)
                .map(name -> new ArchivedKey(RoleName.ROOT, TestMetadata.keyid(name), key(name)))
                .toList());
    }

    private static void refused(Bytes archive, Bytes root, String why) {
        assertThatThrownBy(() -> RootKeyArchive.verified("Secret acme-root-keys", archive, root))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("PRIVATE");
    }

    @Test
    void the_archive_with_all_keys_of_root_1() {
        assertThat(RootKeyArchive.verified("it", archive("alice", "bob"), ROOT).keys())
                .containsExactlyInAnyOrder(key("alice").publicKey(), key("bob").publicKey());
    }

    @Test
    void an_archive_with_another_key_in_it() {
        refused(archive("alice", "bob", "carol"), ROOT, "has a key that root version 1 doesn't list");
        refused(archive("carol"), ROOT, "it is another Factory's");
    }

    /** Though its threshold could be met without: erasing the other copy would lose the other key. */
    @Test
    void an_archive_that_lacks_a_key() {
        refused(archive("alice"), ROOT, "Secret acme-root-keys lacks 1 of the keys that root version 1 lists");
    }

    @Test
    void a_damaged_archive() {
        var whole = archive("alice", "bob").toArray();
        refused(Bytes.of(Arrays.copyOf(whole, whole.length / 2)), ROOT, "is no archive of keys: not a whole");
        refused(Bytes.utf8(""), ROOT, "is no archive of keys");
    }

    @Test
    void a_root_that_its_own_keys_have_not_signed_proves_nothing() {
        var forged = sign(TestMetadata.root(1, Map.of(RoleName.ROOT, role(1, "carol"))), "alice");
        refused(archive("carol"), forged, "root version 1 in the cluster is no root that its own keys signed");
    }
}
