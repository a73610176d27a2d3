package dev.factorytrust.operator.factory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A standby takes over whose connection for one kind is dead: all but that kind is fresh. */
class LateCachesTest {

    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);

    private final InMemoryStory story = InMemoryStory.begin();

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    void a_target_that_a_late_cache_does_not_have_stays_on_devices() {
        generated();
        var standby = standby();
        story.addTarget("lmp-765", 1);
        story.settle();
        assertThat(release("lmp-765")).isEqualTo(1);

        assertOutdated(standby, decided(standby, Target.class, Decision.Publish.class), "Target lmp-765");

        assertThat(release("lmp-765")).isEqualTo(1);
        story.settle(standby);
        assertThat(release("lmp-765")).as("the cache has caught up").isEqualTo(1);
    }

    @Test
    void a_target_that_is_gone_goes_though_nobody_but_the_api_server_can_say_so() {
        generated();
        story.addTarget("lmp-764", 1);
        story.addTarget("lmp-765", 1);
        story.settle();
        story.remove(Target.class, "lmp-764");
        story.settle();
        assertThat(story.published().targets().metadata().targets()).containsOnlyKeys("lmp-765");
    }

    @Test
    void a_target_that_a_late_cache_has_as_it_was_stays_as_it_is() {
        generated();
        story.addTarget("lmp-765", 1);
        story.settle();
        var standby = standby();
        story.changeTarget("lmp-765", 2);
        story.settle();

        assertOutdated(standby, decided(standby, Target.class, Decision.Publish.class), "Target lmp-765");
        assertThat(release("lmp-765")).isEqualTo(2);
    }

    /** Or somebody who never stops editing would keep all changes from devices. */
    @Test
    void a_target_that_changes_again_meanwhile_is_published_as_it_was_seen() {
        generated();
        story.addTarget("lmp-765", 1);
        story.settle();
        story.changeTarget("lmp-765", 2);
        var operator = standby();
        story.changeTarget("lmp-765", 3);

        operator.act(decided(operator, Target.class, Decision.Publish.class));
        assertThat(release("lmp-765")).isEqualTo(2);
        story.settle(operator);
        assertThat(release("lmp-765")).isEqualTo(3);
    }

    /** Made again, it is the younger one of the two that ask for its path. */
    @Test
    void a_path_passes_to_another_target_though_the_one_that_had_it_is_still_there() {
        generated();
        competing("first", 1);
        story.pass(Duration.ofMinutes(1));
        competing("second", 2);
        story.settle();
        assertThat(release("lmp")).isEqualTo(1);

        story.pass(Duration.ofMinutes(1));
        story.remove(Target.class, "first");
        competing("first", 1);
        story.settle();
        assertThat(release("lmp")).isEqualTo(2);
    }

    @Test
    void a_path_passes_to_no_target_that_only_a_late_cache_has() {
        generated();
        competing("first", 1);
        story.pass(Duration.ofMinutes(1));
        competing("second", 2);
        story.settle();
        var standby = standby();
        story.remove(Target.class, "first");
        story.settle();
        assertThat(release("lmp")).isEqualTo(2);

        assertOutdated(standby, decided(standby, Target.class, Decision.Publish.class), "Target first");
        assertThat(release("lmp")).isEqualTo(2);
    }

    private void competing(String name, int release) {
        story.apply(
                Target.class,
                name,
                "{factory: acme, path: lmp, length: 7, hashes: {sha256: %s}, custom: {release: %d}}"
                        .formatted(Bytes.utf8("lmp").sha256(), release));
    }

    @Test
    void nobody_is_asked_to_sign_targets_that_lack_what_a_late_cache_does_not_have() {
        var byAliceAndTina = "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 1, keys: [%s]}"
                .formatted(People.declared(Flow.ALICE), People.declared(TINA));
        story.declareFactory(byAliceAndTina, "{custody: Offline, allowEmpty: true}");
        story.settle();
        story.sign("acme-root-1", Flow.ALICE);
        story.sign("acme-root-1", TINA);
        story.settle();
        story.sign("acme-targets-1", TINA);
        story.settle();
        var standby = standby();
        story.addTarget("lmp-765", 1);
        story.settle();
        story.sign("acme-targets-2", TINA);
        story.settle();
        assertThat(release("lmp-765")).isEqualTo(1);

        assertOutdated(standby, decided(standby, Target.class, Decision.OfferPayload.class), "Target lmp-765");
    }

    @Test
    void what_a_rotation_offers_or_will_offer_is_not_removed_because_a_late_cache_does_not_have_it() {
        Flow.ownedByAlice(story);
        story.settle();
        var standby = standby();
        var before = keys();
        story.declare("calm", "rotateOnlineKeys: [snapshot]");
        while (keys().equals(before)) {
            story.operator().step();
        }
        var keys = keys();
        story.pass(Duration.ofMinutes(11));
        assertOutdated(standby, decided(standby, RootRotation.class, Decision.RemoveKey.class), "RootRotation calm");
        assertThat(keys()).isEqualTo(keys);

        story.settle();
        assertOutdated(standby, decided(standby, RootRotation.class, Decision.Remove.class), "RootRotation calm");
        assertThat(story.cluster().find(ConfigMap.class, "calm-payload")).isPresent();
    }

    @Test
    void an_online_key_that_is_named_by_a_root_which_a_late_cache_does_not_have_is_not_removed() {
        Flow.ownedByAlice(story);
        story.settle();
        var standby = standby();
        story.declare("calm", "rotateOnlineKeys: [snapshot]");
        story.settle();
        story.sign("calm", Flow.ALICE);
        while (story.cluster().find(ConfigMap.class, "acme-root-2").isEmpty()) {
            story.operator().step();
        }
        var keys = keys();
        story.pass(Duration.ofMinutes(11));
        story.remove(RootRotation.class, "calm");
        assertOutdated(standby, decided(standby, ConfigMap.class, Decision.RemoveKey.class), "acme-root-2");
        assertThat(keys()).isEqualTo(keys);
    }

    private void generated() {
        story.declareFactory("generate: {}", "{allowEmpty: true}");
        story.settle();
    }

    /** What it has seen so far is all that it knows of a kind whose connection breaks now. */
    private InMemoryOperator standby() {
        var standby = story.newOperator(Interruption.NONE);
        standby.sync();
        return standby;
    }

    /** What it decides once changes have stood for long enough. */
    private InMemoryOperator.Look decided(
            InMemoryOperator operator, Class<?> late, Class<? extends Decision> decision) {
        operator.syncAllBut(late);
        operator.look();
        story.pass(Duration.ofSeconds(2));
        var look = operator.look();
        assertThat(look.decision()).isInstanceOf(decision);
        return look;
    }

    private static void assertOutdated(InMemoryOperator operator, InMemoryOperator.Look look, String object) {
        assertThatThrownBy(() -> operator.act(look))
                .isInstanceOf(PlanOutdatedException.class)
                .hasMessageStartingWith(object);
    }

    private int release(String target) {
        return story.published().targets().metadata().targets().get(target).custom().stream()
                .map(custom -> custom.path("release"))
                .mapToInt(JsonNode::intValue)
                .sum();
    }

    private List<String> keys() {
        return story.cluster()
                .all(Secret.class)
                .map(secret -> secret.getMetadata().getName())
                .toList();
    }
}
