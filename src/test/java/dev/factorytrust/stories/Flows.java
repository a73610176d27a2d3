package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.stories.Flow.Stage;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** Everything that an operator does to a Factory of its own accord or at somebody's word, story by story. */
final class Flows {

    private static final Person ALICE = Person.withKey("alice", KeyType.ED25519);
    private static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    private static final Person BOB = Person.withKey("bob", KeyType.ECDSA_P256);
    private static final Person CAROL = Person.withKey("carol", KeyType.RSA_2048);

    private static final Consumer<Stage> NOTHING = _ -> {};

    private static final Consumer<Stage> GENERATED = stage -> {
        stage.people().declareFactory("generate: {}");
        stage.people().awaitReady();
    };

    private static final Consumer<Stage> OFFLINE = stage -> {
        stage.people().declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(ALICE.declared()));
        stage.people().attach("acme-root-1", ALICE);
        stage.people().awaitReady();
    };

    private static final Consumer<Stage> OTA_CONNECT = stage -> {
        stage.people()
                .declareFactoryWith(
                        "offline: {threshold: 1, keys: [%s]}".formatted(CAROL.declared()),
                        "dialect: OTAConnect, targets: {keyType: rsa-2048}");
        stage.people().attach("acme-root-1", CAROL);
        stage.people().awaitReady();
    };

    /** All that is signed lives for two days, and so falls due together. */
    private static final Consumer<Stage> SHORT_LIVED = stage -> {
        var life = "{expiresAfter: 2d, refreshBefore: 1d}";
        stage.people()
                .declareFactoryWith(
                        "generate: {}", "targets: %s, snapshot: %s, timestamp: %s".formatted(life, life, life));
        stage.people().awaitReady();
    };

    private Flows() {}

    static List<Flow> all() {
        return List.of(
                new Flow("bootstrap with keys made in the cluster", NOTHING, GENERATED),
                new Flow("bootstrap with keys held offline", NOTHING, OFFLINE),
                new Flow("refresh of the timestamp", GENERATED, stage -> {
                    stage.pass(Duration.ofHours(18));
                    awaitTimestamp(stage, 2);
                }),
                new Flow("refresh of everything, twice, until the first is outlived", SHORT_LIVED, stage -> {
                    refreshAll(stage, 2);
                    refreshAll(stage, 3);
                }),
                new Flow("a Target added", GENERATED, stage -> {
                    stage.people().target("lmp");
                    awaitTargets(stage, 1);
                }),
                new Flow("a Target removed", GENERATED.andThen(Flows::twoTargets), stage -> {
                    stage.people().targetNamed("lmp-1").delete();
                    awaitTargets(stage, 1);
                }),
                new Flow("rotation of the root", OFFLINE, stage -> {
                    stage.people()
                            .declare(
                                    "hand-over", "root: {addKeys: [%s], removeKeys: [alice]}".formatted(declared(BOB)));
                    stage.people().attach("hand-over", BOB);
                    stage.people().attach("hand-over", ALICE);
                    stage.people().awaitPhase("hand-over", Phase.COMPLETED, SOON);
                }),
                new Flow("rotation of the online keys, with overlap", OFFLINE, stage -> {
                    stage.people().declare("fresh", "rotateOnlineKeys: [timestamp, snapshot, targets]");
                    stage.people().attach("fresh", ALICE);
                    stage.people().awaitPhase("fresh", Phase.OVERLAPPING, SOON);
                    stage.pass(Duration.ofMinutes(61));
                    awaitRoot(stage, 2);
                    stage.pass(Duration.ofMinutes(61));
                    stage.people().awaitPhase("fresh", Phase.COMPLETED, SOON);
                }),
                new Flow(
                        "OTAConnect: rotation of the root and the timestamp's key, with overlap",
                        OTA_CONNECT,
                        stage -> {
                            stage.people()
                                    .declare(
                                            "fresh",
                                            "rotateOnlineKeys: [timestamp], root: {addKeys: [%s], removeKeys: [carol]}"
                                                    .formatted(declared(ALICE)));
                            stage.people().attach("fresh", ALICE);
                            stage.people().attach("fresh", CAROL);
                            stage.people().awaitPhase("fresh", Phase.OVERLAPPING, SOON);
                            stage.pass(Duration.ofMinutes(61));
                            awaitRoot(stage, 2);
                            stage.pass(Duration.ofMinutes(61));
                            stage.people().awaitPhase("fresh", Phase.COMPLETED, SOON);
                        }),
                new Flow("compromise of the online keys", OFFLINE, stage -> {
                    stage.people().declare("stolen", "reason: Compromise");
                    stage.people().attach("stolen", ALICE);
                    stage.people().awaitPhase("stolen", Phase.COMPLETED, SOON);
                }),
                new Flow("a lost online key replaced", OFFLINE, stage -> {
                    var lost = stage.people().onlineKeys().stream()
                            .filter(name -> name.startsWith("acme-timestamp-"))
                            .findFirst();
                    stage.people().secret(lost.orElseThrow()).delete();
                    stage.people().declare("recover", "rotateOnlineKeys: [timestamp]");
                    stage.people().attach("recover", ALICE);
                    stage.people().awaitPhase("recover", Phase.COMPLETED, SOON);
                }),
                new Flow("a proposal that is signed", OFFLINE, stage -> {
                    stage.people().changeFactory("{\"spec\": {\"timestamp\": {\"keyType\": \"ecdsa-p256\"}}}");
                    var proposal = stage.people().awaitProposal(2);
                    stage.people().attach(proposal, ALICE);
                    stage.people().awaitPhase(proposal, Phase.OVERLAPPING, SOON);
                    stage.pass(Duration.ofMinutes(61));
                    awaitRoot(stage, 2);
                    stage.pass(Duration.ofMinutes(61));
                    stage.people().awaitPhase(proposal, Phase.COMPLETED, SOON);
                }),
                new Flow("a rotation deleted before it is signed", OFFLINE, stage -> {
                    stage.people().declare("regretted", "rotateOnlineKeys: [targets]");
                    stage.people().awaitPayload("regretted");
                    stage.people().rotation("regretted").delete();
                    eventually(SOON, () -> assertThat(stage.people()
                                    .configMap("regretted-payload")
                                    .get())
                            .isNull());
                }),
                new Flow("a rotation deleted once all have signed", OFFLINE, stage -> {
                    stage.people().declare("meant", "root: {addKeys: [%s]}".formatted(declared(BOB)));
                    stage.people().awaitPayload("meant");
                    stage.people().pause(true);
                    stage.people().attach("meant", BOB);
                    stage.people().attach("meant", ALICE);
                    stage.people().rotation("meant").delete();
                    stage.people().pause(false);
                    awaitRoot(stage, 2);
                }),
                new Flow("offline targets, changed, and their holder exchanged", Flows::ownedByTina, stage -> {
                    stage.people().target("lmp");
                    stage.people().attachTargets(2, TINA);
                    awaitTargets(stage, 1);
                    stage.people()
                            .declare(
                                    "hand-over",
                                    "targets: {addKeys: [%s], removeKeys: [tina]}".formatted(declared(BOB)));
                    stage.people().attach("hand-over", BOB);
                    stage.people().attach("hand-over", ALICE);
                    stage.people().attachTargets(3, TINA, BOB);
                    stage.people().awaitPhase("hand-over", Phase.OVERLAPPING, SOON);
                    stage.pass(Duration.ofMinutes(61));
                    awaitRoot(stage, 2);
                    stage.pass(Duration.ofMinutes(61));
                    stage.people().awaitPhase("hand-over", Phase.COMPLETED, SOON);
                }),
                new Flow("erasure of the archive", GENERATED, stage -> {
                    var archive = stage.people().secret("acme-root-keys");
                    var digest = Bytes.base64(archive.get().getData().get("root-keys.tgz"))
                            .sha256();
                    archive.patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "metadata: {annotations: {factory-trust.dev/retrieved: '%s'}}".formatted(digest));
                    eventually(SOON, () -> assertThat(stage.people().holds(Conditions.ROOT_KEYS_IN_CLUSTER))
                            .isFalse());
                }));
    }

    private static void ownedByTina(Stage stage) {
        stage.people()
                .declareFactoryWith(
                        "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 1, keys: [%s]}"
                                .formatted(declared(ALICE), declared(TINA)),
                        "targets: {custody: Offline}");
        stage.people().attach("acme-root-1", ALICE);
        stage.people().attach("acme-root-1", TINA);
        stage.people().attachTargets(1, TINA);
        stage.people().awaitReady();
    }

    private static void twoTargets(Stage stage) {
        stage.people().target("lmp-1");
        stage.people().target("lmp-2");
        awaitTargets(stage, 2);
    }

    private static void refreshAll(Stage stage, int timestamp) {
        stage.pass(Duration.ofHours(26));
        awaitTimestamp(stage, timestamp);
    }

    private static void awaitTimestamp(Stage stage, long version) {
        eventually(SOON, () -> assertThat(
                        stage.people().status().roles().timestamp().version())
                .isEqualTo(version));
    }

    private static void awaitRoot(Stage stage, long version) {
        eventually(SOON, () -> assertThat(stage.people().status().roles().root().version())
                .isEqualTo(version));
    }

    private static void awaitTargets(Stage stage, int count) {
        eventually(SOON, () -> assertThat(stage.people().status().targets().count())
                .isEqualTo(count));
    }
}
