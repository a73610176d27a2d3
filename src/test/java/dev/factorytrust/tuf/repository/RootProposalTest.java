package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.repository.Samples.DIALECT;
import static dev.factorytrust.tuf.repository.Samples.NOW;
import static dev.factorytrust.tuf.repository.Samples.adding;
import static dev.factorytrust.tuf.repository.Samples.change;
import static dev.factorytrust.tuf.repository.Samples.changeOfOnlineKeys;
import static dev.factorytrust.tuf.repository.Samples.changeOfTargets;
import static dev.factorytrust.tuf.repository.Samples.holder;
import static dev.factorytrust.tuf.repository.Samples.keyid;
import static dev.factorytrust.tuf.repository.Samples.next;
import static dev.factorytrust.tuf.repository.Samples.proposed;
import static dev.factorytrust.tuf.repository.Samples.publicKey;
import static dev.factorytrust.tuf.repository.Samples.removing;
import static dev.factorytrust.tuf.repository.Samples.root;
import static dev.factorytrust.tuf.repository.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class RootProposalTest {

    private static final Instant LATER = NOW.plus(Duration.ofDays(366));

    @Test
    void the_first_root_has_version_1_and_every_key_that_the_change_names() {
        var root = root(2, "alice", "bob");

        assertThat(root.version()).isEqualTo(1);
        assertThat(root.consistentSnapshot()).isTrue();
        assertThat(root.role(RoleName.ROOT).threshold()).isEqualTo(2);
        assertThat(root.role(RoleName.ROOT).keyids()).containsExactly(keyid("alice"), keyid("bob"));
        assertThat(root.role(RoleName.TARGETS).keyids()).containsExactly(keyid("targets-1"));
        assertThat(root.role(RoleName.SNAPSHOT).keyids()).containsExactly(keyid("snapshot-1"));
        assertThat(root.role(RoleName.TIMESTAMP).keyids()).containsExactly(keyid("timestamp-1"));
        assertThat(root.role(RoleName.TIMESTAMP).threshold()).isEqualTo(1);
        assertThat(root.expires()).isEqualTo(NOW.plus(Duration.ofDays(365)));
        assertThat(RootExtras.of(root))
                .isEqualTo(new RootExtras(
                        Optional.empty(),
                        Optional.of("fleet/acme"),
                        Map.of(keyid("alice"), "alice", keyid("bob"), "bob")));
    }

    @Test
    void holders_of_targets_can_come_with_the_first_root_and_must_prove_themselves_on_it() {
        var change = new RootChange(
                Optional.of(adding("alice")),
                Optional.of(with(adding("tina", "tom"), 2)),
                Map.of(
                        RoleName.SNAPSHOT, List.of(publicKey("snapshot-1")),
                        RoleName.TIMESTAMP, List.of(publicKey("timestamp-1"))),
                LATER,
                Optional.empty(),
                "fleet/acme");

        var proposed = proposed(Optional.empty(), change);

        assertThat(proposed.next().role(RoleName.TARGETS).keyids()).containsExactly(keyid("tina"), keyid("tom"));
        assertThat(proposed.next().role(RoleName.TARGETS).threshold()).isEqualTo(2);
        assertThat(proposed.added()).containsExactlyInAnyOrder(keyid("alice"), keyid("tina"), keyid("tom"));
    }

    @Test
    void one_holder_hands_over_to_another() {
        var current = root(1, "alice");
        var handOver = new RoleEdit(List.of(holder("bob")), List.of("alice"), OptionalInt.empty());

        var proposed = proposed(Optional.of(current), change(handOver, LATER));

        var next = proposed.next();
        assertThat(next.version()).isEqualTo(2);
        assertThat(next.role(RoleName.ROOT).keyids()).containsExactly(keyid("bob"));
        assertThat(next.keys()).doesNotContainKey(keyid("alice")).containsKey(keyid("timestamp-1"));
        assertThat(RootExtras.of(next).holders()).isEqualTo(Map.of(keyid("bob"), "bob"));
        assertThat(RootExtras.of(next).rotation()).contains(new RootExtras.Rotation("rotation", "0".repeat(64)));
        assertThat(proposed.added()).containsExactly(keyid("bob"));
        assertThat(proposed.diff())
                .containsExactly(
                        "+ bob ed25519 " + keyid("bob").value().substring(0, 8) + "… (root)",
                        "- alice ed25519 " + keyid("alice").value().substring(0, 8) + "… (root)",
                        "expires 2027-11-23T10:00:00Z → 2027-11-24T10:00:00Z");
    }

    @Test
    void the_diff_of_a_first_root_lists_all_of_it() {
        assertThat(RootDiff.between(Optional.empty(), root(2, "alice", "bob")))
                .hasSize(10)
                .contains("threshold root 2", "threshold timestamp 1", "expires 2027-11-23T10:00:00Z")
                .contains("+ ed25519 " + keyid("targets-1").value().substring(0, 8) + "… (targets)");
    }

    @Test
    void the_diff_tells_of_thresholds_and_online_keys() {
        var current = root(1, "alice", "bob");
        var change = new RootChange(
                Optional.of(with(removing(), 2)),
                Optional.empty(),
                Map.of(RoleName.TIMESTAMP, List.of(publicKey("timestamp-2"))),
                current.expires(),
                Optional.empty(),
                "fleet/acme");

        assertThat(proposed(Optional.of(current), change).diff())
                .containsExactly(
                        "+ ed25519 " + keyid("timestamp-2").value().substring(0, 8) + "… (timestamp)",
                        "- ed25519 " + keyid("timestamp-1").value().substring(0, 8) + "… (timestamp)",
                        "threshold root 1 → 2");
    }

    @ParameterizedTest
    @MethodSource
    void a_key_is_removed_by_name_keyid_or_its_beginning(String reference) {
        var next = next(Optional.of(root(1, "alice", "bob")), change(removing(reference)));

        assertThat(next.role(RoleName.ROOT).keyids()).containsExactly(keyid("bob"));
    }

    static List<String> a_key_is_removed_by_name_keyid_or_its_beginning() {
        var keyid = keyid("alice").value();
        return List.of(
                "alice", keyid, keyid.substring(0, 8), keyid.substring(0, 20).toUpperCase());
    }

    @Test
    void names_and_keys_pass_on_within_one_change_because_removals_come_first() {
        var current = root(1, "alice", "bob");
        var newAlice = new Holder("alice", publicKey("carol"));
        var renamedBob = new Holder("robert", publicKey("bob"));
        var edit = new RoleEdit(List.of(newAlice, renamedBob), List.of("alice", "bob"), OptionalInt.empty());

        var next = next(Optional.of(current), change(edit));

        assertThat(RootExtras.of(next).holders()).isEqualTo(Map.of(keyid("carol"), "alice", keyid("bob"), "robert"));
    }

    @Test
    void a_new_online_key_replaces_the_old_ones_of_its_role_only() {
        var next = next(
                Optional.of(root(1, "alice")),
                changeOfOnlineKeys(Map.of(RoleName.SNAPSHOT, List.of(publicKey("snapshot-2")))));

        assertThat(next.role(RoleName.SNAPSHOT).keyids()).containsExactly(keyid("snapshot-2"));
        assertThat(next.role(RoleName.TIMESTAMP).keyids()).containsExactly(keyid("timestamp-1"));
        assertThat(next.keys()).doesNotContainKey(keyid("snapshot-1"));
    }

    @Test
    void an_online_key_may_stay_beside_a_new_one() {
        var both = List.of(publicKey("snapshot-1"), publicKey("snapshot-2"));

        var next = next(Optional.of(root(1, "alice")), changeOfOnlineKeys(Map.of(RoleName.SNAPSHOT, both)));

        assertThat(next.role(RoleName.SNAPSHOT).keyids()).containsExactly(keyid("snapshot-1"), keyid("snapshot-2"));
    }

    @Test
    void holders_of_targets_stay_when_its_online_key_is_replaced() {
        var shared = next(Optional.of(root(1, "alice")), changeOfTargets(with(adding("tina"), 2)));

        var next = next(
                Optional.of(shared), changeOfOnlineKeys(Map.of(RoleName.TARGETS, List.of(publicKey("targets-2")))));

        assertThat(next.role(RoleName.TARGETS).keyids()).containsExactlyInAnyOrder(keyid("tina"), keyid("targets-2"));
        assertThat(next.role(RoleName.TARGETS).threshold()).isEqualTo(2);
    }

    @Test
    void targets_go_offline_when_holders_come_and_the_online_key_goes() {
        var change = changeOfTargets(adding("tina"));
        var offline = new RootChange(
                change.root(),
                change.targets(),
                Map.of(RoleName.TARGETS, List.of()),
                change.expires(),
                change.rotation(),
                change.factory());

        assertThat(next(Optional.of(root(1, "alice")), offline)
                        .role(RoleName.TARGETS)
                        .keyids())
                .containsExactly(keyid("tina"));
    }

    @Test
    void what_the_change_does_not_name_survives() {
        var mirrorKey = publicKey("mirror");
        var current = withStrangeFields(root(1, "alice"), mirrorKey);

        var next = next(Optional.of(current), change(adding("bob")));

        assertThat(next.unrecognized()).containsEntry("x-changelog", TextNode.valueOf("theirs"));
        assertThat(next.roles().get("mirrors")).isEqualTo(current.roles().get("mirrors"));
        assertThat(next.role(RoleName.ROOT).unrecognized()).containsEntry("x-role", TextNode.valueOf("kept"));
        assertThat(next.keys()).containsKey(keyid(mirrorKey));
        assertThat(next.consistentSnapshot()).isFalse();
    }

    @Test
    void the_rotation_before_is_forgotten_even_if_this_one_has_no_name() {
        var current = next(Optional.of(root(1, "alice")), change(adding("bob")));
        var nameless = new RootChange(
                Optional.of(adding("carol")), Optional.empty(), Map.of(), LATER, Optional.empty(), "fleet/acme");

        var next = next(Optional.of(current), nameless);

        assertThat(next.unrecognized()).containsOnlyKeys("x-factory-trust-factory", "x-factory-trust-holders");
    }

    @Test
    @DisplayName("invariant 11: an extended expiry is a change, and takes a version")
    void a_later_expiry_alone_is_a_change() {
        var next = next(Optional.of(root(1, "alice")), change(removing(), LATER));

        assertThat(next.version()).isEqualTo(2);
    }

    @Test
    void an_earlier_expiry_may_come_with_another_change() {
        var next = next(Optional.of(root(1, "alice")), change(adding("bob"), NOW.plusSeconds(600)));

        assertThat(next.expires()).isEqualTo(NOW.plusSeconds(600));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource
    void refuses(String reason, RootChange change, String message) {
        var result = RootProposal.propose(DIALECT, Optional.of(root(2, "alice", "bob", "carol")), change);

        assertThat(result).isInstanceOfSatisfying(RootProposal.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.message()).contains(message);
        });
    }

    static Stream<Arguments> refuses() {
        var bobUnderAnotherName =
                new RoleEdit(List.of(new Holder("robert", publicKey("bob"))), List.of(), OptionalInt.empty());
        var sameKeyTwice = new RoleEdit(
                List.of(new Holder("dave", publicKey("dave")), new Holder("dora", publicKey("dave"))),
                List.of(),
                OptionalInt.empty());
        var timestampKey =
                new RoleEdit(List.of(new Holder("tim", publicKey("timestamp-1"))), List.of(), OptionalInt.empty());
        var sameName = new RoleEdit(List.of(new Holder("alice", publicKey("dave"))), List.of(), OptionalInt.empty());
        var badName = new RoleEdit(List.of(new Holder("Alice!", publicKey("dave"))), List.of(), OptionalInt.empty());
        var unchanged = NOW.plus(Duration.ofDays(365));
        return Stream.of(
                arguments(
                        "UnknownKey",
                        change(removing("mallory")),
                        "can't remove \"mallory\" from root: it has alice ("),
                arguments("UnknownKey", change(removing("timestamp")), "bob ("),
                arguments("UnknownKey", change(removing(keyid("alice").value().substring(0, 7))), "carol ("),
                arguments("UnknownKey", change(removing(keyid("timestamp-1").value())), "from root"),
                arguments("UnknownKey", changeOfTargets(removing("alice")), "from targets"),
                arguments("InvalidName", change(badName), "\"Alice!\" is no holder's name"),
                arguments("NameInUse", change(sameName), "already has a holder alice"),
                arguments("NameInUse", changeOfTargets(sameName), "already has a holder alice"),
                arguments("KeyInUse", change(bobUnderAnotherName), "already in root, as bob ("),
                arguments("KeyInUse", change(sameKeyTwice), "as dave ("),
                arguments("KeyInUse", change(timestampKey), "already in timestamp"),
                arguments("KeyInUse", changeOfTargets(bobUnderAnotherName), "already in root"),
                arguments(
                        "KeyInUse",
                        changeOfOnlineKeys(Map.of(RoleName.TIMESTAMP, List.of(publicKey("bob")))),
                        "to be added to timestamp is already in root"),
                arguments(
                        "KeyInUse",
                        changeOfOnlineKeys(Map.of(
                                RoleName.TIMESTAMP, List.of(publicKey("online-2")),
                                RoleName.SNAPSHOT, List.of(publicKey("online-2")))),
                        "every role and holder needs a key of their own"),
                arguments("ThresholdTooHigh", change(with(removing(), 4)), "needs 4 signatures, but would have 3 keys"),
                arguments("ThresholdTooHigh", change(removing("alice", "bob")), "needs 2 signatures, but would have 1"),
                arguments("ThresholdTooLow", change(with(removing(), 0)), "at least 1"),
                arguments("RoleWithoutKeys", change(removing("alice", "bob", "carol")), "root would have no key left"),
                arguments(
                        "RoleWithoutKeys",
                        changeOfOnlineKeys(Map.of(RoleName.TARGETS, List.of())),
                        "targets would have no key left"),
                arguments("NothingChanges", change(removing(), unchanged), "no later than version 1"),
                arguments("NothingChanges", change(with(removing(), 2), unchanged.minusSeconds(1)), "same keys"));
    }

    @Test
    void refuses_a_beginning_that_two_keyids_share() {
        var current = withKeyids(root(1, "alice", "bob"), Map.of("alice", "12345678aa", "bob", "12345678bb"));

        var result = RootProposal.propose(DIALECT, Optional.of(current), change(removing("12345678")));

        assertThat(result).isInstanceOfSatisfying(RootProposal.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo("AmbiguousKey");
            assertThat(refused.message()).contains("give more digits");
        });
        assertThat(next(Optional.of(current), change(removing("12345678a")))
                        .role(RoleName.ROOT)
                        .keyids())
                .containsExactly(new KeyId("12345678bb"));
    }

    @Test
    @DisplayName("invariant 8: no root is proposed whose keys only seem to be enough")
    void refuses_to_count_a_key_that_stands_under_two_keyids_twice() {
        var current = root(1, "alice");
        var key = current.keys().get(keyid("alice"));
        var twice = new HashMap<>(current.keys());
        twice.put(new KeyId("other"), key);
        var roles = new HashMap<>(current.roles());
        roles.put("root", new Role(List.of(keyid("alice"), new KeyId("other")), 1, Map.of()));
        var imported = new Root(1, current.expires(), true, twice, roles, current.unrecognized());

        var result = RootProposal.propose(DIALECT, Optional.of(imported), change(with(removing(), 2)));

        assertThat(result).isInstanceOfSatisfying(RootProposal.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo("ThresholdTooHigh"));
    }

    @Test
    void an_online_role_of_several_keys_that_are_exchanged_for_one_asks_for_one() {
        var current = root(1, "alice");
        var keys = new HashMap<>(current.keys());
        keys.put(keyid("timestamp-2"), DIALECT.key(publicKey("timestamp-2")));
        var roles = new HashMap<>(current.roles());
        roles.put("timestamp", new Role(List.of(keyid("timestamp-1"), keyid("timestamp-2")), 2, Map.of()));
        var imported = new Root(1, current.expires(), true, keys, roles, current.unrecognized());

        var proposed = proposed(
                Optional.of(imported),
                changeOfOnlineKeys(Map.of(RoleName.TIMESTAMP, List.of(publicKey("timestamp-3")))));

        assertThat(proposed.next().role(RoleName.TIMESTAMP).threshold()).isEqualTo(1);
        assertThat(proposed.diff()).contains("threshold timestamp 2 → 1");
    }

    @Test
    @DisplayName("invariant 12: no root is proposed that some client could not read")
    void refuses_what_a_client_could_not_read() {
        var current = root(1, "alice");
        var fields = new HashMap<String, JsonNode>(current.unrecognized());
        fields.put("x-note", TextNode.valueOf("x".repeat(70_000)));
        var large = new Root(1, current.expires(), true, current.keys(), current.roles(), fields);

        assertThat(RootProposal.propose(DIALECT, Optional.of(large), change(adding("bob"))))
                .isInstanceOfSatisfying(RootProposal.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo("ClientLimit");
                    assertThat(refused.message()).contains("65");
                });
    }

    @Test
    void a_fault_that_the_current_root_has_already_does_not_keep_it_from_being_changed() {
        var imported = withStrangeFields(root(1, "alice"), publicKey("mirror"));

        assertThat(RootProposal.propose(DIALECT, Optional.of(imported), change(adding("bob"))))
                .isInstanceOf(RootProposal.Proposed.class);
    }

    @Test
    void root_has_no_online_keys() {
        assertThatThrownBy(() -> changeOfOnlineKeys(Map.of(RoleName.ROOT, List.of(publicKey("bob")))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void extras_of_another_shape_than_ours_count_as_absent() {
        var current = root(1, "alice");
        var holders = JsonNodeFactory.instance
                .objectNode()
                .put("0000", "nobody")
                .put(keyid("alice").value(), 7)
                .put("no keyid", "nobody");
        var strange = new Root(
                1,
                current.expires(),
                true,
                current.keys(),
                current.roles(),
                Map.of(
                        "x-factory-trust-rotation", TextNode.valueOf("without-its-digest"),
                        "x-factory-trust-factory", JsonNodeFactory.instance.arrayNode(),
                        "x-factory-trust-holders", holders));

        assertThat(RootExtras.of(strange)).isEqualTo(new RootExtras(Optional.empty(), Optional.empty(), Map.of()));
    }

    private static Root withStrangeFields(Root root, PublicKey mirrorKey) {
        var keys = new HashMap<KeyId, Key>(root.keys());
        keys.put(keyid(mirrorKey), DIALECT.key(mirrorKey));
        var roles = new HashMap<>(root.roles());
        var rootRole = root.role(RoleName.ROOT);
        roles.put("root", new Role(rootRole.keyids(), 1, Map.of("x-role", TextNode.valueOf("kept"))));
        roles.put("mirrors", new Role(List.of(keyid(mirrorKey)), 1, Map.of()));
        var fields = new HashMap<>(root.unrecognized());
        fields.put("x-changelog", TextNode.valueOf("theirs"));
        return new Root(root.version(), root.expires(), false, keys, roles, fields);
    }

    /** As in roots of older generators, whose keyids are no digests of the key. */
    private static Root withKeyids(Root root, Map<String, String> keyids) {
        var keys = new HashMap<KeyId, Key>(root.keys());
        var ids = keyids.entrySet().stream()
                .map(entry -> {
                    var keyid = new KeyId(entry.getValue());
                    keys.put(keyid, keys.remove(keyid(entry.getKey())));
                    return keyid;
                })
                .toList();
        var roles = new HashMap<>(root.roles());
        roles.put("root", new Role(ids, 1, Map.of()));
        return new Root(root.version(), root.expires(), true, keys, roles, Map.of());
    }
}
