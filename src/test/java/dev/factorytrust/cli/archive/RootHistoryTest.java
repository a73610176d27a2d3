package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which roots of a cluster a holder believes: alice's key signed the first two, and bob was let in without signing. */
class RootHistoryTest {

    private static final PublicKey ALICE = TestMetadata.key("alice").publicKey();
    private static final PublicKey BOB = TestMetadata.key("bob").publicKey();
    private static final PublicKey CAROL = TestMetadata.key("carol").publicKey();

    private final Map<Long, Bytes> stored = new HashMap<>(Map.of(
            1L, root(1, "alice").by("alice"),
            2L, root(2, "alice", "bob").by("alice")));

    private record Draft(long version, String targets, String... holders) {

        Bytes by(String... signers) {
            var roles = Map.of(RoleName.ROOT, role(1, holders), RoleName.TARGETS, role(1, targets));
            return sign(TestMetadata.root((int) version, roles), signers);
        }

        Draft targets(String holder) {
            return new Draft(version, holder, holders);
        }
    }

    private static Draft root(long version, String... holders) {
        return new Draft(version, "targets", holders);
    }

    private RootHistory read(PublicKey own, Optional<Bytes> trusted) {
        return read(2, List.of(own), trusted);
    }

    private RootHistory read(long published, List<PublicKey> own, Optional<Bytes> trusted) {
        return read(published, own, List.of(), trusted);
    }

    private RootHistory read(long published, List<PublicKey> own, List<PublicKey> kept, Optional<Bytes> trusted) {
        return RootHistory.read(
                "acme",
                version -> Optional.ofNullable(stored.get(version)),
                published,
                new HolderKeys(own, kept),
                trusted.map(file -> new InputFile("1.root.json", file)));
    }

    @Test
    void a_chain_from_what_the_own_key_signed() {
        var roots = read(ALICE, Optional.empty());
        assertThat(roots.root().version()).isEqualTo(2);
        assertThat(roots.rootKeys().values()).containsExactlyInAnyOrder(ALICE, BOB);
    }

    @Test
    void whose_key_has_signed_nothing_names_a_root_that_he_trusts() {
        assertThatThrownBy(() -> read(BOB, Optional.empty()))
                .hasMessageContaining("was signed by your key")
                .hasMessageContaining("--root");
        assertThat(read(BOB, Optional.of(stored.get(1L))).root().version()).isEqualTo(2);
    }

    @Test
    void a_root_on_its_way_is_the_newest() {
        stored.put(3L, root(3, "carol").by("alice", "carol"));
        assertThat(read(ALICE, Optional.empty()).root().version()).isEqualTo(3);
    }

    @Test
    void what_somebody_put_at_the_next_roots_name_is_none() {
        stored.put(3L, root(3, "carol").by("carol"));
        assertThat(read(ALICE, Optional.empty()).root().version()).isEqualTo(2);
        stored.put(3L, Bytes.utf8("rubbish"));
        assertThat(read(ALICE, Optional.empty()).root().version()).isEqualTo(2);
    }

    @Test
    void a_published_root_that_does_not_follow_is_refused() {
        stored.put(2L, root(2, "alice", "carol").by("carol"));
        assertThatThrownBy(() -> read(ALICE, Optional.empty()))
                .hasMessageContaining("the roots of Factory acme in the cluster don't hold");
        stored.remove(2L);
        assertThatThrownBy(() -> read(ALICE, Optional.empty())).hasMessageContaining("root version 2 of Factory acme");
    }

    /** Whoever holds the cluster says which version devices see, and may store what he likes. */
    @Test
    void a_chain_that_begins_with_a_forged_root_proves_nothing_though_the_next_one_lists_the_own_key() {
        stored.put(2L, root(2, "carol").by("carol"));
        stored.put(3L, root(3, "alice", "carol").by("carol"));
        assertThatThrownBy(() -> read(ALICE, Optional.empty()))
                .hasMessageContaining("was signed by your key")
                .hasMessageContaining("--root");
        stored.put(3L, root(3, "carol").targets("alice").by("carol"));
        assertThatThrownBy(() -> read(ALICE, Optional.empty())).hasMessageContaining("--root");
    }

    /** Bob's key came after alice's, whose archive has both. */
    @Test
    void who_has_stolen_a_retired_key_begins_no_other_chain_with_it() {
        stored.put(2L, root(2, "bob", "carol").by("alice", "carol"));
        assertThatThrownBy(() -> read(1, List.of(ALICE, BOB), Optional.empty())).hasMessageContaining("--root");
        stored.put(2L, root(2, "alice").targets("bob").by("alice", "carol"));
        assertThatThrownBy(() -> read(1, List.of(ALICE, BOB), Optional.empty())).hasMessageContaining("--root");
    }

    /** Alice's key made way for bob's, with which carol, who stole it, can do nothing: not even where bob's is listed. */
    @Test
    void a_chain_that_parts_with_a_retired_key_before_the_one_that_took_its_place_is_not_believed() {
        var archive = List.of(ALICE, BOB);
        stored.put(2L, root(2, "bob").by("alice", "bob"));
        assertThat(read(2, archive, archive, Optional.empty()).root().version()).isEqualTo(2);
        stored.put(3L, root(3, "bob").by("bob"));
        var real = stored.get(3L);

        stored.put(2L, root(2, "alice", "carol").by("alice", "carol"));
        stored.put(3L, root(3, "alice", "carol").by("carol"));
        assertThatThrownBy(() -> read(3, archive, archive, Optional.empty()))
                .hasMessageContaining("the archive has a root key")
                .hasMessageContaining("signed none of the roots of Factory acme")
                .hasMessageContaining("--root");
        stored.put(2L, root(2, "alice", "bob", "carol").by("alice", "carol"));
        assertThatThrownBy(() -> read(3, archive, archive, Optional.empty())).hasMessageContaining("--root");
        assertThatThrownBy(() ->
                        read(3, archive, archive, Optional.of(root(2, "bob").by("alice", "bob"))))
                .hasMessageContaining("don't hold");

        stored.put(2L, root(2, "bob").by("alice", "bob"));
        assertThatThrownBy(() -> read(3, archive, archive, Optional.empty())).hasMessageContaining("don't hold");
        stored.put(3L, real);
        assertThat(read(3, archive, archive, Optional.empty()).root().version()).isEqualTo(3);
    }

    @Test
    void a_new_key_signs_the_root_that_brings_it() {
        stored.put(2L, root(2, "alice").by("alice"));
        stored.put(3L, root(3, "bob").targets("carol").by("alice", "bob", "carol"));
        assertThat(read(2, List.of(ALICE, BOB, CAROL), Optional.empty()).root().version())
                .isEqualTo(3);
        assertThat(read(3, List.of(BOB, CAROL), Optional.empty())
                        .visible()
                        .metadata()
                        .version())
                .isEqualTo(3);
        stored.put(4L, root(4, "bob").targets("carol").by("bob"));
        assertThat(read(3, List.of(CAROL), Optional.empty()).root().version()).isEqualTo(4);
    }

    /** As in a fleet that fioctl began: its keys of targets sign no root. */
    @Test
    void a_key_of_targets_that_the_root_has_which_the_own_key_signed_is_believed() {
        stored.put(1L, root(1, "alice").targets("carol").by("alice"));
        stored.put(2L, root(2, "alice").targets("carol").by("alice"));
        assertThat(read(ALICE, CAROL).root().version()).isEqualTo(2);
        stored.put(2L, root(2, "alice", "bob").targets("carol").by("alice"));
        stored.put(3L, root(3, "alice", "bob").targets("carol").by("bob"));
        assertThat(read(ALICE, CAROL).root().version()).isEqualTo(3);
    }

    private RootHistory read(PublicKey... own) {
        return read(2, List.of(own), Optional.empty());
    }

    @Test
    void from_the_root_before_a_device_must_come_to_the_newest() {
        assertThat(read(ALICE, Optional.empty()).before(List.of(BOB))).isEqualTo(stored.get(1L));
        assertThatThrownBy(() -> read(ALICE, Optional.empty()).before(List.of(ALICE)))
                .hasMessageContaining("no root of Factory acme before version 2");
    }

    @Test
    void an_old_key_is_known_by_the_last_root_that_lists_it() {
        stored.put(3L, root(3, "carol").by("alice", "carol"));
        var roots = read(ALICE, Optional.empty());
        assertThat(roots.lastListing(List.of(BOB))).hasValue(2L);
        assertThat(roots.lastListing(List.of(CAROL))).isEmpty();
    }
}
