package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.testing.TestClock;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.OtaConnectDialect;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.UnsignedMetadataException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** The whole life of a Factory whose devices run aktualizr, as one of them sees it over HTTP. */
class OtaConnectIT {

    private static final Dialect DIALECT = new OtaConnectDialect();
    private static final Duration OVERLAP = Duration.ofHours(1);

    private final Person alice = Person.withKey("alice", KeyType.RSA_2048);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);
    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName(
            "invariants 1, 5: bootstrap, Target, refresh, rotation with overlap and Compromise, and no device refuses")
    void a_device_follows_through_a_whole_life() {
        try (var story = new RotationStory(clock)) {
            story.declareFactoryWith(
                    "offline: {threshold: 1, keys: [%s]}".formatted(declared(alice)),
                    "dialect: OTAConnect, timestamp: {keyType: rsa-2048}");
            story.attach("acme-root-1", alice);
            story.awaitReady();
            var devices = new Devices(story);
            devices.follow(1, 1);

            story.target("intel-corei7-64-lmp-764", "hardwareIds: [intel-corei7-64], version: '764', tags: [main]");
            eventually(SOON, () -> assertThat(story.status().targets().count()).isEqualTo(1));
            devices.follow(1, 2);
            assertThat(devices.first()
                            .targets()
                            .targets()
                            .get("intel-corei7-64-lmp-764")
                            .custom())
                    .hasValueSatisfying(custom ->
                            assertThat(custom.path("version").asText()).isEqualTo("764"));

            clock.advance(Duration.ofHours(18));
            story.poke();
            devices.follow(1, 3);

            story.declare(
                    "hand-over",
                    "rotateOnlineKeys: [timestamp, snapshot, targets], root: {addKeys: [%s], removeKeys: [alice]}"
                            .formatted(declared(bob)));
            story.attach("hand-over", bob);
            story.attach("hand-over", alice);
            story.awaitPhase("hand-over", Phase.OVERLAPPING, SOON);
            devices.follow(1, 4);
            assertThat(story.signersOf("targets")).as("both keys sign").hasSize(2);
            clock.advance(OVERLAP.plusSeconds(1));
            story.poke();
            devices.follow(2, 4);
            clock.advance(OVERLAP.plusSeconds(1));
            story.poke();
            story.awaitPhase("hand-over", Phase.COMPLETED, SOON);
            devices.follow(2, 5);
            assertThat(story.signersOf("targets")).containsExactlyElementsOf(story.keyids(2, RoleName.TARGETS));

            var thief = new Thief(story);
            assertThat(thief.offersBuild765To(OtaConnectDevice.flashed(story.root(1), devices.url), clock.instant()))
                    .as("he has what signs")
                    .isEmpty();
            story.declare("stolen", "reason: Compromise");
            story.attach("stolen", bob);
            story.awaitPhase("stolen", Phase.COMPLETED, SOON);
            devices.follow(3, 6);
            for (var device : List.of(devices.first(), OtaConnectDevice.flashed(story.root(3), devices.url))) {
                assertThat(thief.offersBuild765To(device, clock.instant()))
                        .hasValueSatisfying(
                                refusal -> assertThat(refusal).isInstanceOf(UnsignedMetadataException.class));
            }
            devices.follow(3, 6);
            assertThat(devices.first().offered()).containsExactly("intel-corei7-64-lmp-764");
            toolsPull(story);
        }
    }

    /** What garage-sign and fioctl fetch before they let somebody sign. */
    private static void toolsPull(RotationStory story) {
        var userRepo = story.operator().url(story.namespace(), "acme").resolve("api/v1/user_repo/");
        assertThat(Http.get(userRepo.resolve("root.json")).body())
                .isEqualTo(story.root(3).toArray());
        assertThat(Http.get(userRepo.resolve("2.root.json")).body())
                .isEqualTo(story.root(2).toArray());
        assertThat(Http.get(userRepo.resolve("4.root.json")).statusCode()).isEqualTo(404);
        var targets = Http.get(userRepo.resolve("targets.json"));
        assertThat(targets.headers().firstValue("x-ats-role-checksum"))
                .hasValue(Bytes.of(targets.body()).sha256());
    }

    @Test
    @DisplayName("a Factory made again in another dialect touches nothing, and its devices are served as before")
    void a_factory_made_again_in_another_dialect_stalls_and_its_devices_are_served_as_before() {
        try (var story = new RotationStory(clock)) {
            story.declareFactoryWith("generate: {keyType: rsa-2048}", "dialect: OTAConnect");
            story.awaitReady();
            var devices = new Devices(story);
            devices.follow(1, 1);
            var before = story.configMap("acme-timestamp").get();

            story.factory().delete();
            eventually(SOON, () -> assertThat(story.factory().get()).isNull());
            story.declareFactory("generate: {}");
            eventually(SOON, () -> assertThat(story.condition(Conditions.STALLED))
                    .startsWith("DialectMismatch: the metadata stored under this name is in dialect OTAConnect"));
            clock.advance(Duration.ofHours(18));
            story.poke();
            devices.follow(1, 1);
            assertThat(story.configMap("acme-timestamp").get()).isEqualTo(before);

            story.factory().delete();
            eventually(SOON, () -> assertThat(story.factory().get()).isNull());
            story.declareFactoryWith("generate: {}", "dialect: OTAConnect");
            story.awaitReady();
            devices.follow(1, 2);
        }
    }

    /** One that has polled from the start, and at each look one that is fresh, and one that trusts what it meets first. */
    private final class Devices {

        private final URI url;
        private final Bytes root;
        private final OtaConnectDevice first;

        Devices(RotationStory story) {
            url = story.operator().url(story.namespace(), "acme");
            root = story.root(1);
            first = OtaConnectDevice.flashed(root, url);
        }

        OtaConnectDevice first() {
            return first;
        }

        /** Not one poll is refused, and soon they bring these versions. */
        void follow(long newestRoot, long timestamp) {
            for (var device :
                    List.of(first, OtaConnectDevice.flashed(root, url), OtaConnectDevice.trustingOnFirstUse(url))) {
                eventually(AT_ONCE, () -> {
                    assertThat(device.poll(clock.instant())).isEmpty();
                    assertThat(List.of(device.root(), device.timestamp())).isEqualTo(List.of(newestRoot, timestamp));
                });
            }
        }
    }

    /** Somebody who once read every online key, and offers a build of his own, in versions above all that is published. */
    private static final class Thief {

        private final Map<RoleName, SoftwareKey> keys = new HashMap<>();

        Thief(RotationStory story) {
            story.onlineKeys().forEach(name -> {
                var secret = story.secret(name).get();
                var role = RoleName.of(secret.getMetadata().getLabels().get("factory-trust.dev/role"))
                        .orElseThrow();
                var key = SoftwareKey.parsePem(
                        Bytes.base64(secret.getData().get("private.pem")).utf8());
                var named = DIALECT.decode(Root.class, story.root(2))
                        .metadata()
                        .role(role)
                        .keyids()
                        .contains(DIALECT.keyId(DIALECT.key(key.publicKey())));
                if (named) {
                    keys.put(role, key);
                }
            });
        }

        Optional<?> offersBuild765To(OtaConnectDevice device, Instant now) {
            var expires = now.plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
            var build = new TargetFile(0, Map.of("sha256", "cd".repeat(32)), Optional.empty(), Map.of());
            var targets = sign(new Targets(1000, expires, Map.of("build-765", build), Optional.empty(), Map.of()));
            var snapshot = sign(new Snapshot(1000, expires, Map.of("targets.json", meta(targets)), Map.of()));
            var timestamp = sign(new Timestamp(1000, expires, meta(snapshot), Map.of()));
            var his = Map.of("targets.json", targets, "snapshot.json", snapshot, "timestamp.json", timestamp);
            return device.pollFrom(name -> Optional.ofNullable(his.get(name)).or(() -> device.fetch(name)), now);
        }

        private Bytes sign(Metadata metadata) {
            var key = keys.get(metadata.role());
            var canonical = DIALECT.canonical(metadata);
            var keyid = DIALECT.keyId(DIALECT.key(key.publicKey()));
            return DIALECT.assemble(
                            metadata.getClass(),
                            canonical,
                            List.of(DIALECT.signature(keyid, key.publicKey(), key.sign(canonical))))
                    .file();
        }

        private static MetaFile meta(Bytes file) {
            return new MetaFile(1000, OptionalLong.of(file.size()), Map.of("sha256", file.sha256()), Map.of());
        }
    }
}
