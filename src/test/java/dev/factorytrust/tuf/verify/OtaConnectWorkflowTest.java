package dev.factorytrust.tuf.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.TestMetadata.expiring;
import static dev.factorytrust.tuf.TestMetadata.meta;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** In what the devices of OTA Connect are unlike clients of TUF 1.0, as it was measured on their own code. */
class OtaConnectWorkflowTest extends WithServer {

    private static final ObjectMapper JSON = new ObjectMapper();

    OtaConnectWorkflowTest() {
        super(OTA_CONNECT);
    }

    private void putRoot(Root root, String... signers) {
        server.put(name(RoleName.ROOT, root.version()), sign(root, signers));
    }

    // The walk over roots

    @Test
    void a_device_asks_for_no_root_above_999() {
        for (var version : List.of(998, 999, 1000)) {
            putRoot(root(version), "root");
        }
        var device = update(DeviceState.fresh(sign(root(997), "root")));
        assertThat(device.root()).isEqualTo(server.get("999.root.json"));
        assertThat(fetched).contains("999.root.json").doesNotContain("1000.root.json");
    }

    @Test
    void a_version_that_is_skipped_ends_the_walk() {
        putRoot(root(2), "root");
        putRoot(root(4), "root");
        assertThat(updated().root()).isEqualTo(server.get("2.root.json"));
    }

    @Test
    void the_first_root_and_those_on_the_way_may_have_expired_but_not_the_last() {
        var born = DeviceState.fresh(sign(expiring(root(1), NOW), "root"));
        putRoot(expiring(root(2), NOW), "root");
        refused(ExpiredMetadataException.class, "root 2 expired", born);
        putRoot(root(3), "root");
        assertThat(update(born).root()).isEqualTo(server.get("3.root.json"));
    }

    @Test
    void any_new_root_lets_a_device_forget_what_it_had_and_fetch_it_again() {
        var device = updated();
        putRoot(root(2), "root");
        assertThat(update(device).targets()).isEqualTo(device.targets());
        assertThat(fetched)
                .containsExactly("2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json");
    }

    @Test
    void a_fast_forward_ends_with_any_new_root() {
        publish(3, 999_999, 999_999);
        var device = updated();
        publish(3, 4, 5);
        refused(RollbackException.class, "timestamp 5 is older than the known 999999", device);
        putRoot(root(2), "root");
        assertThat(update(device).timestamp()).contains(server.get("timestamp.json"));
    }

    @Test
    void a_new_root_that_strands_a_device_costs_it_what_it_had() {
        var device = updated();
        flip(RoleName.TIMESTAMP, role(1, "alice"));
        var stranded = attempt(device);
        assertThat(stranded.refusal()).containsInstanceOf(UnsignedMetadataException.class);
        assertThat(stranded.device()).isEqualTo(DeviceState.fresh(server.get("2.root.json")));
    }

    @Test
    void a_root_that_is_none_stops_a_device_until_it_is_put_right_and_costs_it_nothing_itself() {
        var device = updated();
        server.put("2.root.json", Bytes.utf8("<html>no such file</html>"));
        var stopped = attempt(device);
        assertThat(stopped.refusal()).containsInstanceOf(UnreadableMetadataException.class);
        assertThat(stopped.device()).isEqualTo(device);

        putRoot(root(2), "root");
        server.put("3.root.json", Bytes.utf8("<html>no such file</html>"));
        assertThat(attempt(device).device()).isEqualTo(DeviceState.fresh(server.get("2.root.json")));
        server.remove("3.root.json");
        assertThat(update(device).root()).isEqualTo(server.get("2.root.json"));
    }

    // What is stored before a later refusal

    @Test
    void what_has_expired_is_stored_all_the_same_so_it_counts() {
        var device = updated();
        var expired = new Timestamp(9, NOW, meta(4, server.get("snapshot.json")), Map.of());
        server.put("timestamp.json", sign(expired, "timestamp"));
        var attempt = attempt(device);
        assertThat(attempt.refusal()).containsInstanceOf(ExpiredMetadataException.class);
        assertThat(attempt.device().timestamp()).contains(server.get("timestamp.json"));
        publish(3, 4, 8);
        refused(RollbackException.class, "timestamp 8 is older than the known 9", attempt.device());
    }

    @Test
    void an_expired_root_costs_a_device_no_timestamp() {
        var device = updated();
        putRoot(expiring(root(2), NOW), "root");
        assertThat(attempt(device).device()).isEqualTo(DeviceState.fresh(server.get("2.root.json")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void targets_by_another_key_are_refused_by_fresh_devices_and_others(boolean fresh) {
        var device = fresh ? DeviceState.fresh(first) : updated();
        var fake = sign(targets(765), "alice");
        server.put("targets.json", fake);
        server.put("snapshot.json", sign(snapshot(9, fake, 765), "snapshot"));
        server.put("timestamp.json", sign(timestamp(9, server.get("snapshot.json"), 9), "timestamp"));
        refused(UnsignedMetadataException.class, "targets 765", device);
        var after = attempt(device).device();
        assertThat(after.targets()).isEqualTo(device.targets());
        assertThat(after.snapshot()).contains(server.get("snapshot.json"));
    }

    @Test
    void a_whole_repository_of_somebody_else_is_taken_by_nobody_who_has_a_root() {
        var device = updated();
        var foreign = root(1, Map.of(RoleName.ROOT, role(1, "bob"), RoleName.TIMESTAMP, role(1, "carol")));
        server.put("1.root.json", sign(foreign, "bob"));
        server.put("2.root.json", sign(new Root(2, EXPIRES, false, foreign.keys(), foreign.roles(), Map.of()), "bob"));
        publish(765, 765, 765, "snapshot", "carol");
        refused(UnsignedMetadataException.class, "root 2", device);
        refused(UnsignedMetadataException.class, "root 2", DeviceState.fresh(first));
        update(DeviceState.fresh(server.get("1.root.json")));
    }

    /** The one generation keeps the old timestamp, and then refuses its own cache: so here it is a refusal at once. */
    @Test
    void one_version_with_another_content_is_refused_by_some_device_that_saw_the_first() {
        var device = updated();
        var other = sign(targets(3), "targets", "alice");
        server.put("targets.json", other);
        server.put("snapshot.json", sign(snapshot(4, other, 3), "snapshot"));
        server.put("timestamp.json", sign(timestamp(5, server.get("snapshot.json"), 4), "timestamp"));
        update(DeviceState.fresh(first));
        var attempt = attempt(device);
        assertThat(attempt.refusal()).containsInstanceOf(VersionMismatchException.class);
        assertThat(attempt.device()).isEqualTo(device);
    }

    // Lengths and hashes

    @ParameterizedTest
    @CsvSource({"0, true", "1000, true", "-1, false"})
    void a_snapshot_s_length_is_the_most_that_is_read_of_it(int more, boolean taken) {
        var snapshot = server.get("snapshot.json");
        var told =
                new MetaFile(4, OptionalLong.of(snapshot.size() + more), Map.of("sha256", snapshot.sha256()), Map.of());
        server.put("timestamp.json", sign(new Timestamp(5, EXPIRES, told, Map.of()), "timestamp"));
        if (taken) {
            updated();
        } else {
            refused(LengthMismatchException.class, "where at most", DeviceState.fresh(first));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 99_999_999})
    void nobody_looks_at_the_length_of_targets(long length) {
        var told = new MetaFile(
                3,
                OptionalLong.of(length),
                Map.of("sha256", server.get("targets.json").sha256()),
                Map.of());
        serveSnapshot(sign(snapshot(4, Map.of("targets.json", told)), "snapshot"));
        updated();
    }

    private void serveSnapshot(Bytes snapshot) {
        server.put("snapshot.json", snapshot);
        server.put("timestamp.json", sign(timestamp(5, snapshot, 4), "timestamp"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot.json", "targets.json"})
    void a_hash_is_of_the_canonical_form_whatever_the_white_space(String name) throws IOException {
        var pretty = Bytes.utf8(JSON.readTree(server.get(name).utf8()).toPrettyString());
        var canonical = server.get(name);
        tell(name, pretty, canonical.sha256());
        updated();
        tell(name, pretty, pretty.sha256());
        refused(HashMismatchException.class, "has sha256", DeviceState.fresh(first));
        tell(name, Bytes.utf8(pretty.utf8() + "}"), canonical.sha256());
        refused(UnreadableMetadataException.class, "is malformed", DeviceState.fresh(first));
    }

    /** Serves a file, and tells that hash of it. */
    private void tell(String name, Bytes file, String sha256) {
        var version = name.equals("snapshot.json") ? 4 : 3;
        var meta = new MetaFile(version, OptionalLong.of(file.size()), Map.of("sha256", sha256), Map.of());
        server.put(name, file);
        if (name.equals("snapshot.json")) {
            server.put("timestamp.json", sign(new Timestamp(5, EXPIRES, meta, Map.of()), "timestamp"));
        } else {
            serveSnapshot(sign(snapshot(4, Map.of(name, meta)), "snapshot"));
        }
    }

    // Signatures

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"keyid":"unknown","method":"ed25519","sig":"AAAA"}        | true
            {"keyid":"unknown","method":"rsassa-pss","sig":""}         | true
            {"keyid":"unknown","method":"ecdsa-sha2-nistp256","sig":""}| false
            {"keyid":"unknown","sig":"AAAA"}                           | false
            {"keyid":"unknown","method":"ed25519","sig":"not base64"}  | false
            {"keyid":"unknown","method":"ed25519","sig":"-_-_"}        | false
            {"keyid":"timestamp","method":"ed25519","sig":"AAAA"}      | false
            """)
    void one_signature_more_is_passed_over_or_spoils_the_file(String signature, boolean taken) throws IOException {
        var more = (ObjectNode) JSON.readTree(
                signature.replace("\"timestamp\"", "\"" + keyid("timestamp").value() + "\""));
        signatures("timestamp.json", signatures -> signatures.insert(0, more));
        if (taken) {
            updated();
        } else {
            refused(UnreadableMetadataException.class, "timestamp is malformed", DeviceState.fresh(first));
        }
    }

    @Test
    void a_file_that_nobody_known_signed_is_refused() throws IOException {
        signatures("timestamp.json", signatures -> ((ObjectNode) signatures.get(0)).put("keyid", "unknown"));
        refused(UnsignedMetadataException.class, "timestamp 5", DeviceState.fresh(first));
        signatures("timestamp.json", ArrayNode::removeAll);
        refused(UnsignedMetadataException.class, "timestamp 5", DeviceState.fresh(first));
    }

    @Test
    void the_method_need_not_be_the_key_s() throws IOException {
        signatures("timestamp.json", signatures -> ((ObjectNode) signatures.get(0)).put("method", "RSASSA-PSS-SHA256"));
        updated();
    }

    @ParameterizedTest
    @CsvSource({"alice bob carol, true", "alice carol, true", "carol, false"})
    void two_of_three_keys_sign(String signers, boolean taken) {
        server.put("2.root.json", sign(root(2, Map.of(RoleName.TARGETS, role(2, "alice", "bob", "carol"))), "root"));
        var targets = sign(targets(4), signers.split(" "));
        server.put("targets.json", targets);
        server.put("snapshot.json", sign(snapshot(5, targets, 4), "snapshot"));
        server.put("timestamp.json", sign(timestamp(6, server.get("snapshot.json"), 5), "timestamp"));
        if (taken) {
            updated();
        } else {
            refused(UnsignedMetadataException.class, "targets 4 is signed by 1 of the 2", DeviceState.fresh(first));
        }
    }

    @Test
    @DisplayName("invariant 8: devices would count one key under two keyids twice; here it counts once")
    void one_key_under_two_keyids_counts_once() {
        var keys = new HashMap<>(root(2).keys());
        keys.put(keyid("bob"), keys.get(keyid("alice")));
        var two = root(2, Map.of(RoleName.TIMESTAMP, role(2, "alice", "bob")));
        putRoot(new Root(2, EXPIRES, false, keys, two.roles(), Map.of()), "root");
        server.put("timestamp.json", sign(timestamp(6, server.get("snapshot.json"), 4), "alice", "bob"));
        refused(UnsignedMetadataException.class, "timestamp 6 is signed by 1 of the 2", DeviceState.fresh(first));
    }

    @Test
    void a_key_of_a_type_that_devices_do_not_know_spoils_the_root_that_lists_it() throws IOException {
        var root = (ObjectNode) JSON.readTree(sign(root(2), "root").utf8());
        ((ObjectNode) root.at("/signed/keys"))
                .putObject("a")
                .put("keytype", "ECPRIME256V1")
                .putObject("keyval");
        server.put("2.root.json", Bytes.utf8(root.toString()));
        refused(UnreadableMetadataException.class, "key type ECPRIME256V1", DeviceState.fresh(first));
    }

    private interface Change {
        void to(ArrayNode signatures);
    }

    private void signatures(String name, Change change) throws IOException {
        var file = (ObjectNode) JSON.readTree(server.get(name).utf8());
        change.to((ArrayNode) file.get("signatures"));
        server.put(name, Bytes.utf8(file.toString()));
    }

    // Between two views, since names carry no versions

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "targets.json"})
    void a_device_that_a_publication_caught_in_the_middle_updates_at_its_next_poll(String late) {
        var device = updated();
        var before = server.get(late);
        publish(4, 5, 6);
        var after = server.put(late, before);
        var existing = attempt(device);
        var fresh = attempt(DeviceState.fresh(first));
        assertThat(fresh.refusal()).containsInstanceOf(HashMismatchException.class);
        server.put(late, after);
        assertThat(update(existing.device()).targets()).contains(server.get("targets.json"));
        assertThat(update(fresh.device())).isEqualTo(updated());
    }
}
