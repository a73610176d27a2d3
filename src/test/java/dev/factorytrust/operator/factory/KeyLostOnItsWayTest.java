package dev.factorytrust.operator.factory;

import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

@DisplayName("invariant 5: online keys overlap")
class KeyLostOnItsWayTest {

    private static final Duration OVERLAP = Duration.ofMinutes(61);

    /** Devices come from root 1 to root 3 at one moment; caches give them what is of root 1 for half an hour more. */
    @ParameterizedTest
    @MethodSource(InDialect.ALL)
    void a_key_that_is_lost_before_devices_see_its_root_is_passed_over(Dialect dialect) {
        try (var story = InMemoryStory.begin(dialect)) {
            Flow.ownedByAlice(story);
            rotate(story, "hasty", "rotateOnlineKeys: [timestamp, snapshot]");
            story.rootsMayComeTogether();
            story.loseKeyOf("hasty", "timestamp");
            rotate(story, "cure", "rotateOnlineKeys: [timestamp]");
            assertThat(story.newestRoot()).isEqualTo(1);

            pass(story, OVERLAP);
            assertThat(story.newestRoot()).isEqualTo(3);
            story.addTarget("meanwhile", 1);
            story.settle();
            assertThat(story.published().targets().metadata().targets()).containsKey("meanwhile");

            pass(story, OVERLAP);
            for (var role : RoleName.values()) {
                assertThat(story.published().role(role).signatures())
                        .as("signatures of %s", role)
                        .hasSize(1);
            }
            story.endsWell();
        }
    }

    private static void rotate(InMemoryStory story, String rotation, String change) {
        story.settle();
        story.declare(rotation, change);
        story.settle();
        story.sign(rotation, Flow.ALICE);
        story.settle();
    }

    private static void pass(InMemoryStory story, Duration time) {
        story.pass(time);
        story.settle();
    }
}
