package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Names say what an object is to devices, and its labels don't: what is in use stays, whatever somebody labels it. */
class TidyingTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void published() {
        story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(People.declared(Flow.ALICE)));
        story.settle();
        story.sign("acme-root-1", Flow.ALICE);
        story.settle();
    }

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    void the_parts_of_what_is_published_stay_though_their_head_has_lost_its_label() {
        for (var target = 10; target < 50; target++) {
            story.addTarget("lmp-" + target, target);
        }
        story.settle();
        var head = Names.metadata("acme", RoleName.TARGETS, targets());
        var before = names();
        assertThat(before).contains(Names.part(head, 1));

        unlabelled(head, Names.VERSION);
        story.settle();
        story.restart(Interruption.NONE);
        story.settle();

        assertThat(names()).isEqualTo(before);
        assertThat(story.readiness()).startsWith("True Published");
    }

    @Test
    void what_devices_may_be_on_their_way_to_stays_though_a_newer_version_has_lost_its_label() {
        story.addTarget("lmp-1", 1);
        story.settle();
        story.addTarget("lmp-2", 2);
        story.settle();
        var before = names();
        assertThat(before).contains("acme-targets-1", "acme-targets-2", "acme-targets-3");

        unlabelled("acme-targets-2", Names.VERSION);
        story.settle();
        assertThat(names()).isEqualTo(before);
        unlabelled("acme-targets-3", Names.ROLE);
        story.settle();
        assertThat(names()).isEqualTo(before);
    }

    private long targets() {
        return story.published().targets().metadata().version();
    }

    private void unlabelled(String name, String label) {
        story.cluster().edit(ConfigMap.class, name, object -> {
            var labels = new HashMap<>(object.getMetadata().getLabels());
            assertThat(labels.remove(label)).isNotNull();
            object.getMetadata().setLabels(labels);
        });
    }

    private List<String> names() {
        return story.cluster()
                .all(ConfigMap.class)
                .map(object -> object.getMetadata().getName())
                .sorted()
                .toList();
    }
}
