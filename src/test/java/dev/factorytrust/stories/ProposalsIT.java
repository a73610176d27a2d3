package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** What falls due by policy is put to root's holders in one RootRotation of the operator's own. */
class ProposalsIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 11: root's renewal and keys that are due within two months cost one root version")
    void a_root_near_its_expiry_and_old_keys_are_put_to_its_holders_once() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            var fleet = story.fleet();
            story.poke();
            assertThat(story.rotations()).extracting(ProposalsIT::name).containsExactly("acme-root-1");

            // root is due 61 days before it expires after 365, the keys after 365 days: within the 60 that join
            clock.advance(Duration.ofDays(306));
            story.poke();
            var proposal = story.rotation(story.awaitProposal(2)).get();
            assertThat(proposal.getSpec().fromVersion()).isEqualTo(1);
            assertThat(proposal.getSpec().rotateOnlineKeys()).hasSize(3);
            assertThat(proposal.getSpec().message())
                    .contains("root version 1 expires")
                    .contains("targets, snapshot, timestamp reach rotationPolicy.onlineKeys.maxAge");
            story.attach(name(proposal), alice);
            for (var step = 0; step < 2; step++) {
                eventually(SOON, () -> assertThat(story.status(name(proposal)).phase())
                        .isEqualTo(Phase.OVERLAPPING));
                clock.advance(Duration.ofMinutes(61));
                story.poke();
                fleet.accepts(2);
            }
            story.awaitPhase(name(proposal), Phase.COMPLETED, SOON);
            story.poke();
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.ROTATION_PENDING))
                    .isFalse());
            assertThat(story.rotations()).hasSize(2);
        }
    }

    @Test
    void a_key_type_that_the_spec_changes_needs_roots_word_and_is_proposed() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.changeFactory("{\"spec\": {\"timestamp\": {\"keyType\": \"ecdsa-p256\"}}}");
            var proposal = story.rotation(story.awaitProposal(2)).get();
            assertThat(proposal.getSpec().message())
                    .isEqualTo("Proposed by the operator: the spec asks for keys of another type for timestamp");
            assertThat(story.events()).anyMatch(event -> event.getReason().equals("RotationProposed"));
            story.attach(name(proposal), alice);
            story.awaitPhase(name(proposal), Phase.OVERLAPPING, AT_ONCE);
            assertThat(story.keyids(2, RoleName.SNAPSHOT)).isEqualTo(story.keyids(1, RoleName.SNAPSHOT));
            assertThat(story.keyids(2, RoleName.TIMESTAMP)).isNotEqualTo(story.keyids(1, RoleName.TIMESTAMP));
        }
    }

    @Test
    void what_a_user_declares_supersedes_a_proposal_that_nobody_has_signed() {
        try (var story = RotationStory.withRootOf(clock, 1, alice)) {
            story.changeFactory("{\"spec\": {\"timestamp\": {\"keyType\": \"ecdsa-p256\"}}}");
            var proposal = story.awaitProposal(2);
            story.awaitPayload(proposal);
            story.declare("own", "root: {addKeys: [%s]}".formatted(declared(bob)));
            story.awaitPhase(proposal, Phase.SUPERSEDED, SOON);
            assertThat(story.whyNotComplete(proposal)).startsWith("OwnRotation");
            story.attach("own", alice);
            story.attach("own", bob);
            story.awaitPhase("own", Phase.COMPLETED, AT_ONCE);

            assertThat(story.awaitProposal(3)).isNotEqualTo(proposal);
            eventually(SOON, () -> assertThat(
                            story.configMap(proposal + "-payload").get())
                    .as("what nobody will sign is gone")
                    .isNull());
        }
    }

    @Test
    void a_proposal_that_somebody_has_signed_keeps_its_turn() {
        try (var story = RotationStory.withRootOf(clock, 2, alice, bob)) {
            story.changeFactory("{\"spec\": {\"timestamp\": {\"keyType\": \"ecdsa-p256\"}}}");
            var proposal = story.awaitProposal(2);
            story.attach(proposal, alice);
            eventually(AT_ONCE, () -> assertThat(
                            story.status(proposal).signatures().current().signed())
                    .hasSize(1));
            story.declare("own", "expiresAfter: 700d");
            eventually(SOON, () -> assertThat(story.status("own").phase()).isEqualTo(Phase.QUEUED));
            assertThat(story.status(proposal).phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
            story.attach(proposal, bob);
            story.awaitPhase(proposal, Phase.OVERLAPPING, AT_ONCE);
            assertThat(story.status("own").phase()).isEqualTo(Phase.QUEUED);
        }
    }

    private static String name(RootRotation rotation) {
        return rotation.getMetadata().getName();
    }
}
