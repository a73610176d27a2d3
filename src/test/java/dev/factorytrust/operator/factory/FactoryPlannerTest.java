package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;

/** What is decided where somebody or something has interfered with a published Factory. */
class FactoryPlannerTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void published() {
        story.declareFactory("generate: {}");
        story.settle();
    }

    @AfterEach
    void close() {
        story.close();
    }

    private Decision decided() {
        return story.look().decision();
    }

    /** As a new process decides, which has never seen the Factory. */
    private Decision decidedAfterRestart() {
        story.restart(Interruption.NONE);
        return decided();
    }

    private static Consumer<Decision> stalled(String reason, String... said) {
        return decision -> {
            assertThat(decision).isInstanceOfSatisfying(Decision.Stall.class, stall -> assertThat(stall.reason())
                    .isEqualTo(reason));
            assertThat(((Decision.Stall) decision).message()).contains(said);
        };
    }

    @Test
    void nothing_to_do_sleeps_ten_minutes_at_most() {
        assertThat(decided()).isEqualTo(new Decision.Wait(story.now().plus(Duration.ofMinutes(10))));
    }

    @Test
    void the_wake_up_is_at_the_second_that_a_role_falls_due() {
        story.pass(Duration.ofHours(13));
        var due = due();
        story.pass(Duration.between(story.now(), due).minusSeconds(1));
        assertThat(decided()).isEqualTo(new Decision.Wait(due));
        story.pass(Duration.ofSeconds(1));
        assertThat(decided()).isInstanceOf(Decision.Publish.class);
    }

    private Instant due() {
        return Instant.parse(
                story.look().state().status().orElseThrow().roles().timestamp().refreshAt());
    }

    @Test
    void a_paused_factory_signs_nothing_though_everything_is_due() {
        story.changeFactory("paused: true");
        story.pass(Duration.ofDays(100));
        assertThat(decided()).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void a_paused_factory_erases_the_archive_all_the_same() {
        story.changeFactory("paused: true");
        story.handInArchiveDigest();
        assertThat(decided()).isInstanceOf(Decision.EraseRootKeys.class);
    }

    @Test
    void a_wrong_digest_erases_nothing() {
        story.cluster().edit(Secret.class, "acme-root-keys", secret -> secret.getMetadata()
                .setAnnotations(Map.of(Names.RETRIEVED, "0".repeat(64))));
        assertThat(decided()).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void a_clock_behind_the_last_signature_signs_nothing_even_where_something_is_lost() {
        story.pass(Duration.ofMinutes(-2));
        story.serverTime(story.now().plus(Duration.ofMinutes(2)));
        story.remove(ConfigMap.class, "acme-snapshot-1");
        assertThat(decided()).satisfies(stalled("ClockSkewed", "120 s behind"));
    }

    @Test
    void what_a_fast_clock_signed_is_signed_anew_by_one_that_the_api_server_confirms() {
        story.pass(Duration.ofMinutes(-2));
        story.serverTime(story.now());
        assertThat(decided()).isInstanceOf(Decision.Publish.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"targets", "snapshot", "timestamp"})
    @DisplayName("invariant 7: a missing key stalls at once, and is named")
    void a_missing_key_stalls_at_once(String role) {
        var key = story.cluster()
                .all(Secret.class)
                .filter(secret -> role.equals(secret.getMetadata().getLabels().get(Names.ROLE)))
                .findFirst()
                .orElseThrow();
        story.remove(Secret.class, key.getMetadata().getName());
        assertThat(decided())
                .satisfies(stalled("OnlineKeyMissing", key.getMetadata().getName()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme-root-1", "acme-targets-1", "acme-snapshot-1"})
    @DisplayName("invariant 13: what somebody deleted is put back byte for byte")
    void what_somebody_deleted_is_put_back(String name) {
        var original = story.cluster().find(ConfigMap.class, name).orElseThrow();
        story.look();
        story.remove(ConfigMap.class, name);
        assertThat(decided()).isInstanceOfSatisfying(Decision.PutBack.class, back -> assertThat(
                        back.original().getBinaryData())
                .isEqualTo(original.getBinaryData()));
    }

    /** Of it no device knows anything: it says which paths go when their Target goes. */
    @Test
    @DisplayName("invariant 13: a record of paths that somebody replaced is put back, though all signatures hold")
    void a_record_of_paths_that_somebody_replaced_is_put_back() {
        story.look();
        var original = story.cluster().find(ConfigMap.class, "acme-targets-1").orElseThrow();
        var impostor = new ConfigMapBuilder(original)
                .editMetadata()
                .withResourceVersion(null)
                .endMetadata()
                .withData(Map.of(Names.MANAGED_JSON, "{\"factoryUid\":\"another\",\"paths\":{}}"))
                .build();
        story.remove(ConfigMap.class, "acme-targets-1");
        story.cluster().create(impostor);
        assertThat(decided()).isInstanceOfSatisfying(Decision.PutBack.class, back -> assertThat(
                        back.original().getData())
                .isEqualTo(original.getData()));
        story.settle();
        assertThat(story.cluster().find(ConfigMap.class, "acme-targets-1").orElseThrow())
                .returns(original.getData(), ConfigMap::getData)
                .returns(original.getBinaryData(), ConfigMap::getBinaryData);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme-targets-1", "acme-snapshot-1"})
    @DisplayName("invariant 13: where nobody remembers what was deleted, it is named")
    void where_nobody_remembers_it_is_named(String name) {
        story.remove(ConfigMap.class, name);
        assertThat(decidedAfterRestart()).satisfies(stalled("MetadataTampered", name));
    }

    @Test
    void a_lost_first_root_is_never_replaced_by_another() {
        story.remove(ConfigMap.class, "acme-root-1");
        assertThat(decidedAfterRestart()).satisfies(stalled("RootMissing", "acme-root-1"));
    }

    @Test
    @DisplayName("invariant 4: a lost timestamp is reopened above the version in status")
    void a_lost_timestamp_is_reopened() {
        story.pass(Duration.ofHours(23));
        story.settle();
        story.remove(ConfigMap.class, "acme-timestamp");
        assertThat(decidedAfterRestart()).isEqualTo(new Decision.OpenCommitPoint(2));
    }

    @Test
    @DisplayName("invariant 4: a replayed timestamp is published anew above the version in status")
    void a_replayed_timestamp_is_passed() {
        var old = story.cluster().find(ConfigMap.class, "acme-timestamp").orElseThrow();
        story.pass(Duration.ofHours(23));
        story.settle();
        story.cluster()
                .edit(ConfigMap.class, "acme-timestamp", timestamp -> timestamp.setBinaryData(old.getBinaryData()));
        assertThat(decidedAfterRestart()).isInstanceOfSatisfying(Decision.Publish.class, publish -> assertThat(
                        publish.plan().timestampVersion())
                .isEqualTo(3));
    }

    @Test
    void another_dialect_than_the_stored_one_stalls() {
        annotateDialect("OTAConnect");
        assertThat(decided()).satisfies(stalled("DialectMismatch", "OTAConnect"));
    }

    private void annotateDialect(String dialect) {
        story.cluster().edit(ConfigMap.class, "acme-timestamp", timestamp -> timestamp
                .getMetadata()
                .getAnnotations()
                .put(Names.DIALECT, dialect));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TUF", "OTAConnect"})
    void a_factory_made_again_in_another_dialect_stalls_whatever_the_annotation_says(String annotated) {
        annotateDialect(annotated);
        story.changeFactory("dialect: OTAConnect");
        story.pass(Duration.ofDays(100));
        assertThat(decidedAfterRestart())
                .satisfies(stalled("DialectMismatch", "is in dialect TUF", "spec.dialect is OTAConnect"));
    }

    @Test
    @DisplayName("invariant 13: a first root that somebody replaced by one of another dialect is put back")
    void an_impostor_of_another_dialect_makes_way() {
        story.look();
        try (var other = InMemoryStory.unwatched(TestMetadata.OTA_CONNECT)) {
            other.declareFactory("generate: {}");
            other.settle();
            var impostor = other.cluster().find(ConfigMap.class, "acme-root-1").orElseThrow();
            story.cluster().edit(ConfigMap.class, "acme-root-1", root -> root.setBinaryData(impostor.getBinaryData()));
        }
        assertThat(decided()).isInstanceOfSatisfying(Decision.PutBack.class, back -> assertThat(
                        back.original().getMetadata().getName())
                .isEqualTo("acme-root-1"));
    }

    @Test
    void a_first_root_that_isnt_the_pinned_one_stalls() {
        story.changeFactory("trustedRootSha256: '" + "0".repeat(64) + "'");
        assertThat(decided()).satisfies(stalled("RootNotTrusted", "0".repeat(64)));
    }

    /** A namespace was deleted, status and all, and GitOps declares the Factory again before anybody restores a backup. */
    @Test
    @DisplayName("invariant 3: a pinned Factory of which nothing is stored gets neither keys nor another root 1")
    void a_pinned_factory_of_which_nothing_is_stored_waits() {
        try (var again = InMemoryStory.unwatched()) {
            again.declareFactory("generate: {}");
            again.changeFactory("trustedRootSha256: '" + "0".repeat(64) + "'");
            again.settle();
            assertThat(again.look().decision())
                    .satisfies(stalled("RootMissing", "acme-root-1", "0".repeat(64), "backup"));
            assertThat(again.cluster().all(ConfigMap.class)).isEmpty();
            assertThat(again.cluster().all(Secret.class)).isEmpty();
        }
    }

    /** Whoever may write ConfigMaps must not stop a Factory. */
    @Test
    void a_planted_payload_whose_root_names_a_key_that_it_lacks_is_removed() {
        var root = story.published().root().metadata();
        var roles = new HashMap<>(root.roles());
        roles.put("root", new Role(List.of(new KeyId("0".repeat(64))), 1, Map.of()));
        var next = new Root(2, root.expires(), true, root.keys(), roles, root.unrecognized());
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .withName("x-payload")
                        .addToLabels(Names.FACTORY, "acme")
                        .addToLabels(Names.ROOT_ROTATION, "x")
                        .endMetadata()
                        .addToBinaryData(
                                Names.PAYLOAD_JSON,
                                TestMetadata.TUF.canonical(next).base64())
                        .build());
        story.settle();
        assertThat(story.cluster().find(ConfigMap.class, "x-payload")).isEmpty();
    }

    @Test
    void a_declared_custody_changes_nothing_before_root_agrees() {
        story.changeFactory("targets: {custody: Offline}");
        assertThat(decided()).isInstanceOf(Decision.Wait.class);
    }
}
