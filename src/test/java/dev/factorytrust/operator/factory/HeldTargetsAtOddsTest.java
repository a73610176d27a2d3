package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.PartedFiles;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.PublicationPlan;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.operator.factory.People.declared;
import static org.assertj.core.api.Assertions.assertThat;

/** Targets whose keys people hold, where somebody puts things in the way, or a crash has left them there. */
class HeldTargetsAtOddsTest {

    private static final Person ALICE = Flow.ALICE;
    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    private static final Person TED = Person.withKey("ted", KeyType.ED25519);

    private static final String BY_ALICE = "offline: {threshold: 1, keys: [%s]}".formatted(declared(ALICE));
    private static final String BESIDE_TINA =
            BY_ALICE + ", targets: {threshold: 1, keys: [%s]}".formatted(declared(TINA));

    private final InMemoryStory story = InMemoryStory.unwatched();

    @ParameterizedTest
    @EnumSource(names = {"ONLINE", "OFFLINE"})
    void a_strangers_payload_far_above_that_lists_what_is_wanted_takes_no_version(Custody custody) {
        if (custody == Custody.ONLINE) {
            online();
        } else {
            offline();
        }
        plant(2_147_483_646, Duration.ofDays(30), Duration.ofDays(1));
        story.settle();
        story.addTarget("lmp-1", 1);
        story.settle();
        sign("acme-targets-2", TINA);

        assertThat(stored("acme-targets-2147483646-payload")).isEmpty();
        assertThat(published().targets().metadata().version()).isEqualTo(2);
    }

    @Test
    void a_strangers_payload_that_lasts_longer_than_the_policy_says_is_removed() {
        offline();
        plant(2, Duration.ofDays(400), Duration.ofDays(1));
        story.settle();
        assertThat(stored("acme-targets-2-payload")).isEmpty();

        plant(2, Duration.ofDays(30), Duration.ofDays(20));
        story.settle();
        assertThat(stored("acme-targets-2-payload")).as("nor signed for longer").isEmpty();
    }

    @Test
    void a_payload_that_status_does_not_name_yet_is_the_operators_own() {
        offline();
        story.addTarget("lmp-1", 1);
        for (var step = 0; step < 20 && stored("acme-targets-2-payload").isEmpty(); step++) {
            story.pass(Duration.ofSeconds(5));
            story.operator().step();
        }
        var offered = stored("acme-targets-2-payload").orElseThrow();
        assertThat(offers()).isEmpty();

        story.restart(Interruption.NONE);
        story.settle();
        assertThat(stored("acme-targets-2-payload")).contains(offered);
        assertThat(offers()).extracting(OfferedTargets::version).containsExactly(2L);
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "OFFLINE"})
    void where_the_timestamp_is_deleted_what_holders_have_signed_is_published_again_without_them(Custody custody) {
        begin(custody == Custody.SHARED ? "Shared" : "Offline");
        changeSigned();
        var before = published();

        story.remove(ConfigMap.class, "acme-timestamp");
        story.restart(Interruption.NONE);
        story.settle();

        assertThat(published().targets().file()).isEqualTo(before.targets().file());
        assertThat(published().snapshot().metadata().version())
                .isGreaterThan(before.snapshot().metadata().version());
        assertThat(published().timestamp().metadata().version())
                .isGreaterThan(before.timestamp().metadata().version());
    }

    @Test
    void what_was_signed_and_never_published_does_not_come_back_with_a_deleted_timestamp() {
        offline();
        changeSigned();
        var left = storedIfSigned(3, "bad");
        story.remove(Target.class, "bad");
        story.settle();
        story.cluster().create(left);
        story.remove(ConfigMap.class, "acme-timestamp");
        story.restart(Interruption.NONE);
        story.settle();

        assertThat(EndState.reading(story.cluster(), People.ACME).published()).isEmpty();
        assertThat(offers()).extracting(OfferedTargets::version).first().isEqualTo(4L);
    }

    @Test
    void a_head_without_its_parts_at_the_name_of_what_holders_sign_is_removed() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        var index = PartedFiles.cut(
                        Map.of("targets.json", story.payload("acme-targets-2").orElseThrow()),
                        100,
                        number -> Names.part("acme-targets-2", number))
                .index();
        var head = head(2, Bytes.utf8("{}"));
        head.setBinaryData(Map.of(Names.PARTS_JSON, index.toJson().base64()));
        story.cluster().create(head);
        story.settle();
        sign("acme-targets-2", TINA);

        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void what_lacks_signatures_does_not_block_the_version_that_holders_sign() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        var canonical = story.payload("acme-targets-2").orElseThrow();
        story.cluster()
                .create(head(
                        2,
                        story.dialect
                                .assemble(Targets.class, canonical, List.of())
                                .file()));
        story.settle();
        sign("acme-targets-2", TINA);

        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void what_is_signed_but_recorded_otherwise_is_not_believed() {
        offline();
        var left = storedIfSigned(2, "lmp-1");
        left.setData(Map.of());
        story.cluster().create(left);
        story.settle();
        sign("acme-targets-2", TINA);

        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        assertThat(stored("acme-targets-2").orElseThrow().getData()).containsKey(Names.MANAGED_JSON);
    }

    @Test
    void what_a_crash_has_left_that_the_next_root_does_not_accept_is_offered_again_above() {
        offline();
        var left = storedIfSigned(2, "lmp-1");
        story.declare("hand-over", "targets: {removeKeys: [tina], addKeys: [%s]}".formatted(declared(TED)));
        story.settle();
        sign("hand-over", ALICE, TED);
        story.cluster().create(left);
        story.settle();
        sign("acme-targets-2", TINA, TED);
        sign("acme-targets-3", TINA, TED);

        assertThat(published().targets().metadata().version()).isEqualTo(3);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void a_due_timestamp_is_signed_before_what_holders_have_signed_is_stored() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.pass(Duration.ofDays(2));
        story.sign("acme-targets-2", TINA);

        assertThat(story.look().decision()).isInstanceOfSatisfying(Decision.Publish.class, publish -> assertThat(
                        publish.plan().targets())
                .isEmpty());
        story.settle();
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void a_part_that_no_head_lists_is_removed_from_the_version_that_holders_sign() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        var part = head(2, Bytes.utf8("{}"));
        part.getMetadata().setName("acme-targets-2-part-1");
        part.setBinaryData(Map.of(Names.PART, Bytes.utf8("planted").base64()));
        story.cluster().create(part);
        story.settle();

        assertThat(stored("acme-targets-2-part-1")).isEmpty();
    }

    @Test
    void a_version_that_was_offered_stays_taken_after_custody_has_come_online() {
        offline();
        story.changeFactory("targets: {custody: Online}");
        story.declare("back", "targets: {removeKeys: [tina]}");
        story.settle();
        sign("back", ALICE);
        sign("acme-targets-2", TINA);
        story.addTarget("lmp-1", 1);
        story.settle();
        assertThat(stored("acme-targets-3-payload")).isPresent();
        story.remove(Target.class, "lmp-1");
        overlapEnds();
        overlapEnds();
        overlapEnds();

        story.addTarget("lmp-2", 1);
        story.settle();
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-2");
        assertThat(stored("acme-targets-3")).isEmpty();
        assertThat(published().targets().metadata().version()).isGreaterThan(3);
        assertThat(stored("acme-targets-3-payload")).isEmpty();
        assertThat(offers()).isEmpty();
    }

    @Test
    void a_version_whose_payload_somebody_deletes_stays_taken() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.remove(Target.class, "lmp-1");
        story.settle();
        story.remove(ConfigMap.class, "acme-targets-2-payload");
        story.settle();
        story.addTarget("lmp-2", 1);
        story.settle();
        assertThat(stored("acme-targets-3-payload")).isPresent();
    }

    /** The Factory was declared anew, and what is stored is all that knows what people may have signed. */
    @Test
    void versions_that_were_offered_stay_taken_where_status_is_lost() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.addTarget("lmp-2", 1);
        story.settle();
        story.remove(Factory.class, "acme");
        story.restart(Interruption.NONE);
        story.declareFactory(BESIDE_TINA, "{custody: Offline}");
        story.settle();

        assertThat(stored("acme-targets-2-payload")).isEmpty();
        assertThat(stored("acme-targets-3-payload")).isEmpty();
        assertThat(offers().getFirst().version()).isEqualTo(4);
        sign("acme-targets-4", TINA);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1", "lmp-2");
        assertThat(offers())
                .as("nothing is named any more below what is published")
                .isEmpty();
    }

    @Test
    void what_is_offered_before_there_is_a_status_stays_offered() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        var offered = stored("acme-targets-2-payload").orElseThrow();
        story.cluster().edit(Factory.class, "acme", factory -> factory.setStatus(null));
        story.restart(Interruption.NONE);
        story.settle();
        assertThat(stored("acme-targets-2-payload")).contains(offered);
        sign("acme-targets-2", TINA);
        assertThat(published().targets().metadata().version()).isEqualTo(2);
    }

    private void online() {
        story.declareFactory(BY_ALICE);
        story.settle();
        sign("acme-root-1", ALICE);
    }

    private void offline() {
        begin("Offline");
    }

    private void begin(String custody) {
        story.declareFactory(BESIDE_TINA, "{custody: %s}".formatted(custody));
        story.settle();
        sign("acme-root-1", ALICE, TINA);
        sign("acme-targets-1", TINA);
    }

    private void changeSigned() {
        story.addTarget("lmp-1", 1);
        story.settle();
        sign("acme-targets-2", TINA);
    }

    /** What a publication of the next version would store, were it signed. */
    private ConfigMap storedIfSigned(long version, String target) {
        story.addTarget(target, 1);
        story.settle();
        try (var other = story.fork()) {
            other.sign("acme-targets-" + version, TINA);
            other.settle();
            return other.cluster()
                    .find(ConfigMap.class, "acme-targets-" + version)
                    .orElseThrow();
        }
    }

    /** A payload of what is published and wanted, as the operator makes them but for its number and times. */
    private void plant(long version, Duration life, Duration signWithin) {
        var now = published().targets().metadata();
        var targets = PublicationPlan.newTargets(
                Optional.of(now), version, now.targets(), inSeconds(story.now().plus(life)));
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("acme-targets-" + version + "-payload")
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels(Names.FACTORY, "acme")
                        .addToAnnotations(
                                Names.SIGN_BEFORE,
                                inSeconds(story.now().plus(signWithin)).toString())
                        .endMetadata()
                        .withBinaryData(Map.of(
                                Names.PAYLOAD_JSON,
                                story.dialect.canonical(targets).base64()))
                        .build());
    }

    private static Instant inSeconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    private ConfigMap head(long version, Bytes file) {
        return MetadataStore.versioned(People.ACME, story.dialect, RoleName.TARGETS, version, file);
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
        return story.published();
    }

    private Optional<ConfigMap> stored(String name) {
        return story.cluster().find(ConfigMap.class, name);
    }

    private List<OfferedTargets> offers() {
        return Optional.ofNullable(story.cluster()
                        .find(Factory.class, "acme")
                        .orElseThrow()
                        .getStatus()
                        .targets()
                        .payloads())
                .orElse(List.of());
    }
}
