package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.runtime.FactoryMetrics.Pending;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What a rotation's status says on its way: two must sign, of a root that is Alice's. */
class RotationPhasesTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void ownedByAlice() {
        Flow.ownedByAlice(story);
        story.settle();
        story.declare("bob-joins", "root: {threshold: 2, addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
    }

    @AfterEach
    void close() {
        story.close();
    }

    private RootRotationStatus status(String rotation) {
        var look = story.look();
        return RootRotationReport.status(
                story.rotation(rotation).orElseThrow(), look.rotations().get(rotation), story.now());
    }

    private static List<String> names(List<KeyRef> keys) {
        return keys.stream().map(KeyRef::name).toList();
    }

    private static List<String> conditions(RootRotationStatus status) {
        return status.conditions().stream()
                .map(condition -> condition.type() + '=' + condition.status() + ' ' + condition.reason())
                .toList();
    }

    @Test
    void awaiting_signatures_names_the_payload_and_who_has_yet_to_sign() {
        story.settle();
        var status = status("bob-joins");
        assertThat(status.phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
        assertThat(status.fromVersion()).isEqualTo(1);
        assertThat(status.toVersion()).isEqualTo(2);
        assertThat(status.payload().configMap()).isEqualTo("bob-joins-payload");
        assertThat(status.payload().sha256())
                .isEqualTo(story.payload("bob-joins").orElseThrow().sha256());
        assertThat(status.payload().signBefore())
                .isEqualTo(story.now().plus(Duration.ofDays(30)).toString());
        assertThat(status.diff()).anySatisfy(line -> assertThat(line).startsWith("+ bob ed25519"));
        assertThat(names(status.signatures().current().missing())).containsExactly("alice");
        assertThat(names(status.signatures().next().missing())).containsExactlyInAnyOrder("alice", "bob");
        assertThat(names(status.signatures().added().missing())).containsExactly("bob");
        assertThat(conditions(status)).containsExactly("Complete=False AwaitingSignatures");
    }

    @Test
    void one_signature_counts_on_both_sides() {
        story.settle();
        story.sign("bob-joins", Flow.ALICE);
        var status = status("bob-joins");
        assertThat(status.phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
        assertThat(status.signatures().current().missing()).isEmpty();
        assertThat(names(status.signatures().next().signed())).containsExactly("alice");
        assertThat(names(status.signatures().next().missing())).containsExactly("bob");
    }

    @Test
    void a_signature_that_is_none_is_named_and_masks_no_good_one() {
        story.settle();
        story.cluster()
                .create(new SecretBuilder()
                        .withNewMetadata()
                        .withName("a-nonsense")
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels(Names.SIGNS, "bob-joins-payload")
                        .endMetadata()
                        .withType(Names.SIGNATURE_TYPE)
                        .withData(Map.of("signature", "AAAA"))
                        .build());
        story.sign("bob-joins", Flow.ALICE);
        var status = status("bob-joins");
        assertThat(status.signatures().rejected()).singleElement().satisfies(rejected -> assertThat(rejected.secret())
                .isEqualTo("a-nonsense"));
        assertThat(names(status.signatures().current().signed())).containsExactly("alice");
        assertThat(conditions(status)).containsExactly("Complete=False InvalidSignature");
    }

    @Test
    void publishing_once_all_have_signed() {
        story.settle();
        story.sign("bob-joins", Flow.ALICE);
        story.sign("bob-joins", Flow.BOB);
        var status = status("bob-joins");
        assertThat(status.phase()).isEqualTo(Phase.PUBLISHING);
        assertThat(conditions(status)).containsExactly("Complete=False Publishing");
    }

    @Test
    void completed_once_devices_see_it_and_nobody_is_missing() {
        story.settle();
        story.sign("bob-joins", Flow.ALICE);
        story.sign("bob-joins", Flow.BOB);
        story.settle();
        var status = status("bob-joins");
        assertThat(status.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(names(status.signatures().next().signed())).containsExactlyInAnyOrder("alice", "bob");
        assertThat(status.signatures().next().missing()).isEmpty();
        assertThat(conditions(status)).containsExactly("Complete=True Published");
    }

    @Test
    void queued_says_for_whom_it_waits_and_has_no_payload() {
        story.declare("later", "expiresAfter: 366d");
        var status = status("later");
        assertThat(status.phase()).isEqualTo(Phase.QUEUED);
        assertThat(status.payload()).isNull();
        assertThat(status.conditions().getFirst().message()).contains("bob-joins");
        assertThat(conditions(status)).containsExactly("Complete=False WaitsForTurn");
    }

    @Test
    void superseded_is_final_and_keeps_what_was_known() {
        story.settle();
        story.pass(Duration.ofDays(30));
        story.settle();
        story.sign("bob-joins", Flow.ALICE);
        story.sign("bob-joins", Flow.BOB);
        var status = status("bob-joins");
        assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
        assertThat(status.payload()).isNotNull();
        assertThat(conditions(status)).containsExactly("Complete=False PayloadExpired");
    }

    @Test
    void rejected_is_stalled() {
        story.declare("nobody-leaves", "root: {removeKeys: [nobody]}");
        story.remove(story.rotation("bob-joins").orElseThrow().getClass(), "bob-joins");
        var status = status("nobody-leaves");
        assertThat(status.phase()).isEqualTo(Phase.REJECTED);
        assertThat(conditions(status)).hasSize(2).anySatisfy(line -> assertThat(line)
                .startsWith("Stalled=True "));
    }

    /** The Factory's condition RotationPending holds all the while. */
    @Test
    void a_rotation_waits_since_it_was_offered_and_not_since_the_one_before() {
        story.declare("later", "expiresAfter: 366d");
        story.settle();
        story.pass(Duration.ofDays(3));
        story.settle();
        story.sign("bob-joins", Flow.ALICE);
        story.sign("bob-joins", Flow.BOB);
        story.settle();
        var offered = story.now();
        story.pass(Duration.ofDays(1));
        assertThat(FactoryNews.pending(story.look().situation()))
                .contains(new Pending("later", "AwaitingSignatures", Optional.of(2), offered));
    }

    @Test
    void a_signed_rotation_that_was_deleted_waits_since_it_was_offered() {
        story.settle();
        var offered = story.now();
        story.pass(Duration.ofDays(1));
        story.sign("bob-joins", Flow.ALICE);
        story.remove(story.rotation("bob-joins").orElseThrow().getClass(), "bob-joins");
        assertThat(FactoryNews.pending(story.look().situation()))
                .contains(new Pending("bob-joins", "SignedAndDeleted", Optional.empty(), offered));
    }
}
