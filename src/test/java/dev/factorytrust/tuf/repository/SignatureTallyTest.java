package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import dev.factorytrust.tuf.repository.SignatureTally.Person;
import dev.factorytrust.tuf.repository.SignatureTally.Rejection;
import dev.factorytrust.tuf.verify.Verifier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

import static dev.factorytrust.tuf.repository.Samples.DIALECT;
import static dev.factorytrust.tuf.repository.Samples.adding;
import static dev.factorytrust.tuf.repository.Samples.change;
import static dev.factorytrust.tuf.repository.Samples.changeOfTargets;
import static dev.factorytrust.tuf.repository.Samples.holder;
import static dev.factorytrust.tuf.repository.Samples.key;
import static dev.factorytrust.tuf.repository.Samples.keyid;
import static dev.factorytrust.tuf.repository.Samples.proposed;
import static dev.factorytrust.tuf.repository.Samples.root;
import static dev.factorytrust.tuf.repository.Samples.with;
import static org.assertj.core.api.Assertions.assertThat;

class SignatureTallyTest {

    private static final RoleEdit ALICE_TO_BOB =
            new RoleEdit(List.of(holder("bob")), List.of("alice"), OptionalInt.empty());

    private final Root current = root(1, "alice");
    private final RootProposal.Proposed handOver = proposed(Optional.of(current), change(ALICE_TO_BOB));
    private final Bytes payload = DIALECT.canonical(handOver.next());

    @Test
    void nobody_has_signed_yet() {
        var tally = tally();

        assertThat(tally.fullySigned()).isFalse();
        assertThat(tally.currentSideMet()).isFalse();
        assertThat(tally.current().orElseThrow().missing()).containsExactly(person("alice"));
        assertThat(tally.next().missing()).containsExactly(person("bob"));
        assertThat(tally.next().threshold()).isEqualTo(1);
        assertThat(tally.addedMissing()).containsExactly(person("bob"));
        assertThat(tally.accepted()).isEmpty();
    }

    @Test
    void who_leaves_and_who_comes_sign_for_their_sides() {
        var tally = tally(by("alice"), by("bob"));

        assertThat(tally.fullySigned()).isTrue();
        assertThat(tally.current().orElseThrow().signed()).containsExactly(person("alice"));
        assertThat(tally.current().orElseThrow().missing()).isEmpty();
        assertThat(tally.next().signed()).containsExactly(person("bob"));
        assertThat(tally.addedMissing()).isEmpty();
        assertThat(tally.rejected()).isEmpty();
        assertThat(Verifier.verifyRoot(Optional.of(current), DIALECT.assemble(Root.class, payload, tally.accepted()))
                        .verified())
                .isTrue();
    }

    @Test
    void the_current_side_alone_is_not_full() {
        var tally = tally(by("alice"));

        assertThat(tally.currentSideMet()).isTrue();
        assertThat(tally.fullySigned()).isFalse();
    }

    @Test
    void version_1_has_no_current_side() {
        var first = root(2, "alice", "bob");
        var payload = DIALECT.canonical(first);

        var half = SignatureTally.of(
                DIALECT, payload, Optional.empty(), first, first.keys().keySet(), List.of(by("alice", payload)));

        assertThat(half.current()).isEmpty();
        assertThat(half.currentSideMet()).isTrue();
        assertThat(half.next().met()).isFalse();
        assertThat(half.fullySigned()).isFalse();
    }

    @Test
    void an_added_key_must_sign_even_where_the_threshold_is_met_without_it() {
        var proposed = proposed(Optional.of(current), change(adding("bob", "carol")));
        var payload = DIALECT.canonical(proposed.next());

        var tally = tally(proposed, by("alice", payload), by("bob", payload));

        assertThat(tally.next().met()).isTrue();
        assertThat(tally.next().missing()).isEmpty();
        assertThat(tally.addedMissing()).containsExactly(person("carol"));
        assertThat(tally.fullySigned()).isFalse();
        assertThat(tally(proposed, by("alice", payload), by("bob", payload), by("carol", payload))
                        .fullySigned())
                .isTrue();
    }

    @Test
    void a_new_holder_of_targets_proves_himself_on_the_root() {
        var proposed = proposed(Optional.of(current), changeOfTargets(adding("tina")));
        var payload = DIALECT.canonical(proposed.next());

        assertThat(tally(proposed, by("alice", payload)).addedMissing()).containsExactly(person("tina"));
        assertThat(tally(proposed, by("alice", payload), by("tina", payload)).fullySigned())
                .isTrue();
    }

    @Test
    void an_offer_that_names_its_key_is_tried_with_that_key_only() {
        var tally = tally(offer("secret", Optional.of(keyid("bob")), sign("alice", payload)));

        assertThat(tally.accepted()).isEmpty();
        assertThat(tally.rejected()).singleElement().satisfies(rejection -> assertThat(rejection.reason())
                .startsWith("not by bob (" + keyid("bob").value().substring(0, 8)));
    }

    @Test
    void an_unknown_keyid_is_rejected_with_those_that_are_expected() {
        var tally = tally(offer("secret", Optional.of(keyid("mallory")), sign("mallory", payload)));

        assertThat(tally.rejected()).singleElement().satisfies(rejection -> assertThat(rejection.reason())
                .startsWith("unknown keyid " + keyid("mallory"))
                .contains("alice (", "bob ("));
    }

    @Test
    void a_signature_of_another_payload_is_named_as_such() {
        var other = Bytes.utf8("another payload");
        var said = new Offer("secret", Optional.empty(), sign("alice", other), Optional.of(other.sha256()));

        assertThat(tally(said).rejected())
                .containsExactly(new Rejection(
                        "secret",
                        "signs another payload: its sha256 is %s, this one's is %s"
                                .formatted(other.sha256(), payload.sha256())));
    }

    @Test
    void the_right_payload_sha256_is_no_obstacle() {
        var said = new Offer("secret", Optional.empty(), sign("alice", payload), Optional.of(payload.sha256()));

        assertThat(tally(said).currentSideMet()).isTrue();
    }

    @Test
    void a_bad_offer_never_masks_a_good_one_whatever_their_order() {
        var bad = offer("a-bad", Optional.of(keyid("alice")), sign("alice", Bytes.utf8("something else")));
        var good = offer("z-good", Optional.of(keyid("alice")), sign("alice", payload));

        for (var offers : List.of(List.of(bad, good), List.of(good, bad))) {
            var tally = tally(handOver, offers.toArray(Offer[]::new));
            assertThat(tally.currentSideMet()).isTrue();
            assertThat(tally.rejected()).extracting(Rejection::source).containsExactly("a-bad");
        }
    }

    @Test
    void a_signature_by_no_key_that_may_sign_says_why_for_each() {
        assertThat(tally(by("mallory")).rejected())
                .singleElement()
                .satisfies(rejection -> assertThat(rejection.reason()).contains("not by alice (", "not by bob ("));
    }

    @Test
    void of_two_signatures_by_one_key_one_is_kept_and_always_the_same() {
        var rsa = key("rita", KeyType.RSA_2048);
        var first = rootOf(rsa.publicKey());
        var payload = DIALECT.canonical(first);
        var one = offer("one", Optional.empty(), rsa.sign(payload));
        var two = offer("two", Optional.empty(), rsa.sign(payload));

        var tally = SignatureTally.of(DIALECT, payload, Optional.empty(), first, Set.of(), List.of(two, one));

        assertThat(one.value()).isNotEqualTo(two.value());
        assertThat(tally.accepted()).extracting(Signature::value).containsExactly(one.value());
        assertThat(tally.rejected()).isEmpty();
    }

    @Test
    @DisplayName("invariant 8: signatures are tallied by key material, not by keyid")
    void a_key_under_two_keyids_counts_once_for_a_threshold() {
        var first = root(1, "alice");
        var keys = new HashMap<KeyId, Key>(first.keys());
        keys.put(new KeyId("other"), keys.get(keyid("alice")));
        var roles = new HashMap<>(first.roles());
        roles.put("root", new Role(List.of(keyid("alice"), new KeyId("other")), 2, Map.of()));
        var next = new Root(1, first.expires(), true, keys, roles, first.unrecognized());
        var payload = DIALECT.canonical(next);

        var tally =
                SignatureTally.of(DIALECT, payload, Optional.empty(), next, Set.of(), List.of(by("alice", payload)));

        assertThat(tally.accepted()).hasSize(2);
        assertThat(tally.fullySigned()).isFalse();
    }

    @Test
    void a_holder_signs_once_for_both_keyids_that_his_key_has_in_the_two_roots() {
        var keys = new HashMap<KeyId, Key>(current.keys());
        keys.put(new KeyId("older-keyid"), keys.remove(keyid("alice")));
        var roles = new HashMap<>(current.roles());
        roles.put("root", new Role(List.of(new KeyId("older-keyid")), 1, Map.of()));
        var before = new Root(1, current.expires(), true, keys, roles, Map.of());
        var next = new Root(2, current.expires(), true, current.keys(), current.roles(), current.unrecognized());
        var payload = DIALECT.canonical(next);

        var tally =
                SignatureTally.of(DIALECT, payload, Optional.of(before), next, Set.of(), List.of(by("alice", payload)));

        assertThat(tally.fullySigned()).isTrue();
    }

    @Test
    void a_key_of_an_unknown_type_is_said_to_be_so() {
        var first = root(1, "alice");
        var keys = new HashMap<KeyId, Key>(first.keys());
        var json = keys.get(keyid("alice")).json().put("keytype", "falcon");
        keys.put(new KeyId("falcon-key"), new Key(json, Optional.empty()));
        var roles = new HashMap<>(first.roles());
        roles.put("root", new Role(List.of(new KeyId("falcon-key")), 1, Map.of()));
        var next = new Root(1, first.expires(), true, keys, roles, Map.of());
        var payload = DIALECT.canonical(next);

        var tally =
                SignatureTally.of(DIALECT, payload, Optional.empty(), next, Set.of(), List.of(by("alice", payload)));

        assertThat(tally.rejected())
                .extracting(Rejection::reason)
                .singleElement()
                .satisfies(reason -> assertThat(reason).contains("a key of type falcon can't be verified"));
    }

    @Property(tries = 60)
    void full_is_what_devices_verify_plus_every_added_key(@ForAll Random random) {
        var people = List.of("alice", "bob", "carol", "dave", "mallory");
        var before = root(2, "alice", "bob", "carol");
        var edit = new RoleEdit(List.of(holder("dave")), List.of("alice"), OptionalInt.of(1 + random.nextInt(3)));
        var proposed = proposed(Optional.of(before), change(edit));
        var payload = DIALECT.canonical(proposed.next());
        var offers = new ArrayList<Offer>();
        for (var person : people) {
            if (random.nextBoolean()) {
                offers.add(by(person, payload));
            }
            if (random.nextInt(4) == 0) {
                offers.add(by(person, Bytes.utf8("noise")));
            }
        }
        Collections.shuffle(offers, random);

        var tally = SignatureTally.of(DIALECT, payload, Optional.of(before), proposed.next(), proposed.added(), offers);

        var file = DIALECT.assemble(Root.class, payload, tally.accepted());
        var devicesTakeIt = Verifier.verifyRoot(Optional.of(before), file).verified();
        var daveSigned = offers.contains(by("dave", payload));
        assertThat(tally.fullySigned()).isEqualTo(devicesTakeIt && daveSigned);
        assertThat(tally.accepted()).isSortedAccordingTo(Comparator.comparing(Signature::keyid));
        assertThat(tally.accepted()).extracting(Signature::keyid).doesNotContain(keyid("mallory"));
        assertThat(tally.rejected()).hasSize((int) offers.stream()
                .filter(offer -> !offer.source().endsWith(payload.sha256())
                        || offer.source().startsWith("mallory"))
                .count());
    }

    private SignatureTally tally(Offer... offers) {
        return tally(handOver, offers);
    }

    private SignatureTally tally(RootProposal.Proposed proposed, Offer... offers) {
        return SignatureTally.of(
                DIALECT,
                DIALECT.canonical(proposed.next()),
                Optional.of(current),
                proposed.next(),
                proposed.added(),
                List.of(offers));
    }

    private Offer by(String name) {
        return by(name, payload);
    }

    private static Offer by(String name, Bytes payload) {
        return offer(name + '-' + payload.sha256(), Optional.empty(), sign(name, payload));
    }

    private static Offer offer(String source, Optional<KeyId> keyid, Bytes value) {
        return new Offer(source, keyid, value, Optional.empty());
    }

    private static Bytes sign(String name, Bytes payload) {
        return key(name).sign(payload);
    }

    private static Person person(String name) {
        return new Person(keyid(name), Optional.of(name));
    }

    private static Root rootOf(PublicKey key) {
        var edit = new RoleEdit(List.of(new Holder("rita", key)), List.of(), OptionalInt.empty());
        var change = change(with(edit, 1));
        return Samples.next(
                Optional.empty(),
                new RootChange(
                        change.root(),
                        Optional.empty(),
                        Samples.onlineKeys(),
                        change.expires(),
                        Optional.empty(),
                        change.factory()));
    }
}
