package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** More Targets than devices can read in one file. */
class TargetsHeldTest {

    private static final String NOTES = "x".repeat(900_000);

    @Test
    @DisplayName("invariant 12: one Target too many is named, and keeps no other from its devices")
    void one_target_too_many_is_named_and_keeps_no_other_from_its_devices() {
        try (var story = InMemoryStory.unwatched()) {
            story.declareFactory("generate: {}");
            for (var i = 1; i <= 6; i++) {
                declare(story, "lmp-" + i, NOTES);
                story.pass(Duration.ofSeconds(1));
            }
            story.settle();
            assertThat(story.published().targets().metadata().targets())
                    .containsOnlyKeys("lmp-1", "lmp-2", "lmp-3", "lmp-4", "lmp-5");
            assertThat(held(story))
                    .startsWith("True TooLarge: Target lmp-6: Targets metadata would have 54")
                    .contains("devices read 5000000", "delete Targets");

            declare(story, "lmp-7", "small");
            story.settle();
            assertThat(story.published().targets().metadata().targets())
                    .as("what comes later and fits is published")
                    .containsOnlyKeys("lmp-1", "lmp-2", "lmp-3", "lmp-4", "lmp-5", "lmp-7");

            story.remove(Target.class, "lmp-1");
            story.settle();
            assertThat(story.published().targets().metadata().targets()).containsKey("lmp-6");
            assertThat(held(story)).isEmpty();
        }
    }

    private static void declare(InMemoryStory story, String name, String notes) {
        story.cluster().create(Serialization.unmarshal("""
                {"apiVersion": "factory-trust.dev/v1alpha1", "kind": "Target",
                 "metadata": {"name": "%s", "namespace": "fleet"},
                 "spec": {"factory": "acme", "length": 7, "hashes": {"sha256": "%s"}, "custom": {"notes": "%s"}}}
                """.formatted(name, "0".repeat(64), notes), Target.class));
    }

    private static String held(InMemoryStory story) {
        return story.cluster().find(Factory.class, "acme").orElseThrow().getStatus().conditions().stream()
                .filter(condition -> condition.type().equals("TargetsHeld"))
                .map(condition -> condition.status() + ' ' + condition.reason() + ": " + condition.message())
                .collect(Collectors.joining());
    }
}
