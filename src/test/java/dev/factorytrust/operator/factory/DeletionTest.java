package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.operator.store.Reading;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static dev.factorytrust.operator.factory.Flow.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What goes with a Factory, in which order, and whoever deletes it. */
class DeletionTest extends DeletionStory {

    @Test
    void all_goes_that_the_operator_wrote_and_nothing_of_what_people_did() {
        ownedByAlice("Delete");
        story.cluster().create(labelled("acme-import-1", "acme"));
        story.cluster().create(labelled("acme-targets-7", "beta"));
        delete();
        story.settle();
        assertThat(story.isDeclared()).isFalse();
        assertThat(objects())
                .containsExactly(
                        "ConfigMap acme-import-1",
                        "ConfigMap acme-targets-7",
                        "RootRotation hand-over",
                        "Secret acme-root-1-by-alice",
                        "Target lmp-1");
    }

    @ParameterizedTest
    @CsvSource({
        "acme-timestamp, acme, true",
        "acme-root-12, acme, true",
        "acme-targets-3-part-2, acme, true",
        "acme-targets-4-payload, acme, true",
        "acme-timestamp, , false",
        "acme-timestamp, beta, false",
        "acme-notes, acme, false",
        "acme-root-x, acme, false",
        "beta-timestamp, acme, false",
        "hand-over-payload, acme, false",
    })
    void label_and_name_together_tell_whose_a_config_map_is(String name, String factory, boolean owned) {
        assertThat(Deletion.isOwned(People.ACME, labelled(name, factory))).isEqualTo(owned);
    }

    @ParameterizedTest
    @CsvSource({
        "acme-timestamp-01234567, factory-trust.dev/online-key, true",
        "found-again, factory-trust.dev/online-key, true",
        "acme-root-keys, factory-trust.dev/root-keys, true",
        "acme-root-keys, Opaque, false",
        "my-root-keys, factory-trust.dev/root-keys, false",
        "acme-timestamp-01234567, Opaque, false",
        "signed-by-alice, factory-trust.dev/signature, false",
    })
    void type_and_label_together_tell_whose_a_secret_is(String name, String type, boolean owned) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(InMemoryCluster.NAMESPACE)
                .withName(name)
                .addToLabels(Names.FACTORY, "acme")
                .endMetadata()
                .withType(type)
                .build();
        assertThat(Deletion.isOwned(People.ACME, secret)).isEqualTo(owned);
    }

    @Test
    void the_commit_point_goes_first_then_keys_and_the_roots_last_from_the_newest_on() {
        ownedByAlice("Delete");
        story.sign("hand-over", ALICE);
        story.settle();
        story.pass(Duration.ofMinutes(61));
        story.settle();
        var writes = new ArrayList<String>();
        delete();
        story.restart(Interruption.noting(writes));
        story.settle();
        assertThat(writes.stream()
                        .map(write -> write.replaceAll("(Secret acme-[a-z]+)-[0-9a-f]{8}", "$1"))
                        .toList())
                .containsExactly(
                        "delete ConfigMap acme-timestamp",
                        "delete Secret acme-snapshot",
                        "delete Secret acme-targets",
                        "delete Secret acme-targets",
                        "delete Secret acme-timestamp",
                        "delete ConfigMap acme-root-1-payload",
                        "delete ConfigMap hand-over-payload",
                        "delete ConfigMap acme-snapshot-3",
                        "delete ConfigMap acme-targets-3",
                        "delete ConfigMap acme-snapshot-2",
                        "delete ConfigMap acme-targets-2",
                        "delete ConfigMap acme-snapshot-1",
                        "delete ConfigMap acme-targets-1",
                        "delete RootRotation acme-root-1",
                        "delete ConfigMap acme-root-2",
                        "delete ConfigMap acme-root-1",
                        "finalizers of Factory acme");
    }

    /** As a replica judges that starts just then: it serves all, or nothing. */
    @ParameterizedTest
    @EnumSource(Moment.class)
    void wherever_it_is_cut_off_nothing_half_is_published_and_another_goes_on(Moment moment) {
        ownedByAlice("Delete");
        delete();
        var writes = new ArrayList<String>();
        try (var undisturbed = story.fork()) {
            undisturbed.restart(Interruption.noting(writes));
            undisturbed.settle();
        }
        for (var write = 1; write <= writes.size(); write++) {
            try (var cutOff = story.fork()) {
                var number = write;
                cutOff.restart(Interruption.atWrite(write, moment, what -> {
                    assertThat(EndState.reading(cutOff.cluster(), People.ACME))
                            .as("%s %s", moment, what)
                            .isInstanceOf(
                                    number == 1 && moment == Moment.BEFORE
                                            ? Reading.Published.class
                                            : Reading.Unpublished.class);
                    throw new Interruption.Crash(what);
                }));
                cutOff.settle();
                assertThat(cutOff.isDeclared()).isFalse();
                assertThat(cutOff.cluster().all(ConfigMap.class)).isEmpty();
            }
        }
    }

    @Test
    void one_object_that_will_not_go_is_named_and_keeps_no_other() {
        ownedByAlice("Delete");
        story.cluster().edit(ConfigMap.class, "acme-timestamp", timestamp -> {
            timestamp.getMetadata().setFinalizers(List.of("example.com/audit"));
            timestamp.getMetadata().setDeletionTimestamp(story.now().toString());
        });
        delete();
        story.settle();
        assertThat(objects().stream().filter(name -> name.startsWith("ConfigMap")))
                .containsExactly("ConfigMap acme-timestamp");
        assertThat(finalizers()).containsExactly(OURS);
        assertThat(story.readiness()).contains("Deleting", "a finalizer holds ConfigMap acme-timestamp");
    }

    @Test
    void parts_go_after_their_head_and_before_older_versions() {
        ownedByAlice("Delete");
        story.cluster().create(labelled("acme-targets-9", "acme"));
        story.cluster().create(labelled("acme-targets-9-part-1", "acme"));
        story.cluster().create(labelled("acme-targets-8-part-12", "acme"));
        var writes = new ArrayList<String>();
        delete();
        story.restart(Interruption.noting(writes));
        story.settle();
        assertThat(writes)
                .containsSubsequence(
                        "delete ConfigMap acme-targets-9",
                        "delete ConfigMap acme-targets-9-part-1",
                        "delete ConfigMap acme-targets-8-part-12",
                        "delete ConfigMap acme-targets-2");
    }

    @Test
    void what_a_cache_does_not_show_yet_is_not_left_behind() {
        ownedByAlice("Delete");
        delete();
        while (!(story.look().decision() instanceof Decision.RemoveFinalizer)) {
            story.operator().step();
        }
        var look = story.look();
        story.cluster().create(labelled("acme-targets-9", "acme"));
        assertThatThrownBy(() -> story.operator().act(look)).isInstanceOf(PlanOutdatedException.class);
        story.settle();
        assertThat(objects()).noneMatch(name -> name.startsWith("ConfigMap"));
    }

    /** All has gone, and another fleet takes the name. */
    private void declaredAnew() {
        story.settle();
        story.restart(Interruption.NONE);
        story.remove(Secret.class, "acme-root-1-by-alice");
        story.remove(RootRotation.class, "hand-over");
        Flow.ownedByAlice(story);
        story.settle();
    }

    /** The old leader was paused in the middle; all was deleted since, and declared anew. */
    @Test
    void a_leader_who_comes_late_deletes_nothing_of_the_next_factory() {
        ownedByAlice("Delete");
        delete();
        var late = story.newOperator(Interruption.NONE);
        late.sync();
        var look = late.look();
        assertThat(((Decision.DeleteOwned) look.decision())
                        .object()
                        .getMetadata()
                        .getName())
                .isEqualTo("acme-timestamp");
        declaredAnew();
        assertThatThrownBy(() -> late.act(look)).isInstanceOf(PlanOutdatedException.class);
        assertThat(story.readiness()).startsWith("True");
        assertThat(story.cluster().find(ConfigMap.class, "acme-timestamp")).isPresent();
    }

    /** It missed all that was in between, as after a watch that broke off. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void a_standby_that_saw_the_old_fleet_takes_the_next_one_for_what_it_is(boolean reported) {
        ownedByAlice("Delete");
        for (var day = 0; day < 3; day++) {
            story.pass(Duration.ofHours(23));
            story.settle();
        }
        var standby = story.newOperator(Interruption.NONE);
        standby.sync();
        standby.look();
        delete();
        declaredAnew();
        if (!reported) {
            story.cluster().edit(Factory.class, "acme", factory -> factory.setStatus(null));
        }
        standby.sync();
        assertThat(standby.look().state().reading().published())
                .hasValueSatisfying(repository ->
                        assertThat(repository.timestamp().metadata().version()).isEqualTo(story.newestTimestamp()));
        assertThat(standby.look().decision()).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void what_is_to_be_deleted_is_named_and_not_shown() {
        ownedByAlice("Delete");
        var key = story.cluster()
                .all(Secret.class)
                .filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType()))
                .findFirst()
                .<HasMetadata>map(secret -> secret)
                .orElseThrow();
        assertThat(new Decision.DeleteOwned(key).toString())
                .isEqualTo("DeleteOwned[Secret " + key.getMetadata().getName() + ']');
    }
}
