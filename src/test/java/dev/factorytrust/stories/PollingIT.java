package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.Poller;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** Fleets of every make that poll all the time, by the machine's clock, while people change what they trust. */
class PollingIT {

    private static final Duration OVERLAP = Duration.ofSeconds(4);

    private final Person alice = Person.withKey("alice", KeyType.ED25519);

    @Test
    @DisplayName(
            "invariants 1 and 5: all online keys are exchanged under devices that poll throughout, and none is refused")
    void all_online_keys_are_exchanged_under_devices_that_poll_throughout() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.changeFactory("{\"spec\": {\"rotationPolicy\": {\"onlineKeys\": {\"overlap\": \"4s\"}}}}");
            try (var poller = new Poller(story.operator().url(story.namespace(), "acme"), story.root(1))) {
                poller.awaitTurn();
                story.declare("all", "rotateOnlineKeys: [timestamp, snapshot, targets]");
                var begun = Instant.now();
                story.attach("all", alice);
                story.awaitPhase("all", Phase.OVERLAPPING, SOON);
                story.target("meanwhile");
                poller.awaitRoot(2);
                story.awaitPhase("all", Phase.COMPLETED, SOON);
                assertThat(Duration.between(begun, Instant.now()))
                        .as("two overlaps, as measured in whole seconds")
                        .isGreaterThan(OVERLAP.multipliedBy(2).minusSeconds(2));
                eventually(SOON, () -> assertThat(story.signersOf("targets"))
                        .containsExactlyElementsOf(story.keyids(2, RoleName.TARGETS)));
                poller.awaitTurn();
                poller.assertNoRefusal();
            }
        }
    }
}
