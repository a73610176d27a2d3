package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What the operator makes of the sources of an import, and what it leaves alone. */
class ImportTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @AfterEach
    void close() {
        story.close();
    }

    private void declare(int firstVersion) {
        story.declareFactory(OldServer.IMPORT.formatted(firstVersion));
        story.settle();
    }

    private void assertNothingIsAdopted() {
        assertThat(story.cluster().all(ConfigMap.class))
                .extracting(object -> object.getMetadata().getName())
                .isSubsetOf(OldServer.CONFIG_MAP, "acme-readme", "acme-root-7");
        assertThat(story.cluster().all(Secret.class))
                .extracting(object -> object.getMetadata().getName())
                .isSubsetOf(OldServer.SECRET);
    }

    private Bytes stored(String name, String entry) {
        return StoredMetadata.file(story.cluster().find(ConfigMap.class, name).orElseThrow(), entry)
                .orElseThrow();
    }

    @Test
    @DisplayName("invariant 9: an imported fleet is stored byte for byte")
    void what_is_imported_is_stored_as_it_was_received() {
        OldServer.handsOver(story);
        declare(1);
        var files = OldServer.files();
        assertThat(stored("acme-root-1", "root.json")).isEqualTo(files.get("1.root.json"));
        assertThat(stored("acme-root-3", "root.json")).isEqualTo(files.get("3.root.json"));
        assertThat(stored("acme-targets-7", "targets.json")).isEqualTo(files.get("7.targets.json"));
        assertThat(stored("acme-snapshot-5", "snapshot.json")).isEqualTo(files.get("5.snapshot.json"));
        assertThat(stored("acme-timestamp", "timestamp.json")).isEqualTo(files.get("timestamp.json"));
    }

    @Test
    void a_missing_source_is_waited_for_by_name() {
        OldServer.files(story, OldServer.files());
        declare(1);
        assertThat(story.readiness()).contains("ImportSourceMissing", "Secret old-server-keys");
        assertNothingIsAdopted();
        OldServer.keys(story, "targets", "snapshot", "timestamp");
        story.settle();
        assertThat(story.readiness()).contains("True Published");
    }

    @Test
    void what_is_wrong_is_said_and_nothing_half_adopted() {
        var files = OldServer.files();
        files.put("2.root.json", files.get("3.root.json"));
        OldServer.files(story, files);
        OldServer.keys(story, "timestamp");
        declare(1);
        assertThat(story.readiness()).contains("ImportRefused", "2.root.json of ConfigMap old-server");
        assertNothingIsAdopted();
    }

    @Test
    @DisplayName("invariant 6: a root key in a source is refused loudly, and never echoed")
    void a_private_root_key_is_refused() {
        OldServer.handsOver(story, "timestamp", "bob");
        declare(1);
        assertThat(story.readiness())
                .contains("RootKeyInSource", "bob.pem of Secret old-server-keys")
                .doesNotContain(
                        TestMetadata.key("bob").privatePem().lines().toList().get(1));
        assertNothingIsAdopted();
    }

    @Test
    void a_key_that_no_role_names_is_refused_by_name() {
        OldServer.handsOver(story, "timestamp", "carol");
        declare(1);
        assertThat(story.readiness()).contains("ImportRefused", "carol.pem of Secret old-server-keys");
        assertNothingIsAdopted();
    }

    @Test
    void another_first_root_than_the_trusted_one_is_refused() {
        OldServer.handsOver(story, "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(2));
        story.changeFactory(
                "trustedRootSha256: " + OldServer.files().get("1.root.json").sha256());
        story.settle();
        assertThat(story.readiness()).contains("RootNotTrusted", "2.root.json of ConfigMap old-server");
        assertNothingIsAdopted();
    }

    @Test
    void a_source_under_a_name_of_the_operators_is_left_alone() {
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("acme-root-7")
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels(Names.FACTORY, "acme")
                        .endMetadata()
                        .build());
        story.declareFactory("import: {sources: [{configMapRef: {name: acme-root-7}}], firstVersion: 7}");
        story.settle();
        assertThat(story.readiness()).contains("ImportRefused", "ConfigMap acme-root-7");
        assertNothingIsAdopted();
    }

    @Test
    void other_metadata_in_the_way_is_removed_as_long_as_nothing_is_published() {
        plant("acme-targets-7", "targets", "7", "targets.json", Bytes.utf8("{}"));
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        declare(1);
        assertThat(story.readiness()).contains("True Published");
    }

    @Test
    void another_root_in_the_way_is_its_owners_to_remove() {
        plant("acme-root-1", "root", "1", "root.json", TestMetadata.sign(TestMetadata.root(1), "root"));
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        declare(1);
        // Roots without a timestamp are a loss, not an import.
        assertThat(story.readiness()).contains("TimestampMissing");
        story.remove(ConfigMap.class, "acme-root-1");
        story.settle();
        assertThat(story.readiness()).contains("True Published");
    }

    private void plant(String name, String role, String version, String entry, Bytes file) {
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels(Names.FACTORY, "acme")
                        .addToLabels(Names.ROLE, role)
                        .addToLabels(Names.VERSION, version)
                        .endMetadata()
                        .withBinaryData(Map.of(entry, file.base64()))
                        .build());
    }

    @Test
    @DisplayName("invariant 4: once published, sources are history, whatever else is lost")
    void sources_are_not_adopted_again_where_the_timestamp_and_status_are_lost() {
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        declare(1);
        story.remove(ConfigMap.class, "acme-timestamp");
        story.remove(Factory.class, "acme");
        story.restart(Interruption.NONE);
        declare(1);
        assertThat(story.readiness()).contains("TimestampMissing");
        story.cluster().edit(Factory.class, "acme", factory -> factory.getMetadata()
                .setAnnotations(Map.of(Names.VERSION_FLOOR, "100")));
        assertThat(story.operator().step().decision()).isEqualTo(new Decision.OpenCommitPoint(100));
        assertThat(story.look().decision()).isInstanceOf(Decision.Publish.class);
        story.settle();
        assertThat(story.newestTimestamp()).isEqualTo(101);
    }

    @Test
    void the_first_root_is_remembered_where_the_timestamp_is_lost() {
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        declare(2);
        story.remove(ConfigMap.class, "acme-timestamp");
        story.restart(Interruption.NONE);
        story.settle();
        assertThat(story.readiness()).contains("True Published");
        story.restart(Interruption.NONE);
        assertThat(story.look().state().roots().first()).isEqualTo(2);
    }

    @Test
    @DisplayName("invariant 7: a key that wasn't brought stalls by name, and a rotation recovers")
    void a_missing_online_key_stalls_by_name() {
        OldServer.handsOver(story, "targets", "snapshot");
        declare(1);
        assertThat(story.readiness())
                .contains(
                        "OnlineKeyMissing",
                        Names.onlineKey("acme", RoleName.TIMESTAMP, TestMetadata.keyid("timestamp")));
        assertThat(stored("acme-timestamp", "timestamp.json"))
                .isEqualTo(OldServer.files().get("timestamp.json"));
        story.declare("recovery", "rotateOnlineKeys: [timestamp]");
        story.settle();
        story.sign("recovery", OldServer.HOLDER);
        story.settle();
        assertThat(story.readiness()).contains("True Published");
    }

    /** By keyids that aren't the digests of their keys, as old servers gave them. */
    private void declareWithKeyidsOfItsOwn() {
        OldServer.files(story, OldServer.filesWithKeyidsOfItsOwn());
        OldServer.keys(story, "targets", "snapshot", "timestamp");
        declare(1);
    }

    @Test
    void keyids_of_another_rule_go_on_signing() {
        declareWithKeyidsOfItsOwn();
        assertThat(story.readiness()).contains("True Published");
        var before = story.newestTimestamp();
        story.pass(Duration.ofDays(2));
        story.settle();
        assertThat(story.readiness()).contains("True Published");
        assertThat(story.newestTimestamp()).isGreaterThan(before);
        assertThat(story.cluster().all(Secret.class))
                .as("no key is taken for a retired one")
                .hasSize(4);
    }

    @Test
    @DisplayName("invariant 12: a limit that an imported root breaks already doesn't keep the next from being signed")
    void keyids_of_another_rule_survive_a_rotation() {
        declareWithKeyidsOfItsOwn();
        story.declare("bob-joins", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
        story.settle();
        story.sign("bob-joins", Flow.BOB);
        story.sign("bob-joins", OldServer.HOLDER);
        story.settle();
        assertThat(story.newestRoot()).isEqualTo(4);
        story.declare("online", "rotateOnlineKeys: [timestamp, snapshot, targets]");
        story.settle();
        story.sign("online", OldServer.HOLDER);
        story.settle();
        for (var step = 0; step < 3; step++) {
            story.pass(Duration.ofMinutes(61));
            story.settle();
        }
        assertThat(story.newestRoot()).isEqualTo(5);
        assertThat(story.readiness()).contains("True Published");
        assertThat(story.cluster().all(Secret.class).filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType())))
                .as("the old keys have retired")
                .hasSize(3);
    }

    @Test
    void a_role_that_two_of_three_sign_goes_on_with_two_and_recovers_with_one() {
        OldServer.files(story, OldServer.filesWithThreeTimestampKeys());
        OldServer.keys(story, "targets", "snapshot", "timestamp", "carol");
        declare(1);
        assertThat(story.readiness()).contains("True Published");
        story.pass(Duration.ofDays(2));
        story.settle();
        assertThat(story.readiness()).contains("True Published");
        story.loseOnlineKey("timestamp");
        story.settle();
        assertThat(story.readiness()).contains("OnlineKeyMissing");
        story.declare("recovery", "rotateOnlineKeys: [timestamp]");
        story.settle();
        story.sign("recovery", OldServer.HOLDER);
        story.settle();
        assertThat(story.readiness()).contains("True Published");
    }

    @Test
    void no_rotation_gets_a_turn_while_the_chain_is_half_stored() {
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(1));
        story.restart((moment, write) -> {
            if (moment == Interruption.Moment.BEFORE && write.endsWith("acme-root-2")) {
                story.cluster().delete(Secret.class, OldServer.SECRET);
                throw new Interruption.Crash(write);
            }
        });
        story.settle();
        assertThat(story.readiness()).contains("ImportSourceMissing");
        story.declare("early", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
        story.settle();
        assertThat(story.payload("early")).isEmpty();
        assertThat(story.rotation("early").orElseThrow().getStatus().phase()).isEqualTo(Phase.QUEUED);
        OldServer.keys(story, "targets", "snapshot", "timestamp");
        story.settle();
        assertThat(story.readiness()).contains("True Published");
        assertThat(story.payload("early")).isPresent();
    }

    @Test
    void another_root_than_the_sources_have_is_never_thrown_away() {
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(1));
        story.restart((moment, write) -> {
            if (moment == Interruption.Moment.BEFORE && write.endsWith("acme-root-1")) {
                plant("acme-root-1", "root", "1", "root.json", TestMetadata.sign(TestMetadata.root(1), "root"));
                throw new Interruption.Crash(write);
            }
        });
        story.settle();
        assertThat(story.readiness()).contains("ImportConflict", "ConfigMap acme-root-1");
        story.remove(ConfigMap.class, "acme-root-1");
        story.settle();
        assertThat(story.readiness()).contains("True Published");
    }

    @Test
    void a_factory_made_again_may_ask_for_more_of_the_chain() {
        OldServer.handsOver(story, "targets", "snapshot", "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(2));
        story.restart((moment, write) -> {
            if (moment == Interruption.Moment.BEFORE && write.endsWith("acme-root-3")) {
                story.remove(Factory.class, "acme");
                story.declareFactory(OldServer.IMPORT.formatted(1));
                throw new Interruption.Crash(write);
            }
        });
        story.settle();
        assertThat(story.readiness()).contains("True Published");
        assertThat(story.look().state().reading().published().orElseThrow().roots())
                .containsOnlyKeys(1L, 2L, 3L);
    }
}
