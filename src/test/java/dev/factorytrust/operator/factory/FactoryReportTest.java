package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.Target;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** The conditions of a Factory in each of its states. What is not listed is not there. */
class FactoryReportTest {

    private static final String IN_CLUSTER = "RootKeysInCluster=True NotRetrieved";

    private final InMemoryStory story = InMemoryStory.unwatched();

    @AfterEach
    void close() {
        story.close();
    }

    /** What is reported now, though nothing be carried out. */
    private FactoryStatus status(Optional<String> failure) {
        var look = story.look();
        return FactoryReport.status(look.situation(), look.decision(), failure, Optional.empty());
    }

    private List<String> conditions() {
        return conditions(Optional.empty());
    }

    private List<String> conditions(Optional<String> failure) {
        return status(failure).conditions().stream()
                .map(FactoryReportTest::line)
                .toList();
    }

    private static String line(Condition condition) {
        return condition.type() + '=' + condition.status() + ' ' + condition.reason();
    }

    private void generated() {
        story.declareFactory("generate: {}");
        story.settle();
    }

    private void ownedByAlice() {
        Flow.ownedByAlice(story);
        story.settle();
    }

    @Test
    void bootstrapping() {
        story.declareFactory("generate: {}");
        assertThat(conditions())
                .containsExactlyInAnyOrder("Ready=Unknown Bootstrapping", "Reconciling=True Bootstrapping");
    }

    @Test
    void a_first_root_that_waits_for_its_holders_is_bootstrapping_and_says_for_whom() {
        story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(Flow.ALICE)));
        story.settle();
        assertThat(conditions())
                .containsExactlyInAnyOrder(
                        "Ready=Unknown Bootstrapping",
                        "Reconciling=True Bootstrapping",
                        "RotationPending=True AwaitingSignatures");
        assertThat(status(Optional.empty()).conditions())
                .allSatisfy(condition -> assertThat(condition.message()).contains("alice"));
    }

    @Test
    void published_and_fresh() {
        ownedByAlice();
        assertThat(conditions()).containsExactly("Ready=True Published");
    }

    @Test
    void an_archive_that_is_not_yet_retrieved() {
        generated();
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=True Published", IN_CLUSTER);
    }

    @Test
    void an_archive_that_is_erased_goes_with_its_condition_and_is_dated() {
        generated();
        story.handInArchiveDigest();
        story.settle();
        assertThat(conditions()).containsExactly("Ready=True Published");
        assertThat(status(Optional.empty()).rootKeysErasedAt())
                .isEqualTo(story.now().toString());
    }

    @Test
    void waiting_for_offline_signatures_is_no_fault() {
        ownedByAlice();
        story.declare("bob-joins", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
        story.settle();
        assertThat(conditions())
                .containsExactlyInAnyOrder("Ready=True Published", "RotationPending=True AwaitingSignatures");
        assertThat(status(Optional.empty()).pendingRotation()).isEqualTo("bob-joins");
    }

    @Test
    void a_refresh_that_fails_while_nothing_is_expired_degrades() {
        ownedByAlice();
        story.pass(Duration.ofHours(20));
        assertThat(conditions(Optional.of("connection refused")))
                .containsExactlyInAnyOrder("Ready=True Published", "Degraded=True PublicationFailed");
    }

    @Test
    void expired_names_the_role() {
        ownedByAlice();
        story.pass(Duration.ofHours(25));
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=False Expired", "Stalled=True Expired");
        assertThat(status(Optional.empty()).conditions().getFirst().message()).contains("timestamp expired");
    }

    @Test
    void a_missing_key() {
        ownedByAlice();
        story.remove(
                Secret.class,
                story.cluster()
                        .all(Secret.class)
                        .map(secret -> secret.getMetadata().getName())
                        .filter(name -> name.startsWith("acme-snapshot"))
                        .findFirst()
                        .orElseThrow());
        assertThat(conditions())
                .containsExactlyInAnyOrder("Ready=False OnlineKeyMissing", "Stalled=True OnlineKeyMissing");
    }

    @Test
    void metadata_tampered_with() {
        ownedByAlice();
        story.remove(ConfigMap.class, "acme-snapshot-1");
        story.restart(Interruption.NONE);
        assertThat(conditions())
                .containsExactlyInAnyOrder("Ready=False MetadataTampered", "Stalled=True MetadataTampered");
    }

    @Test
    void paused_leaves_ready_as_it_is() {
        ownedByAlice();
        story.changeFactory("paused: true");
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=True Published", "Paused=True Paused");
        story.pass(Duration.ofDays(2));
        assertThat(conditions())
                .containsExactlyInAnyOrder("Ready=False Expired", "Stalled=True Expired", "Paused=True Paused");
    }

    @Test
    void a_clock_behind_degrades_what_is_still_valid() {
        ownedByAlice();
        story.pass(Duration.ofMinutes(-5));
        story.serverTime(story.now().plus(Duration.ofMinutes(5)));
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=True Published", "Degraded=True ClockSkewed");
    }

    @Test
    void targets_that_would_become_empty_are_held() {
        ownedByAlice();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.remove(Target.class, "lmp-1");
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=True Published", "TargetsHeld=True WouldBeEmpty");
    }

    @Test
    void fields_without_effect_are_said_to_be() {
        ownedByAlice();
        story.requestRefresh("at noon");
        assertThat(conditions()).containsExactlyInAnyOrder("Ready=True Published", "FieldsIgnored=True NotSupported");
    }

    @Test
    void every_condition_is_of_the_generation_that_was_looked_at_and_keeps_the_time_of_its_last_change() {
        ownedByAlice();
        var before = status(Optional.empty());
        story.pass(Duration.ofHours(1));
        story.changeFactory("paused: false");
        var now = status(Optional.empty());
        var generation = story.cluster()
                .find(Factory.class, "acme")
                .orElseThrow()
                .getMetadata()
                .getGeneration();
        assertThat(now.observedGeneration()).isEqualTo(generation);
        assertThat(now.conditions()).allSatisfy(condition -> {
            assertThat(condition.observedGeneration()).isEqualTo(generation);
            assertThat(condition.lastTransitionTime())
                    .isEqualTo(before.conditions().getFirst().lastTransitionTime());
        });
    }
}
