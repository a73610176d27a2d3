package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.declared;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** What people attach when they mean a signature: early, wrong, and what they must never attach. */
class SignatureSecretsIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);
    private final Person mallory = Person.withKey("mallory", KeyType.ED25519);

    @Test
    void bad_signatures_are_named_with_their_reasons_and_never_mask_a_good_one() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("longer", "expiresAfter: 700d");
            var payload = story.awaitPayload("longer");
            var other = Bytes.utf8("{}");
            story.attach("longer", "a-other-bytes", Map.of("signature", alice.sign(other)));
            story.attach(
                    "longer",
                    "b-other-payload",
                    Map.of("signature", alice.sign(other), "payloadSha256", Bytes.utf8(other.sha256())));
            story.attach(
                    "longer",
                    "c-unknown-key",
                    Map.of("signature", mallory.sign(payload), "keyid", Bytes.utf8(mallory.keyid())));
            story.attach("longer", "d-rubbish", Map.of("signature", Bytes.utf8("see the attached file")));
            story.attach("longer", "e-nothing", Map.of("sig", alice.sign(payload)));
            story.attach("longer", "f-digest", Map.of("signature", alice.sign(payload.digest("SHA-256"))));
            eventually(AT_ONCE, () -> assertThat(rejections(story, "longer"))
                    .hasSize(6)
                    .hasEntrySatisfying("a-other-bytes", why -> assertThat(why).contains("alice", "other bytes"))
                    .hasEntrySatisfying(
                            "b-other-payload", why -> assertThat(why).contains(other.sha256(), payload.sha256()))
                    .hasEntrySatisfying(
                            "c-unknown-key", why -> assertThat(why).contains("unknown keyid " + mallory.keyid()))
                    .hasEntrySatisfying("d-rubbish", why -> assertThat(why).contains("no signature"))
                    .hasEntrySatisfying("e-nothing", why -> assertThat(why).contains("needs `signature`"))
                    .hasEntrySatisfying("f-digest", why -> assertThat(why).contains("digest instead of the bytes")));
            assertThat(story.status("longer").phase()).isEqualTo(Phase.AWAITING_SIGNATURES);
            assertThat(story.whyNotComplete("longer")).startsWith("InvalidSignature: ");
            eventually(AT_ONCE, () -> assertThat(story.events())
                    .filteredOn(event -> event.getReason().equals("SignatureRejected"))
                    .hasSize(6)
                    .allMatch(event -> event.getType().equals("Warning")));

            story.attach("longer", "z-good", Map.of("signature", alice.sign(payload)));
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
        }
    }

    private static Map<String, String> rejections(RotationStory story, String rotation) {
        return story.status(rotation).signatures().rejected().stream()
                .collect(Collectors.toMap(rejected -> rejected.secret(), rejected -> rejected.reason()));
    }

    @Test
    @DisplayName("invariant 6: a private key attached by mistake is refused loudly and repeated nowhere")
    void a_private_key_attached_by_mistake_is_refused_loudly_and_repeated_nowhere() {
        try (var logged = new Logged();
                var story = RotationStory.withRootOf(1, alice)) {
            story.declare("hand-over", "root: {addKeys: [%s], removeKeys: [alice]}".formatted(declared(bob)));
            story.awaitPayload("hand-over");
            var pem = alice.key().privatePem();
            story.attach("hand-over", "oops", Map.of("signature", Bytes.utf8(pem)));
            eventually(AT_ONCE, () -> assertThat(rejections(story, "hand-over").get("oops"))
                    .contains("PRIVATE KEY", "replace that key"));
            eventually(AT_ONCE, () -> assertThat(story.events())
                    .anyMatch(event -> event.getReason().equals("SignatureRejected")
                            && event.getMessage().contains("oops")
                            && event.getMessage().contains("PRIVATE KEY")));
            story.attach("hand-over", alice);
            story.attach("hand-over", bob);
            story.awaitPhase("hand-over", Phase.COMPLETED, AT_ONCE);

            var secret = pem.lines().filter(line -> !line.startsWith("-")).collect(Collectors.joining());
            var hex = Bytes.base64(secret).hex();
            var seed = hex.substring(hex.length() - 64);
            var said = List.of(
                    Serialization.asJson(story.factory().get()),
                    Serialization.asJson(story.rotation("hand-over").get()),
                    Serialization.asJson(story.events()),
                    logged.text(),
                    story.operator().metrics().getMeters().toString());
            assertThat(said)
                    .allSatisfy(
                            text -> assertThat(text).isNotEmpty().doesNotContain(secret, seed, secret.substring(24)));
        }
    }

    @Test
    void a_signature_that_waits_in_the_cluster_counts_as_soon_as_the_rotation_has_its_turn() {
        try (var story = RotationStory.withRootOf(2, alice, bob)) {
            story.declare("first", "expiresAfter: 700d");
            story.awaitPayload("first");
            story.declare("second", "root: {threshold: 1}");
            story.awaitPhase("second", Phase.QUEUED, AT_ONCE);
            story.attach("second", "early-rubbish", Map.of("signature", Bytes.utf8("too early")));
            story.attach("first", alice);
            story.attach("first", bob);
            story.awaitPhase("first", Phase.COMPLETED, AT_ONCE);
            eventually(AT_ONCE, () -> assertThat(rejections(story, "second")).containsOnlyKeys("early-rubbish"));
            story.attach("second", bob);
            story.attach("second", alice);
            story.awaitPhase("second", Phase.COMPLETED, AT_ONCE);
        }
    }

    @Test
    void a_signature_attached_while_its_payload_is_away_counts_when_the_payload_is_back() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("hand-over", "root: {addKeys: [%s], removeKeys: [alice]}".formatted(declared(bob)));
            var payload = story.awaitPayload("hand-over");
            story.changeFactory("spec: {paused: true}");
            eventually(AT_ONCE, () -> assertThat(story.holds(Conditions.PAUSED)).isTrue());
            story.configMap("hand-over-payload").delete();
            story.attach("hand-over", "by-bob", Map.of("signature", bob.sign(payload)));
            story.attach("hand-over", "by-alice", Map.of("signature", alice.sign(payload)));
            assertThat(story.configMap("hand-over-payload").get()).isNull();
            assertThat(story.configMap("acme-root-2").get()).isNull();

            story.changeFactory("spec: {paused: false}");
            story.awaitPhase("hand-over", Phase.COMPLETED, SOON);
            assertThat(new StandardDialect().decode(Root.class, story.root(2)).canonical())
                    .isEqualTo(payload);
        }
    }

    @Test
    void a_secret_that_is_corrected_is_judged_anew() {
        try (var story = RotationStory.withRootOf(1, alice)) {
            story.declare("longer", "expiresAfter: 700d");
            var payload = story.awaitPayload("longer");
            story.attach("longer", "by-alice", Map.of("signature", mallory.sign(payload)));
            eventually(AT_ONCE, () -> assertThat(rejections(story, "longer")).containsOnlyKeys("by-alice"));
            story.secret("by-alice").edit(secret -> {
                secret.setData(Map.of("signature", alice.sign(payload).base64()));
                return secret;
            });
            story.awaitPhase("longer", Phase.COMPLETED, AT_ONCE);
            assertThat(rejections(story, "longer")).isEmpty();
        }
    }

    /** Everything that is logged in this JVM meanwhile, exceptions included. */
    private static final class Logged extends Handler implements AutoCloseable {

        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        Logged() {
            Logger.getLogger("").addHandler(this);
        }

        String text() {
            return String.join("\n", lines);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage() + ' ' + Arrays.toString(line.getParameters()) + ' ' + line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            Logger.getLogger("").removeHandler(this);
        }
    }
}
