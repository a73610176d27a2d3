package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.SoftHsm;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Three hold root, two must sign: Alice with a file, Bob with a token, Carol with plain openssl. None has more rights than
 * factory-key-holder gives.
 */
class CeremonyIT {

    @TempDir
    private Path drawer;

    private SoftHsm tokens;
    private Holders holders;
    private Path pin;

    private Object[] token(Object... words) {
        return Stream.concat(Stream.of(words), tokens.options("bob", "--key-label root", pin).stream())
                .toArray();
    }

    private String alice() throws Exception {
        holders.write("alice.phrase", "correct horse\n");
        return Holders.entry(holders.offline(
                "keys", "generate", "--name", "alice", "--out", "alice.pem", "--passphrase-file", "alice.phrase"));
    }

    private String bob() throws Exception {
        tokens.token("bob");
        return Holders.entry(holders.offline(token("keys", "generate", "--name", "bob", "--type", "ecdsa-p256")));
    }

    private String carol() throws Exception {
        holders.shell("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out carol.pem"
                + " && openssl pkey -in carol.pem -pubout -out carol.pub.pem");
        return "{name: carol, publicKey: %s}"
                .formatted(Serialization.asJson(Files.readString(holders.file("carol.pub.pem"))));
    }

    private void carolSigns(String payload, String signature) throws Exception {
        holders.shell("openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign carol.pem"
                + " -out " + signature + ' ' + payload);
    }

    private Path sign(String to, Object... words) throws IOException, InterruptedException {
        return holders.write(to, holders.offline(words));
    }

    @Test
    void two_of_three_holders_with_a_file_a_token_and_openssl_move_a_fleet_on() throws Exception {
        tokens = SoftHsm.in(drawer);
        holders = new Holders(drawer, tokens.environment());
        pin = holders.write("bob.pin", SoftHsm.PIN + "\n");
        var alice = alice();
        var bob = bob();
        var carol = carol();
        try (var story = new RotationStory(InstantSource.system())) {
            story.declareFactory("offline: {threshold: 2, keys: [%s, %s, %s]}".formatted(alice, bob, carol));
            story.awaitPayload("acme-root-1");
            holders.online(story, "root", "payload", "acme-root-1", "--out", "root-1.json");

            // Each of the three proves that the key is in hand before root 1 is published.
            sign(
                    "alice-1.yaml",
                    "sign",
                    "root-1.json",
                    "--yes",
                    "--key",
                    "alice.pem",
                    "--passphrase-file",
                    "alice.phrase");
            assertThat(holders.online(story, "attach", "alice-1.yaml"))
                    .contains("RootRotation acme-root-1: AwaitingSignatures, still to sign: ", "bob", "carol")
                    .doesNotContain("alice");
            sign("bob-1.yaml", token("sign", "root-1.json", "--yes"));
            carolSigns("root-1.json", "carol-1.sig");
            holders.online(story, "attach", "bob-1.yaml");
            holders.online(story, "attach", "--rotation", "acme-root-1", "--signature", "carol-1.sig");
            story.awaitReady();
            assertThat(holders.online(story, "attach", "bob-1.yaml"))
                    .as("what is there already counts already")
                    .contains("RootRotation acme-root-1: Completed");
            holders.write("1.root.json", story.root(1));
            var fleet = story.fleet();
            fleet.accepts(1);

            story.declare("extend", "expiresAfter: 400d");
            story.awaitPayload("extend");
            holders.online(story, "root", "payload", "extend", "--out", "root-2.json", "--current-out", "current.json");
            assertThat(holders.file("current.json")).hasSameBinaryContentAs(holders.file("1.root.json"));
            refused(story);

            sign("bob-2.yaml", token("sign", "root-2.json", "--yes", "--current", "1.root.json"));
            carolSigns("root-2.json", "carol-2.sig");
            holders.online(story, "attach", "--rotation", "extend", "--signature", "carol-2.sig");
            holders.online(story, "attach", "bob-2.yaml");
            story.awaitPhase("extend", Phase.COMPLETED, SOON);
            fleet.accepts(2, story.root(1));

            sign(
                    "late.yaml",
                    "sign",
                    "root-2.json",
                    "--yes",
                    "--key",
                    "alice.pem",
                    "--passphrase-file",
                    "alice.phrase");
            assertThat(holders.online(story, "attach", "late.yaml")).contains("RootRotation extend: Completed");
        }
    }

    /** What doesn't count is refused before it is sent, or named with its reason. */
    private void refused(RotationStory story) throws Exception {
        carolSigns("root-1.json", "stale.sig");
        assertThatThrownBy(() -> holders.online(story, "attach", "--rotation", "extend", "--signature", "stale.sig"))
                .hasMessageContaining("stale.sig is no signature of the payload of RootRotation extend")
                .hasMessageContaining("carol (rsa-3072");
        assertThat(story.secret("stale").get()).isNull();

        holders.shell("openssl dgst -sha256 -sign carol.pem -out old-padding.sig root-2.json");
        assertThatThrownBy(
                        () -> holders.online(story, "attach", "--rotation", "extend", "--signature", "old-padding.sig"))
                .hasMessageContaining("PKCS#1 v1.5");

        // As if somebody had swapped the payload on its way to Alice.
        holders.shell(
                "sed 's/name: .*/name: swapped/; s/acme-root-1-payload/extend-payload/' alice-1.yaml > swapped.yaml");
        assertThatThrownBy(() -> holders.online(story, "attach", "swapped.yaml"))
                .hasMessageContaining("signs sha256")
                .hasMessageContaining("somebody swapped it");

        // A Secret that claims the right payload and carries the wrong signature: only the operator can tell.
        holders.shell("sed \"s/payloadSha256: .*/payloadSha256: $(sha256sum root-2.json | head -c 64 | base64 -w0)/\""
                + " swapped.yaml > forged.yaml");
        assertThatThrownBy(() -> holders.online(story, "attach", "forged.yaml"))
                .hasMessageContaining("Secret swapped doesn't count")
                .hasMessageContaining("alice");
    }
}
