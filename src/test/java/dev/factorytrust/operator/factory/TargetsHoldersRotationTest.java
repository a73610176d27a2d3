package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.repository.RootExtras;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import static dev.factorytrust.operator.factory.People.declared;
import static org.assertj.core.api.Assertions.assertThat;

/** Who signs targets changes, in front of devices that poll after every write and keep what they have read. */
@DisplayName("invariant 5: the keys of targets overlap, whoever holds them")
class TargetsHoldersRotationTest {

    private static final Person ALICE = Flow.ALICE;
    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    private static final Person TOM = Person.withKey("tom", KeyType.ED25519);
    private static final Person TESS = Person.withKey("tess", KeyType.ED25519);
    private static final Person TED = Person.withKey("ted", KeyType.ED25519);

    private static final String BY_ALICE = "offline: {threshold: 1, keys: [%s]}".formatted(declared(ALICE));
    private static final String TWO_OF_THREE =
            BY_ALICE + ", targets: {threshold: 2, keys: [%s]}".formatted(declared(TINA, TOM, TESS));
    private static final String ONE = BY_ALICE + ", targets: {threshold: 1, keys: [%s]}".formatted(declared(TINA));

    private final InMemoryStory story = InMemoryStory.begin();

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    void the_next_root_waits_for_targets_that_old_and_new_holders_have_signed() {
        begin(ONE, "Offline", ALICE, TINA);
        rotate("hand-over", "targets: {removeKeys: [tina], addKeys: [%s]}".formatted(declared(TED)), ALICE, TED);

        assertThat(story.newestRoot()).isEqualTo(1);
        assertThat(message("TargetsPending"))
                .contains("1 more of tina", "1 more of ted, who sign targets under root version 2");
        sign("acme-targets-2", TED);
        assertThat(story.newestRoot()).isEqualTo(1);
        story.pass(Duration.ofDays(2));
        story.settle();
        assertThat(story.newestRoot()).as("however long it takes").isEqualTo(1);

        sign("acme-targets-2", TINA);
        assertThat(published().targets().signatures()).hasSize(2);
        assertThat(story.newestRoot())
                .as("devices may have read nothing of it yet")
                .isEqualTo(1);
        overlapEnds();
        assertThat(story.newestRoot()).isEqualTo(2);
        overlapEnds();
        assertThat(phase("hand-over")).isEqualTo(Phase.COMPLETED);

        story.addTarget("lmp-1", 1);
        story.settle();
        sign("acme-targets-3", TINA);
        assertThat(published().targets().metadata().version())
                .as("she signs no more")
                .isEqualTo(2);
        sign("acme-targets-3", TED);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        story.end();
    }

    @Test
    void who_signs_for_both_roots_signs_once() {
        begin(TWO_OF_THREE, "Offline", ALICE, TINA, TOM, TESS);
        rotate("tess-goes", "targets: {removeKeys: [tess], addKeys: [%s]}".formatted(declared(TED)), ALICE, TED);
        assertThat(message("TargetsPending"))
                .as("tina and tom signed the last ones")
                .isEmpty();
        overlapEnds();
        assertThat(story.newestRoot()).isEqualTo(2);
        overlapEnds();
        assertThat(phase("tess-goes")).isEqualTo(Phase.COMPLETED);
        assertThat(published().targets().metadata().version()).isEqualTo(1);
    }

    @Test
    void what_a_holder_signs_who_joins_waits_for_the_end_of_the_overlap() {
        begin(ONE, "Offline", ALICE, TINA);
        rotate("ted-joins", "targets: {addKeys: [%s]}".formatted(declared(TED)), ALICE, TED);
        overlapEnds();
        assertThat(story.newestRoot()).isEqualTo(2);

        story.addTarget("lmp-1", 1);
        story.settle();
        sign("acme-targets-2", TED);
        assertThat(published().targets().metadata().version())
                .as("a device may not have seen the root yet that names him")
                .isEqualTo(1);
        overlapEnds();
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        story.end();
    }

    @Test
    void a_change_that_old_and_new_have_signed_may_come_in_the_overlap() {
        begin(ONE, "Offline", ALICE, TINA);
        rotate("hand-over", "targets: {removeKeys: [tina], addKeys: [%s]}".formatted(declared(TED)), ALICE, TED);
        sign("acme-targets-2", TED, TINA);
        story.addTarget("lmp-1", 1);
        story.settle();
        sign("acme-targets-3", TED, TINA);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        overlapEnds();
        assertThat(story.newestRoot()).isEqualTo(2);
        story.end();
    }

    @Test
    void after_a_compromise_root_and_targets_that_the_new_holders_signed_change_in_one_commit() {
        begin(ONE, "Offline", ALICE, TINA);
        story.mayBeHurried();
        rotate(
                "stolen",
                "reason: Compromise, rotateOnlineKeys: [], targets: {removeKeys: [tina], addKeys: [%s]}"
                        .formatted(declared(TED)),
                ALICE,
                TED);
        assertThat(story.newestRoot()).isEqualTo(1);
        assertThat(message("TargetsPending")).contains("1 more of ted").doesNotContain("tina");

        sign("acme-targets-2", TED);

        assertThat(story.newestRoot()).isEqualTo(2);
        assertThat(published().targets().signatures()).hasSize(1);
        assertThat(phase("stolen")).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void a_compromise_of_all_that_the_cluster_holds_needs_no_holder_of_offline_targets() {
        begin(ONE, "Offline", ALICE, TINA);
        story.mayBeHurried();
        rotate("stolen", "reason: Compromise", ALICE);

        assertThat(story.newestRoot()).isEqualTo(2);
        assertThat(published().targets().metadata().version()).isEqualTo(1);
        assertThat(phase("stolen")).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void targets_go_offline_when_the_factory_says_so_and_root_agrees() {
        story.declareFactory(BY_ALICE);
        story.settle();
        sign("acme-root-1", ALICE);
        story.addTarget("lmp-1", 1);
        story.settle();
        custody("Offline");
        assertThat(message("CustodyPending")).contains("spec.targets.custody is Offline, and root says Online");
        story.changeTarget("lmp-1", 2);
        story.settle();
        assertThat(published().targets().metadata().version())
                .as("the cluster signs as before")
                .isEqualTo(3);

        rotate("people", "targets: {threshold: 2, addKeys: [%s]}".formatted(declared(TINA, TOM)), ALICE, TINA, TOM);
        assertThat(story.newestRoot()).isEqualTo(1);
        sign("acme-targets-4", TINA, TOM);
        assertThat(published().targets().signatures())
                .as("the old online key too")
                .hasSize(3);
        overlapEnds();
        overlapEnds();

        var targets = published().root().metadata().role(RoleName.TARGETS);
        assertThat(targets.keyids()).hasSize(2);
        assertThat(targets.threshold()).isEqualTo(2);
        assertThat(message("CustodyPending")).isEmpty();
        assertThat(phase("people")).isEqualTo(Phase.COMPLETED);
        story.end();
    }

    @Test
    void targets_come_back_online_with_one_last_version_that_the_holders_sign() {
        begin(ONE, "Offline", ALICE, TINA);
        custody("Online");
        rotate("back", "targets: {removeKeys: [tina]}", ALICE);
        assertThat(message("TargetsPending")).contains("1 more of tina");
        sign("acme-targets-2", TINA);
        overlapEnds();
        overlapEnds();
        assertThat(phase("back")).isEqualTo(Phase.COMPLETED);

        story.addTarget("lmp-1", 1);
        story.settle();
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        assertThat(published().targets().signatures()).hasSize(1);
        story.end();
    }

    @Test
    void offline_targets_become_shared_and_the_threshold_counts_holders() {
        begin(ONE, "Offline", ALICE, TINA);
        custody("Shared");
        rotate("share", "targets: {}", ALICE);
        sign("acme-targets-2", TINA);
        overlapEnds();
        overlapEnds();

        var root = published().root().metadata();
        assertThat(root.role(RoleName.TARGETS).threshold()).isEqualTo(2);
        assertThat(root.role(RoleName.TARGETS).keyids()).hasSize(2);
        assertThat(RootExtras.of(root).holders()).containsValue("tina");
        assertThat(message("CustodyPending")).isEmpty();
        story.end();
    }

    @Test
    void the_online_key_of_shared_targets_is_exchanged_with_its_holder() {
        begin(ONE, "Shared", ALICE, TINA);
        rotate("all", "rotateOnlineKeys: [targets, snapshot, timestamp]", ALICE);
        assertThat(story.newestRoot()).isEqualTo(1);
        sign("acme-targets-2", TINA);
        assertThat(published().targets().signatures())
                .as("old and new online key, and she")
                .hasSize(3);
        overlapEnds();
        overlapEnds();

        assertThat(phase("all")).isEqualTo(Phase.COMPLETED);
        assertThat(published().root().metadata().role(RoleName.TARGETS).threshold())
                .isEqualTo(2);
        story.end();
    }

    @Test
    void an_online_key_that_offline_targets_dont_have_is_not_exchanged() {
        begin(ONE, "Offline", ALICE, TINA);
        story.declare("wrong", "rotateOnlineKeys: [targets]");
        story.settle();

        assertThat(phase("wrong")).isEqualTo(Phase.REJECTED);
        assertThat(story.rotation("wrong")
                        .orElseThrow()
                        .getStatus()
                        .conditions()
                        .getFirst()
                        .reason())
                .isEqualTo("NoOnlineKey");
    }

    @Test
    void holders_that_the_declared_custody_does_not_know_wait_for_the_factorys_owner() {
        story.declareFactory(BY_ALICE);
        story.settle();
        sign("acme-root-1", ALICE);
        story.declare("people", "targets: {addKeys: [%s]}".formatted(declared(TINA)));
        story.settle();
        assertThat(phase("people")).isEqualTo(Phase.QUEUED);
        assertThat(story.rotation("people").orElseThrow().getStatus().conditions())
                .anyMatch(condition ->
                        condition.type().equals("Stalled") && condition.reason().equals("CustodyMismatch"));

        custody("Offline");
        assertThat(phase("people")).isEqualTo(Phase.AWAITING_SIGNATURES);
        custody("Shared");
        assertThat(phase("people")).as("what is offered doesn't move").isEqualTo(Phase.AWAITING_SIGNATURES);
        sign("people", ALICE, TINA);
        assertThat(message("TargetsPending")).contains("1 more of tina");
    }

    private void begin(String bootstrap, String custody, Person... holders) {
        story.declareFactory(bootstrap, "{custody: %s}".formatted(custody));
        story.settle();
        sign("acme-root-1", holders);
        sign(
                "acme-targets-1",
                List.of(holders).subList(1, Math.min(3, holders.length)).toArray(Person[]::new));
    }

    private void custody(String custody) {
        story.changeFactory("targets: {custody: %s}".formatted(custody));
        story.settle();
    }

    private void rotate(String name, String change, Person... people) {
        story.declare(name, change);
        story.settle();
        sign(name, people);
    }

    private void sign(String what, Person... people) {
        for (var person : people) {
            story.sign(what, person);
            story.settle();
        }
    }

    private void overlapEnds() {
        story.pass(Duration.ofMinutes(61));
        story.settle();
    }

    private Repository published() {
        return EndState.reading(story.cluster(), People.ACME).published().orElseThrow();
    }

    private Phase phase(String rotation) {
        return story.rotation(rotation).orElseThrow().getStatus().phase();
    }

    private String message(String type) {
        return story.cluster().find(Factory.class, "acme").orElseThrow().getStatus().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(Condition::message)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }
}
