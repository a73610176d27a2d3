package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** No event tells that a moment has come: an operator that has nothing to do sleeps until the next one, not past it. */
class DeadlinesTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void ownedByAlice() {
        Flow.ownedByAlice(story);
        story.settle();
    }

    @AfterEach
    void close() {
        story.close();
    }

    /** The second before is slept through; at the moment itself it is awake. */
    private void sleepsUntil(Instant moment) {
        story.pass(Duration.between(story.now(), moment).minusSeconds(30));
        story.settle();
        assertThat(story.look().decision()).isEqualTo(new Decision.Wait(moment));
    }

    private Instant rootExpires() {
        return story.look().state().roots().newest().orElseThrow().metadata().expires();
    }

    @Test
    void a_root_that_is_to_be_renewed() {
        sleepsUntil(rootExpires().minus(story.look().state().policy().rootRenewBefore()));
        story.pass(Duration.ofSeconds(30));
        story.settle();
        assertThat(story.proposal()).startsWith("acme-root-2-");
    }

    @Test
    void an_online_key_that_grows_too_old() {
        story.changeFactory("rotationPolicy: {onlineKeys: {maxAge: 100d}}");
        var made = Instant.parse(story.look()
                .state()
                .onlineKeys()
                .getFirst()
                .secret()
                .getMetadata()
                .getCreationTimestamp());
        sleepsUntil(made.plus(Duration.ofDays(100)));
        story.pass(Duration.ofSeconds(30));
        story.settle();
        assertThat(story.proposal()).startsWith("acme-root-2-");
    }

    @Test
    void a_payload_that_nobody_signs() {
        story.declare("late", "expiresAfter: 366d");
        story.settle();
        var turn = (Standing.Turn) story.look().rotations().get("late");
        sleepsUntil(turn.ceremony().signBefore());
        story.pass(Duration.ofSeconds(30));
        story.settle();
        assertThat(story.rotation("late")
                        .map(RootRotation::getStatus)
                        .orElseThrow()
                        .phase())
                .isEqualTo(Phase.SUPERSEDED);
    }

    @Test
    void metadata_that_expires_while_nothing_is_signed() {
        story.changeFactory("paused: true");
        var published = story.look().state().reading().published().orElseThrow();
        var expires = published.role(RoleName.TIMESTAMP).metadata().expires();
        sleepsUntil(expires);
        story.pass(Duration.ofSeconds(30));
        story.settle();
        assertThat(story.readiness()).startsWith("False Expired");
    }

    @Test
    void the_end_of_an_overlap_is_not_promised_in_a_pause() {
        story.declare("fresh", "rotateOnlineKeys: [timestamp]");
        story.settle();
        story.sign("fresh", Flow.ALICE);
        story.settle();
        assertThat(story.rotationPending()).contains("root version 2 is published at 2030");
        story.changeFactory("paused: true");
        story.settle();
        assertThat(story.rotationPending()).contains("if it weren't paused: the wait begins anew after that");
    }

    @Test
    void an_overlap_whose_rotation_was_deleted_is_told_of() {
        story.declare("fresh", "rotateOnlineKeys: [timestamp]");
        story.settle();
        story.sign("fresh", Flow.ALICE);
        story.settle();
        story.remove(RootRotation.class, "fresh");
        story.settle();
        assertThat(story.rotationPending())
                .contains("Old and new online keys both sign until 2030")
                .contains("was deleted, which takes nothing back");
    }

    @Test
    void a_root_put_back_under_the_wrong_field_is_told_which_is_right() {
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("acme-root-2")
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .withLabels(Map.of(
                                "factory-trust.dev/factory", "acme",
                                "factory-trust.dev/role", "root",
                                "factory-trust.dev/version", "2"))
                        .endMetadata()
                        .withData(Map.of("root.json", "{}"))
                        .build());
        assertThat(story.look().decision())
                .isInstanceOfSatisfying(Decision.Remove.class, remove -> assertThat(remove.why())
                        .contains("binaryData root.json"));
    }
}
