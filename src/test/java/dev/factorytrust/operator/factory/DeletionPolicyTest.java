package dev.factorytrust.operator.factory;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code deletionPolicy} does to a Factory, and what stays, or holds it back. */
class DeletionPolicyTest extends DeletionStory {

    @Test
    void the_finalizer_is_there_before_anything_is_written_that_it_answers_for() {
        story.declareFactory("generate: {}");
        story.changeFactory("deletionPolicy: Delete");
        assertThat(story.look().decision()).isInstanceOf(Decision.AddFinalizer.class);
        story.settle();
        assertThat(finalizers()).containsExactly(OURS);
    }

    @Test
    void the_finalizer_comes_and_goes_with_the_policy_and_others_stay() {
        ownedByAlice("Retain");
        finalizers("example.com/audit");
        story.changeFactory("deletionPolicy: Delete");
        story.settle();
        assertThat(finalizers()).containsExactly("example.com/audit", OURS);

        story.changeFactory("deletionPolicy: Retain");
        story.settle();
        assertThat(finalizers()).containsExactly("example.com/audit");

        story.changeFactory("deletionPolicy: Delete");
        story.settle();
        story.changeFactory("deletionPolicy: null");
        story.settle();
        assertThat(finalizers()).containsExactly("example.com/audit");
    }

    /** Who may not patch finalizers, or is refused by a webhook, goes on signing. */
    @Test
    void what_falls_due_comes_before_the_finalizer() {
        ownedByAlice("Delete");
        finalizers("example.com/audit");
        story.pass(Duration.ofHours(23));
        assertThat(story.look().decision()).isInstanceOf(Decision.Publish.class);
        story.changeFactory("paused: true");
        assertThat(story.look().decision()).isInstanceOf(Decision.AddFinalizer.class);
    }

    @Test
    void under_retain_nothing_is_removed_and_the_factory_goes_at_once() {
        ownedByAlice("Retain");
        var before = objects();
        delete();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_pause_is_no_reason_to_stay() {
        ownedByAlice("Delete");
        story.changeFactory("paused: true");
        delete();
        story.settle();
        assertThat(story.isDeclared()).isFalse();
    }

    @Test
    void while_somebody_elses_finalizer_holds_it_nothing_begins_anew() {
        ownedByAlice("Delete");
        finalizers(OURS, "example.com/audit");
        delete();
        story.settle();
        assertThat(finalizers()).containsExactly("example.com/audit");
        assertThat(conditions()).contains("Ready=False Deleting", "Reconciling=True Deleting");
        assertThat(objects()).noneMatch(name -> name.startsWith("ConfigMap"));
    }

    @Test
    void who_thinks_better_of_it_keeps_what_is_left_and_nothing_begins_anew_from_there() {
        ownedByAlice("Delete");
        delete();
        story.operator().step();
        story.operator().step();
        story.changeFactory("deletionPolicy: Retain");
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects())
                .contains("ConfigMap acme-root-1", "ConfigMap acme-targets-2")
                .doesNotContain("ConfigMap acme-timestamp");

        story.restart(Interruption.NONE);
        story.declareFactory(Flow.OWNED_BY_ALICE);
        story.settle();
        assertThat(story.readiness()).startsWith("False TimestampMissing");
    }

    private void generated() {
        story.declareFactory("generate: {}");
        story.changeFactory("deletionPolicy: Delete");
        story.settle();
        delete();
        story.settle();
        assertThat(story.isDeclared()).isTrue();
    }

    @Test
    void root_keys_that_nobody_has_shown_to_hold_keep_everything_where_it_is() {
        generated();
        assertThat(conditions())
                .contains("Ready=True Published", "DeletionBlocked=True RootKeysNotRetrieved")
                .doesNotContain("Reconciling=True Deleting");
        story.pass(Duration.ofHours(23));
        story.settle();
        assertThat(story.newestTimestamp()).as("devices go on").isEqualTo(2);

        story.handInArchiveDigest();
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects()).isEmpty();
    }

    /** Devices trust a root that can be put back, or is with a backup: the only copy of its keys isn't lost with it. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void root_keys_stay_though_the_root_is_lost(boolean restarted) {
        generated();
        story.cluster().all(ConfigMap.class).toList().forEach(object -> story.cluster()
                .delete(ConfigMap.class, object.getMetadata().getName()));
        if (restarted) {
            story.restart(Interruption.NONE);
        }
        story.settle();
        assertThat(story.isDeclared()).isTrue();
        assertThat(story.cluster().find(Secret.class, "acme-root-keys")).isPresent();
    }

    @Test
    void who_sets_retain_while_root_keys_hold_it_lets_the_factory_go_and_keeps_all() {
        generated();
        var before = objects();
        story.changeFactory("deletionPolicy: Retain");
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void root_keys_that_somebody_deletes_keep_nothing() {
        generated();
        story.remove(Secret.class, "acme-root-keys");
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects()).isEmpty();
    }

    @Test
    void root_keys_that_no_root_names_yet_go_with_the_rest() {
        story.declareFactory("generate: {}");
        story.changeFactory("deletionPolicy: Delete");
        while (story.cluster().find(Secret.class, "acme-root-keys").isEmpty()) {
            story.operator().step();
        }
        delete();
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects()).isEmpty();
    }
}
