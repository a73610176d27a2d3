package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.RootExtras;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** A fleet whose imported root doesn't say that a person holds the key of targets: the declared custody does. */
class NamelessHoldersTest {

    private static final Person OWNER = new Person("owner", TestMetadata.key("targets"));
    private static final String KEYID = TestMetadata.keyid("targets").value();

    private final InMemoryStory story = InMemoryStory.unwatched();

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    void a_custody_that_is_declared_online_changes_nothing_before_root_agrees() {
        imported("Offline");
        story.addTarget("lmp-1", 1);
        story.settle();
        story.changeFactory("targets: {custody: Online}");
        story.settle();
        story.restart(Interruption.NONE);
        story.settle();
        assertThat(story.readiness()).startsWith("True Published");

        story.sign(payload(), OWNER);
        story.settle();
        assertThat(story.published().targets().metadata().targets()).containsKey("lmp-1");
    }

    @Test
    void targets_come_online_where_everybody_is_removed_by_keyid() {
        imported("Offline");
        story.changeFactory("targets: {custody: Online}");
        story.settle();
        story.declare("online", "targets: {removeKeys: [%s]}".formatted(KEYID.substring(0, 8)));
        story.settle();
        story.sign("online", OldServer.HOLDER);
        story.settle();
        story.sign(payload(), OWNER);
        story.settle();
        for (var step = 0; step < 3; step++) {
            story.pass(Duration.ofMinutes(61));
            story.settle();
        }
        assertThat(story.rotation("online").orElseThrow().getStatus().phase()).isEqualTo(Phase.COMPLETED);
        var root = story.published().root().metadata();
        assertThat(RootExtras.of(root).holders()).isEmpty();
        assertThat(root.role(RoleName.TARGETS).keyids()).hasSize(1).doesNotContain(TestMetadata.keyid("targets"));

        story.addTarget("lmp-1", 1);
        story.settle();
        assertThat(story.published().targets().metadata().targets()).containsKey("lmp-1");
        assertThat(story.readiness()).startsWith("True Published");
    }

    @Test
    void whoever_would_go_unmentioned_with_the_online_key_is_named() {
        imported("Offline");
        story.changeFactory("targets: {custody: Online}");
        story.settle();
        story.declare("exchange", "rotateOnlineKeys: [targets]");
        story.declare("all-but-one", "targets: {threshold: 1}");
        story.settle();
        assertThat(rejection("exchange")).startsWith("NoOnlineKey");
        assertThat(rejection("all-but-one"))
                .startsWith("NamelessHolder: root gives no name to the holder of key " + KEYID.substring(0, 8))
                .contains("remove it by its keyid in spec.targets");
    }

    /** Nobody ever said that people hold it. */
    @Test
    void a_key_that_was_always_the_clusters_is_missing() {
        imported("Online");
        assertThat(story.readiness()).contains("OnlineKeyMissing");
    }

    private void imported(String custody) {
        OldServer.handsOver(story, "snapshot", "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(1), "{custody: %s}".formatted(custody));
        story.settle();
    }

    private String rejection(String rotation) {
        return story.rotation(rotation).orElseThrow().getStatus().conditions().stream()
                .filter(condition -> condition.type().equals("Stalled"))
                .map(condition -> condition.reason() + ": " + condition.message())
                .collect(Collectors.joining());
    }

    /** The newest that is offered. */
    private String payload() {
        var version = story.look().state().stored().targetsPayloads().lastKey();
        return "acme-targets-" + version;
    }
}
