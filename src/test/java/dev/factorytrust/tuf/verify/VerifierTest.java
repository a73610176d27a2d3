package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.keys;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.signatures;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VerifierTest {

    private static final Bytes PAYLOAD = Bytes.utf8("{}");

    @ParameterizedTest
    @CsvSource({
        // threshold, who signs, lacking
        "1, alice,           0",
        "1, '',              1",
        "2, alice,           1",
        "2, alice bob,       0",
        "2, alice bob carol, 0",
        "3, alice carol,     1",
        "3, alice mallory,   2", // mallory is none of the role's
        "4, alice bob carol, 1",
    })
    void a_threshold_counts_the_role_s_own_keys(int threshold, String signers, int lacking) {
        var names = signers.isEmpty() ? new String[0] : signers.split(" ");
        var result = Verifier.verify(
                role(threshold, "alice", "bob", "carol"),
                keys("alice", "bob", "carol", "mallory"),
                PAYLOAD,
                signatures(PAYLOAD, names));
        assertThat(result.lacking()).isEqualTo(lacking);
        assertThat(result.verified()).isEqualTo(lacking == 0);
        assertThat(result.threshold()).isEqualTo(threshold);
        assertThat(result.signed()).doesNotContainKey(keyid("mallory"));
        assertThat(result.signed().size() + result.missing().size()).isEqualTo(3);
    }

    @Test
    void a_signature_over_other_bytes_or_by_another_key_counts_for_nothing() {
        var other = signatures(Bytes.utf8("{ }"), "alice");
        var forged = List.of(new Signature(keyid("alice"), key("bob").sign(PAYLOAD), Map.of()));
        var empty = List.of(new Signature(keyid("alice"), Bytes.hex(""), Map.of()));
        for (var signatures : List.of(other, forged, empty)) {
            var result = Verifier.verify(role(1, "alice"), keys("alice"), PAYLOAD, signatures);
            assertThat(result.verified()).isFalse();
            assertThat(result.missing()).containsOnlyKeys(keyid("alice"));
        }
    }

    @Test
    @DisplayName("invariant 8: a threshold counts key material, not keyids")
    void one_key_under_two_keyids_counts_once() {
        var twin = new KeyId("twin");
        var keys = new HashMap<>(keys("alice"));
        keys.put(twin, keys.get(keyid("alice")));
        var role = new Role(List.of(keyid("alice"), twin), 2, Map.of());
        var signatures = new ArrayList<>(signatures(PAYLOAD, "alice"));
        signatures.add(new Signature(twin, key("alice").sign(PAYLOAD), Map.of()));
        var result = Verifier.verify(role, keys, PAYLOAD, signatures);
        assertThat(result.signed()).hasSize(2);
        assertThat(result.lacking()).isEqualTo(1);
        assertThat(result.verified()).isFalse();
    }

    @Test
    void a_signature_listed_twice_counts_once() {
        var twice = new ArrayList<>(signatures(PAYLOAD, "alice", "alice"));
        assertThat(Verifier.verify(role(2, "alice", "bob"), keys("alice", "bob"), PAYLOAD, twice)
                        .lacking())
                .isEqualTo(1);
    }

    @Test
    void a_keyid_without_a_key_and_a_key_that_can_not_be_used_count_for_nothing() {
        var unknown = new Key(TUF.key(key("bob").publicKey()).json().put("scheme", "new"), Optional.empty());
        var result = Verifier.verify(
                role(1, "alice", "bob"), Map.of(keyid("bob"), unknown), PAYLOAD, signatures(PAYLOAD, "alice", "bob"));
        assertThat(result.signed()).isEmpty();
        assertThat(result.missing()).containsOnlyKeys(keyid("bob"));
        assertThat(result.verified()).isFalse();
    }

    @Test
    void a_result_can_not_be_changed() {
        var result = Verifier.verify(role(1, "alice"), keys("alice"), PAYLOAD, signatures(PAYLOAD, "alice"));
        assertThatThrownBy(() -> result.signed().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        // who signs root 2, whose key passes from alice and bob (both) to carol
        "alice bob carol, true,  true",
        "alice carol,     false, true",
        "alice bob,       true,  false",
        "carol,           false, true",
    })
    void a_root_needs_the_keys_of_both_sides(String signers, boolean current, boolean next) {
        var before = root(1, Map.of(RoleName.ROOT, role(2, "alice", "bob")));
        var after = root(2, Map.of(RoleName.ROOT, role(1, "carol")));
        var signed = TUF.decode(Root.class, sign(after, signers.split(" ")));
        var result = Verifier.verifyRoot(Optional.of(before), signed);
        assertThat(result.current().orElseThrow().verified()).isEqualTo(current);
        assertThat(result.next().verified()).isEqualTo(next);
        assertThat(result.verified()).isEqualTo(current && next);
        assertThat(Verifier.verifyRoot(Optional.empty(), signed).verified()).isEqualTo(next);
    }

    @Test
    void all_three_algorithms_count_in_a_file_of_python_tuf() {
        var root = TUF.decode(Root.class, PYTHON_TUF.file("root"));
        var result = Verifier.verifyRoot(Optional.of(root.metadata()), root);
        assertThat(result.verified()).isTrue();
        assertThat(result.next().signed()).hasSize(5);
    }
}
