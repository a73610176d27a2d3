package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.OtaConnectDialect;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static dev.factorytrust.tuf.repository.Samples.NOW;
import static dev.factorytrust.tuf.repository.Samples.adding;
import static dev.factorytrust.tuf.repository.Samples.change;
import static dev.factorytrust.tuf.repository.Samples.file;
import static dev.factorytrust.tuf.repository.Samples.key;
import static dev.factorytrust.tuf.repository.Samples.publicKey;
import static org.assertj.core.api.Assertions.assertThat;

/** What the planners make in the dialect of OTA Connect, where it isn't what they make in TUF. */
class OtaConnectRepositoryTest extends WithSamples {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RolePolicy ROLE = new RolePolicy(KeyType.ED25519, Duration.ofDays(90), Duration.ofDays(30));
    private static final Policy POLICY = new Policy(
            ROLE,
            ROLE,
            ROLE,
            Duration.ofDays(365),
            Duration.ofDays(60),
            false,
            Duration.ofDays(365),
            Duration.ofHours(1));

    private final OnlineSigners online = signers("targets-1", "snapshot-1", "timestamp-1");

    OtaConnectRepositoryTest() {
        super(new OtaConnectDialect());
    }

    @Test
    void a_first_root_declares_no_consistent_snapshots_and_asks_nobody_to_notice() {
        var proposed = proposed(
                Optional.empty(),
                new RootChange(
                        Optional.of(adding("alice")),
                        Optional.empty(),
                        Samples.onlineKeys(),
                        NOW.plus(Duration.ofDays(365)),
                        Optional.empty(),
                        Samples.FACTORY));
        assertThat(proposed.next().consistentSnapshot()).isFalse();
        assertThat(proposed.diff()).noneMatch(line -> line.contains("consistent_snapshot"));
        assertThat(next(Optional.of(proposed.next()), change(adding("bob"))).consistentSnapshot())
                .isFalse();
    }

    @Test
    void a_holder_s_key_that_devices_refuse_is_refused_by_its_kind() {
        var ecdsa = new Holder("bob", key("bob", KeyType.ECDSA_P256).publicKey());
        var edit = new RoleEdit(List.of(ecdsa), List.of(), OptionalInt.empty());
        assertThat(RootProposal.propose(dialect, Optional.of(root(1, "alice")), change(edit)))
                .isEqualTo(new RootProposal.Refused(
                        "UnsupportedKey",
                        "ecdsa-p256 can't be used with OTAConnect: devices refuse any file that lists a key of another"
                                + " type than Ed25519 and RSA"));
    }

    /** It would be binding once all have signed, and devices would pass it over without a word. */
    @Test
    @DisplayName("invariant 12: a root that fits only as long as not all have signed is never offered")
    void a_root_that_would_outgrow_its_limit_by_its_signatures_is_refused() {
        var many =
                IntStream.range(0, 130).mapToObj(number -> "holder-" + number).toArray(String[]::new);
        var refused = RootProposal.propose(
                dialect,
                Optional.empty(),
                new RootChange(
                        Optional.of(adding(many)),
                        Optional.empty(),
                        Samples.onlineKeys(),
                        NOW.plus(Duration.ofDays(365)),
                        Optional.empty(),
                        Samples.FACTORY));
        assertThat(refused).isInstanceOfSatisfying(RootProposal.Refused.class, why -> assertThat(why.message())
                .containsPattern("the file has 6[6-9][0-9]{3} bytes, where clients take 65536"));
        assertThat(proposed(
                                Optional.empty(),
                                new RootChange(
                                        Optional.of(adding(Arrays.copyOf(many, 120))),
                                        Optional.empty(),
                                        Samples.onlineKeys(),
                                        NOW.plus(Duration.ofDays(365)),
                                        Optional.empty(),
                                        Samples.FACTORY))
                        .added())
                .hasSize(120);
    }

    @Test
    @DisplayName("invariant 11: root versions are a budget of 999")
    void there_is_no_root_after_999() {
        var root = root(1, "alice");
        var last = new Root(999, root.expires(), false, root.keys(), root.roles(), root.unrecognized());
        var before = new Root(998, root.expires(), false, root.keys(), root.roles(), root.unrecognized());
        assertThat(RootProposal.propose(dialect, Optional.of(before), change(adding("bob"))))
                .isInstanceOf(RootProposal.Proposed.class);
        assertThat(RootProposal.propose(dialect, Optional.of(last), change(adding("bob"))))
                .isInstanceOfSatisfying(RootProposal.Refused.class, refused -> assertThat(refused.message())
                        .contains("signed.version is 1000, where devices stop at 999"));
    }

    /** From RSA to Ed25519, each signing with its own method, offered as the bytes that openssl makes. */
    @Test
    void a_root_passes_from_an_rsa_key_to_an_ed25519_key() {
        var rsa = key("alice", KeyType.RSA_2048);
        var holder = new Holder("alice", rsa.publicKey());
        var root = next(
                Optional.empty(),
                new RootChange(
                        Optional.of(new RoleEdit(List.of(holder), List.of(), OptionalInt.empty())),
                        Optional.empty(),
                        Samples.onlineKeys(),
                        NOW.plus(Duration.ofDays(365)),
                        Optional.empty(),
                        Samples.FACTORY));
        var canonical = dialect.canonical(root);
        var first = dialect.assemble(
                Root.class,
                canonical,
                List.of(dialect.signature(keyid(rsa.publicKey()), rsa.publicKey(), rsa.sign(canonical))));

        var handOver = proposed(
                Optional.of(root),
                change(new RoleEdit(List.of(Samples.holder("bob")), List.of("alice"), OptionalInt.empty())));
        var payload = dialect.canonical(handOver.next());
        var tally = SignatureTally.of(
                dialect,
                payload,
                Optional.of(root),
                handOver.next(),
                handOver.added(),
                List.of(
                        new SignatureTally.Offer("a", Optional.empty(), rsa.sign(payload), Optional.empty()),
                        new SignatureTally.Offer(
                                "b", Optional.empty(), key("bob").sign(payload), Optional.empty())));
        assertThat(tally.fullySigned()).isTrue();
        assertThat(tally.accepted())
                .extracting(signature -> signature.unrecognized().get("method").textValue())
                .containsExactlyInAnyOrder("rsassa-pss-sha256", "ed25519");

        var published = published(first);
        var next = published.withRoot(dialect.assemble(Root.class, payload, tally.accepted()));
        next.verifyAsFreshDevice();
        next.verifyAsDeviceThatHas(published);
    }

    @Test
    @DisplayName("invariant 9: what fioctl signed into a root stays in all that follow")
    void what_an_imported_root_says_beyond_what_we_know_stays_as_it_is() throws IOException {
        var extras = Map.<String, JsonNode>of(
                "x-changelog",
                        JSON.readTree("{\"polis-id\":\"5f\",\"message\":\"a \\\"b\\\" <c>\\n/d\",\"timestamp\":1}"),
                "x-key-owners", JSON.readTree("{\"" + keyid("alice") + "\":{\"polis-id\":\"5f\"}}"));
        var ours = root(1, "alice");
        var roles = new HashMap<>(ours.roles());
        var imported = new Root(41, ours.expires(), false, ours.keys(), roles, extras);

        var next = next(Optional.of(imported), change(adding("bob")));
        assertThat(next.version()).isEqualTo(42);
        assertThat(dialect.canonical(next).utf8())
                .contains(
                        "\"x-changelog\":{\"message\":\"a \\\"b\\\" <c>\\n/d\",\"polis-id\":\"5f\",\"timestamp\":1},\"x-")
                .contains("\"x-key-owners\":{\"" + keyid("alice") + "\":{\"polis-id\":\"5f\"}}");
    }

    /** Another server may have served targets with white space; what is told of them has to be over what devices hash. */
    @Test
    @DisplayName("invariant 9: imported files stay as received, and devices take what is told of them")
    void a_snapshot_over_targets_with_white_space_tells_the_hash_that_devices_compute() throws IOException {
        var published = published(sign(root(1, "alice"), "alice"));
        var pretty = Bytes.utf8(JSON.readTree(published.targets().file().utf8()).toPrettyString());
        var imported = new Repository(
                dialect,
                published.roots(),
                published.timestamp(),
                published.snapshot(),
                dialect.decode(Targets.class, pretty));
        imported.verifyAsFreshDevice();

        var plan = new PublicationPlan(Optional.empty(), 1, OptionalLong.of(2), 2, Optional.of(imported));
        var next = imported.with(plan.sign(dialect, List.of(imported.root().metadata()), POLICY, online, NOW));
        assertThat(next.files().get("targets.json")).isEqualTo(pretty);
        next.verifyAsFreshDevice();
        next.verifyAsDeviceThatHas(imported);
    }

    @Test
    void files_have_the_names_that_devices_ask_for() {
        var published = published(sign(root(1, "alice"), "alice"));
        assertThat(published.files())
                .containsOnlyKeys("1.root.json", "timestamp.json", "snapshot.json", "targets.json");
        var device = ClientWorkflow.update(
                dialect,
                DeviceState.fresh(published.root().file()),
                name -> Optional.ofNullable(published.files().get(name)),
                NOW);
        assertThat(device.targets()).contains(published.targets().file());
        assertThat(published.targets().signatures())
                .extracting(Signature::keyid)
                .containsExactly(keyid(publicKey("targets-1")));
    }

    private Repository published(Signed<Root> root) {
        var plan = new PublicationPlan(
                Optional.of(Map.of("lmp-764", file("764"))), 1, OptionalLong.of(1), 1, Optional.empty());
        var publication = plan.sign(dialect, List.of(root.metadata()), POLICY, online, NOW);
        return new Repository(
                dialect,
                new TreeMap<>(Map.of(root.metadata().version(), root)),
                publication.timestamp(),
                publication.snapshot().orElseThrow(),
                publication.targets().orElseThrow());
    }
}
