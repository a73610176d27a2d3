package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootProposal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** People change the root, each with a key that never comes near the cluster, and no device notices (invariant 1). */
class RootRotationIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ECDSA_P256);
    private final Person carol = Person.withKey("carol", KeyType.RSA_2048);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 1: alice hands over to bob, and no device refuses at any step")
    void alice_hands_over_to_bob_and_no_device_refuses_at_any_step() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            fleet.accepts(1);
            // Expiries are whole seconds: made within the same one, root 2 would expire with root 1.
            clock.advance(Duration.ofHours(1));
            story.declare("hand-over", "root: {addKeys: [%s], removeKeys: [alice]}".formatted(declared(bob)));
            var payload = story.awaitPayload("hand-over");
            var offered = story.status("hand-over");
            assertThat(offered.phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
            assertThat(offered.fromVersion()).isEqualTo(1);
            assertThat(offered.toVersion()).isEqualTo(2);
            assertThat(offered.diff())
                    .anyMatch(line ->
                            line.startsWith("+ bob ecdsa-p256 " + bob.keyid().substring(0, 8)))
                    .anyMatch(line ->
                            line.startsWith("- alice ed25519 " + alice.keyid().substring(0, 8)))
                    .anyMatch(line -> line.startsWith("expires "));
            assertThat(offered.signatures().current().missing()).containsExactly(new KeyRef(alice.keyid(), "alice"));
            assertThat(offered.signatures().next().missing()).containsExactly(new KeyRef(bob.keyid(), "bob"));
            assertThat(offered.signatures().added().missing()).containsExactly(new KeyRef(bob.keyid(), "bob"));
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.ROTATION_PENDING))
                    .isTrue());
            assertThat(story.holds(Conditions.READY)).isTrue();
            fleet.accepts(1);

            story.attach("hand-over", bob);
            eventually(AT_ONCE, () -> {
                var sides = story.status("hand-over").signatures();
                assertThat(sides.next().signed()).containsExactly(new KeyRef(bob.keyid(), "bob"));
                assertThat(sides.next().missing()).isEmpty();
                assertThat(sides.added().missing()).isEmpty();
                assertThat(sides.current().missing()).containsExactly(new KeyRef(alice.keyid(), "alice"));
            });
            fleet.accepts(1);
            assertThat(story.status("hand-over").phase()).isEqualTo(Phase.AWAITING_SIGNATURES);

            story.attach("hand-over", alice);
            var done = story.awaitPhase("hand-over", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(2, story.root(2));
            assertThat(done.signatures().current().missing()).isEmpty();
            assertThat(done.signatures().next().missing()).isEmpty();
            assertThat(root(story, 2).role(RoleName.ROOT).keyids())
                    .extracting(Object::toString)
                    .hasSize(1);
            assertThat(new StandardDialect().decode(Root.class, story.root(2)).canonical())
                    .as("what was signed is what is served")
                    .isEqualTo(payload);
            eventually(
                    AT_ONCE, () -> assertThat(story.status().pendingRotation()).isNull());
            assertThat(story.events())
                    .as("no root was stored that not all had signed")
                    .noneMatch(event -> event.getReason().equals("Removed"));
        }
    }

    private static Root root(RotationStory story, int version) {
        return new StandardDialect().decode(Root.class, story.root(version)).metadata();
    }

    @Test
    void two_of_three_holders_extend_the_expiry_with_keys_of_three_types_in_three_forms() {
        try (var story = RotationStory.withRootOf(2, alice, bob, carol)) {
            var fleet = story.fleet();
            story.declare("longer", "expiresAfter: 700d");
            var payload = story.awaitPayload("longer");
            assertThat(story.status("longer").diff()).singleElement().asString().startsWith("expires ");
            story.attach(
                    "longer",
                    "by-carol",
                    Map.of(
                            "signature", Bytes.utf8(carol.sign(payload).base64() + "\n"),
                            "keyid", Bytes.utf8(carol.keyid()),
                            "payloadSha256", Bytes.utf8(payload.sha256() + "\n")));
            fleet.accepts(1);
            story.attach(
                    "longer",
                    "by-bob",
                    Map.of("signature", Bytes.utf8(bob.sign(payload).hex())));
            var done = story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
            assertThat(done.signatures().current().signed())
                    .containsExactlyInAnyOrder(new KeyRef(bob.keyid(), "bob"), new KeyRef(carol.keyid(), "carol"));
            assertThat(root(story, 2).expires())
                    .isAfter(root(story, 1).expires().plusSeconds(86400L * 300));
            fleet.accepts(2, story.root(2));
        }
    }

    @Test
    void a_threshold_goes_up_and_down_again_and_one_secret_may_hold_signatures_of_all_and_of_every_key_type() {
        try (var story = RotationStory.withRootOf(1, alice, bob, carol)) {
            var fleet = story.fleet();
            story.declare("up", "root: {threshold: 3}");
            story.attach("up", "all", Map.of("signatures.json", list(story.awaitPayload("up"), alice, bob, carol)));
            var up = story.awaitPhase("up", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(2, story.root(2));
            assertThat(up.diff()).contains("threshold root 1 → 3");
            assertThat(up.signatures().next().signed())
                    .extracting(KeyRef::name)
                    .containsExactlyInAnyOrder("alice", "bob", "carol");

            story.declare("down", "root: {threshold: 1}");
            story.attach("down", "two", Map.of("signatures.json", list(story.awaitPayload("down"), bob, carol)));
            eventually(AT_ONCE, () -> {
                var sides = story.status("down").signatures();
                assertThat(sides.current().missing()).containsExactly(new KeyRef(alice.keyid(), "alice"));
                assertThat(sides.next().missing()).isEmpty();
            });
            fleet.accepts(2);
            story.attach("down", alice);
            story.awaitPhase("down", Phase.COMPLETED, AT_ONCE);
            fleet.accepts(3, story.root(3));
            eventually(AT_ONCE, () -> assertThat(story.status().roles().root().threshold())
                    .isEqualTo(1));
        }
    }

    @Test
    @DisplayName("invariants 4 and 13: every root stays, the oldest too, whoever deletes it")
    void every_root_that_is_deleted_comes_back_byte_for_byte() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            var fleet = story.fleet();
            story.declare("longer", "expiresAfter: 700d");
            story.attach("longer", alice);
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
            var roots = List.of(story.root(1), story.root(2));
            story.configMap("acme-root-1").delete();
            story.configMap("acme-root-2").delete();
            eventually(SOON, () -> assertThat(List.of(story.root(1), story.root(2)))
                    .isEqualTo(roots));
            story.awaitReady();
            fleet.accepts(2, roots.getFirst());
        }
    }

    @Test
    @DisplayName("invariant 1: a root that its holders have signed and that would strand devices is not flipped to")
    void a_root_that_would_strand_devices_is_not_flipped_to() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            var fleet = story.fleet();
            // Made elsewhere and signed properly, with a key for timestamp that nobody here signs with.
            var elsewhere = Person.withKey("elsewhere", KeyType.ED25519).key().publicKey();
            plantRoot2(
                    story,
                    new RootChange(
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(RoleName.TIMESTAMP, List.of(elsewhere)),
                            clock.instant().plus(Duration.ofDays(700)),
                            Optional.empty(),
                            story.namespace() + "/acme"));
            eventually(SOON, () -> assertThat(story.status().conditions())
                    .as("it says what is wrong")
                    .anyMatch(condition ->
                            Set.of(Conditions.DEGRADED, Conditions.STALLED).contains(condition.type())
                                    && condition.message().contains("timestamp")));
            assertThat(story.configMap("acme-timestamp").get().getMetadata().getAnnotations())
                    .containsEntry("factory-trust.dev/root-version", "1");
            fleet.accepts(1, story.root(1));
        }
    }

    private void plantRoot2(RotationStory story, RootChange change) {
        var dialect = new StandardDialect();
        var proposed = (RootProposal.Proposed) RootProposal.propose(dialect, Optional.of(root(story, 1)), change);
        var canonical = dialect.canonical(proposed.next());
        var signature = new Signature(new KeyId(alice.keyid()), alice.sign(canonical), Map.of());
        var file = dialect.assemble(Root.class, canonical, List.of(signature)).file();
        var factory = new FactoryRef(story.namespace(), "acme");
        story.client()
                .resource(MetadataStore.versioned(factory, dialect, RoleName.ROOT, 2, file))
                .create();
    }

    private static Bytes list(Bytes payload, Person... people) {
        return Bytes.utf8(List.of(people).stream()
                .map(person -> "{\"keyid\": \"%s\", \"sig\": \"%s\"}"
                        .formatted(person.keyid(), person.sign(payload).hex()))
                .toList()
                .toString());
    }
}
