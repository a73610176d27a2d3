package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static dev.factorytrust.operator.factory.People.declared;
import static org.assertj.core.api.Assertions.assertThat;

/** Targets whose keys people hold, in front of devices that poll after every write. */
class HeldTargetsTest {

    private static final Person ALICE = Flow.ALICE;
    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    private static final Person TOM = Person.withKey("tom", KeyType.ED25519);
    private static final Person TESS = Person.withKey("tess", KeyType.ED25519);

    private static final String BY_ALICE = "offline: {threshold: 1, keys: [%s]}".formatted(declared(ALICE));
    private static final String TWO_OF_THREE =
            BY_ALICE + ", targets: {threshold: 2, keys: [%s]}".formatted(declared(TINA, TOM, TESS));
    private static final String ONE_BESIDE =
            BY_ALICE + ", targets: {threshold: 1, keys: [%s]}".formatted(declared(TINA));

    private final InMemoryStory story = InMemoryStory.begin();

    @AfterEach
    void close() {
        story.close();
    }

    @Test
    void a_factory_with_offline_targets_is_ready_once_root_and_the_first_targets_are_signed() {
        story.declareFactory(TWO_OF_THREE, "{custody: Offline}");
        story.settle();
        assertThat(story.readiness()).startsWith("Unknown Bootstrapping: Root version 1 waits");

        sign("acme-root-1", ALICE, TINA, TOM);
        assertThat(story.readiness()).as("every holder proves himself").contains("each new key's own: tess");
        sign("acme-root-1", TESS);

        assertThat(story.readiness())
                .startsWith("Unknown Bootstrapping: Targets version 1 waits for signatures on ConfigMap"
                        + " acme-targets-1-payload (sha256 ");
        assertThat(condition("TargetsPending").reason()).isEqualTo("AwaitingSignatures");
        assertThat(newest().diff()).first().isEqualTo("lists nothing");
        assertThat(newest().signatures().current().threshold()).isEqualTo(2);
        assertThat(names(newest().signatures().current().missing())).containsExactlyInAnyOrder("tina", "tom", "tess");

        sign("acme-targets-1", TINA);
        assertThat(names(newest().signatures().current().signed())).containsExactly("tina");
        sign("acme-targets-1", TESS);

        assertThat(story.readiness()).startsWith("True Published");
        assertThat(published().targets().signatures()).hasSize(2);
        assertThat(conditions()).doesNotContainKeys("TargetsPending", "CustodyPending");
        assertThat(story.cluster().all(ConfigMap.class).map(object -> object.getMetadata()
                        .getName()))
                .as("nobody needs the payload any more")
                .noneMatch(name -> name.startsWith("acme-targets") && name.endsWith("-payload"));
        story.end();
    }

    @Test
    void shared_targets_need_a_holder_and_the_clusters_key_which_signs_last() {
        shared();

        var targets = published().targets();
        assertThat(published().root().metadata().role(RoleName.TARGETS).threshold())
                .isEqualTo(2);
        assertThat(targets.signatures()).hasSize(2);
        assertThat(conditions()).doesNotContainKey("CustodyPending");
    }

    @Test
    void what_is_published_stays_served_and_fresh_until_a_change_has_its_signatures() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();

        assertThat(newest().configMap()).isEqualTo("acme-targets-2-payload");
        assertThat(newest().diff()).first().asString().startsWith("+ lmp-1 sha256 ");

        var before = published();
        story.pass(Duration.ofDays(6));
        story.settle();
        assertThat(published().targets().file()).isEqualTo(before.targets().file());
        assertThat(published().snapshot().metadata().version())
                .isGreaterThan(before.snapshot().metadata().version());
        assertThat(published().timestamp().metadata().version())
                .isGreaterThan(before.timestamp().metadata().version());

        sign("acme-targets-2", TOM, TESS);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void each_change_is_offered_anew_and_the_first_that_is_signed_is_published() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.addTarget("lmp-2", 1);
        story.settle();
        assertThat(payloads()).containsExactly("acme-targets-3-payload", "acme-targets-2-payload");

        sign("acme-targets-2", TINA, TOM);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
        assertThat(payloads()).containsExactly("acme-targets-3-payload");

        sign("acme-targets-3", TINA, TOM);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1", "lmp-2");
        assertThat(published().targets().metadata().version()).isEqualTo(3);
        story.endsWell();
    }

    @Test
    void an_older_one_that_is_signed_too_late_is_remade_above() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();
        story.addTarget("lmp-2", 1);
        story.settle();

        sign("acme-targets-3", TINA, TOM);
        sign("acme-targets-2", TINA, TOM);

        assertThat(published().targets().metadata().version()).isEqualTo(3);
        assertThat(payloads()).isEmpty();
    }

    @Test
    void what_was_taken_back_is_not_published_by_a_late_signature() {
        offline();
        story.addTarget("bad", 1);
        story.settle();
        sign("acme-targets-2", TINA);
        story.remove(Target.class, "bad");
        story.settle();

        sign("acme-targets-2", TOM);

        assertThat(published().targets().metadata().targets()).isEmpty();
        assertThat(published().targets().metadata().version()).isEqualTo(1);
        story.addTarget("good", 1);
        story.settle();
        assertThat(payloads()).as("its version is taken for good").containsExactly("acme-targets-3-payload");
        sign("acme-targets-3", TINA, TOM);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("good");
    }

    @Test
    void targets_that_expire_soon_are_offered_again_each_week_until_they_are_signed() {
        offline();
        story.pass(Duration.ofDays(61));
        story.settle();

        assertThat(condition("TargetsExpiring").reason()).isEqualTo("AwaitingSignatures");
        assertThat(payloads()).containsExactly("acme-targets-2-payload");
        assertThat(newest().diff()).first().isEqualTo("lists nothing");
        story.pass(Duration.ofDays(7));
        story.settle();
        assertThat(payloads()).containsExactly("acme-targets-3-payload");
        sign("acme-targets-2", TINA, TOM);
        assertThat(published().targets().metadata().version()).as("too late").isEqualTo(1);

        sign("acme-targets-3", TINA, TOM);
        assertThat(published().targets().metadata().version()).isEqualTo(3);
        assertThat(conditions()).doesNotContainKey("TargetsExpiring");
    }

    @Test
    void a_bad_signature_is_named_and_masks_nothing() {
        offline();
        story.addTarget("lmp-1", 1);
        story.settle();

        sign("acme-targets-2", ALICE);
        assertThat(condition("TargetsPending").reason()).isEqualTo("InvalidSignature");
        assertThat(newest().signatures().rejected()).first().satisfies(rejection -> {
            assertThat(rejection.secret()).isEqualTo("acme-targets-2-by-alice");
            assertThat(rejection.reason()).contains("not by tina");
        });

        sign("acme-targets-2", TINA, TOM);
        assertThat(published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
    }

    @Test
    void what_somebody_puts_where_holders_look_for_their_payload_is_removed() {
        offline();
        var payload = published().targets().metadata();
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("acme-targets-9-payload")
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels("factory-trust.dev/factory", "acme")
                        .addToAnnotations("factory-trust.dev/sign-before", "2040-01-01T00:00:00Z")
                        .endMetadata()
                        .withBinaryData(Map.of(
                                "payload.json",
                                Bytes.utf8("""
                                        {"_type":"targets","expires":"2040-01-01T00:00:00Z","spec_version":"1.0.34","targets":{"evil":{"hashes":{"sha256":"%s"},"length":1}},"version":9}""".formatted("0".repeat(64))).base64()))
                        .build());
        story.settle();

        assertThat(story.cluster().find(ConfigMap.class, "acme-targets-9-payload"))
                .isEmpty();
        assertThat(payload.version()).isEqualTo(1);
    }

    @Test
    void a_generated_root_waits_for_the_holders_of_targets_and_its_archive_signs_last() {
        story.declareFactory(
                "generate: {}, targets: {threshold: 1, keys: [%s]}".formatted(declared(TINA)), "{custody: Offline}");
        story.settle();
        assertThat(story.cluster().find(ConfigMap.class, "acme-root-1")).isEmpty();

        sign("acme-root-1", TINA);
        sign("acme-targets-1", TINA);

        assertThat(story.readiness()).startsWith("True Published");
        assertThat(published().root().signatures()).hasSize(2);
    }

    @Test
    void holders_without_custody_and_custody_without_holders_are_refused_before_anything_is_made() {
        story.declareFactory(BY_ALICE, "{custody: Offline}");
        story.settle();

        assertThat(story.readiness()).startsWith("False CustodyMismatch: spec.targets.custody is not Online");
    }

    private void offline() {
        story.declareFactory(TWO_OF_THREE, "{custody: Offline}");
        story.settle();
        sign("acme-root-1", ALICE, TINA, TOM, TESS);
        sign("acme-targets-1", TINA, TOM);
    }

    private void shared() {
        story.declareFactory(ONE_BESIDE, "{custody: Shared}");
        story.settle();
        sign("acme-root-1", ALICE, TINA);
        sign("acme-targets-1", TINA);
    }

    private void sign(String what, Person... people) {
        for (var person : people) {
            story.sign(what, person);
            story.settle();
        }
    }

    private Repository published() {
        return EndState.reading(story.cluster(), People.ACME).published().orElseThrow();
    }

    private FactoryStatus status() {
        return story.cluster().find(Factory.class, "acme").orElseThrow().getStatus();
    }

    private Map<String, Condition> conditions() {
        return status().conditions().stream().collect(Collectors.toMap(Condition::type, condition -> condition));
    }

    private Condition condition(String type) {
        return conditions().get(type);
    }

    private OfferedTargets newest() {
        return status().targets().payloads().getFirst();
    }

    /** Those that may be signed. */
    private List<String> payloads() {
        return status().targets().payloads().stream()
                .filter(payload -> payload.signatures() != null)
                .map(OfferedTargets::configMap)
                .toList();
    }

    private static List<String> names(List<KeyRef> keys) {
        return keys.stream().map(KeyRef::name).toList();
    }
}
