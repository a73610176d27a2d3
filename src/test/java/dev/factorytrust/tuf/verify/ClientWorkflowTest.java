package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.expiring;
import static dev.factorytrust.tuf.TestMetadata.meta;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whole updates of devices, fresh ones and others, against a server whose files each test arranges. */
class ClientWorkflowTest {

    private static final Bytes FIRST = sign(root(1), "root");

    private final Map<String, Bytes> server = new HashMap<>();
    private final List<String> fetched = new ArrayList<>();

    @BeforeEach
    void publishFirst() {
        server.put("1.root.json", FIRST);
        publish(3, 4, 5);
    }

    private void publish(long targets, long snapshot, long timestamp) {
        publish(targets, snapshot, timestamp, "snapshot", "timestamp");
    }

    private void publish(long targets, long snapshot, long timestamp, String snapshotKey, String timestampKey) {
        var targetsFile = sign(targets(targets), "targets");
        var snapshotFile = sign(snapshot(snapshot, targetsFile, targets), snapshotKey);
        server.put(targets + ".targets.json", targetsFile);
        server.put(snapshot + ".snapshot.json", snapshotFile);
        server.put("timestamp.json", sign(timestamp(timestamp, snapshotFile, snapshot), timestampKey));
    }

    private DeviceState update(DeviceState device) {
        fetched.clear();
        return ClientWorkflow.update(TUF, device, this::fetch, NOW);
    }

    private Optional<Bytes> fetch(String name) {
        fetched.add(name);
        return Optional.ofNullable(server.get(name));
    }

    private DeviceState updated() {
        return update(DeviceState.fresh(FIRST));
    }

    private void refused(Class<? extends VerificationException> why, String message, DeviceState device) {
        assertThatThrownBy(() -> update(device)).isInstanceOf(why).hasMessageContaining(message);
    }

    @Test
    void a_fresh_device_fetches_everything_in_order() {
        server.put("2.root.json", sign(root(2), "root"));
        assertThat(updated())
                .isEqualTo(new DeviceState(
                        server.get("2.root.json"),
                        Optional.of(server.get("timestamp.json")),
                        Optional.of(server.get("4.snapshot.json")),
                        Optional.of(server.get("3.targets.json"))));
        assertThat(fetched)
                .containsExactly("2.root.json", "3.root.json", "timestamp.json", "4.snapshot.json", "3.targets.json");
    }

    @Test
    void a_device_that_is_up_to_date_fetches_no_more_than_the_timestamp() {
        var device = updated();
        assertThat(update(device)).isEqualTo(device);
        assertThat(fetched).containsExactly("2.root.json", "timestamp.json");
    }

    @Test
    void a_device_fetches_what_is_new() {
        var device = updated();
        publish(3, 5, 6);
        var next = update(device);
        assertThat(fetched).containsExactly("2.root.json", "timestamp.json", "5.snapshot.json");
        assertThat(next.targets()).isEqualTo(device.targets());
        assertThat(next.snapshot()).contains(server.get("5.snapshot.json"));
        publish(4, 6, 7);
        assertThat(update(next).targets()).contains(server.get("4.targets.json"));
    }

    @Test
    void a_new_timestamp_over_the_same_snapshot_fetches_nothing_else() {
        var device = updated();
        server.put("timestamp.json", sign(timestamp(6, server.get("4.snapshot.json"), 4), "timestamp"));
        assertThat(update(device).timestamp()).contains(server.get("timestamp.json"));
        assertThat(fetched).containsExactly("2.root.json", "timestamp.json");
    }

    @Test
    void a_timestamp_made_anew_under_its_old_version_is_not_seen() {
        var device = updated();
        var later = new Timestamp(5, NOW.plusSeconds(9999), meta(4, server.get("4.snapshot.json")), Map.of());
        server.put("timestamp.json", sign(later, "timestamp"));
        assertThat(update(device)).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp.json", "4.snapshot.json", "3.targets.json"})
    void a_file_that_is_missing_is_named(String name) {
        server.remove(name);
        refused(MissingMetadataException.class, "isn't there: no file " + name, DeviceState.fresh(FIRST));
    }

    @Test
    void a_snapshot_without_targets_is_refused() {
        var snapshot = sign(snapshot(4, Map.of("other.json", meta(1))), "snapshot");
        server.put("4.snapshot.json", snapshot);
        server.put("timestamp.json", sign(timestamp(5, snapshot, 4), "timestamp"));
        refused(MissingMetadataException.class, "targets isn't listed by snapshot 4", DeviceState.fresh(FIRST));
    }

    @ParameterizedTest
    @CsvSource({"ROOT,2.root.json,65536", "TIMESTAMP,timestamp.json,16384"})
    void a_file_that_grows_beyond_what_clients_take_is_refused(RoleName role, String name, int most) {
        var file = role == RoleName.ROOT ? sign(root(2), "root") : server.get(name);
        server.put(name, Bytes.utf8(file.utf8() + " ".repeat(most - file.size())));
        updated();
        server.put(name, Bytes.utf8(server.get(name).utf8() + " "));
        refused(
                LengthMismatchException.class,
                role + " has " + (most + 1) + " bytes, where at most " + most,
                DeviceState.fresh(FIRST));
    }

    // 5.3: the walk over roots

    @Test
    void every_hop_of_the_walk_is_verified() {
        server.put("2.root.json", sign(root(2), "root"));
        server.put("3.root.json", sign(root(3), "alice"));
        refused(
                UnsignedMetadataException.class,
                "root 3 is signed by 0 of the 1 keys that root 2",
                DeviceState.fresh(FIRST));
    }

    @Test
    void roots_on_the_way_may_have_expired_but_not_the_last() {
        server.put("2.root.json", sign(expiring(root(2), NOW), "root"));
        refused(ExpiredMetadataException.class, "root 2 expired", DeviceState.fresh(FIRST));
        server.put("3.root.json", sign(root(3), "root"));
        assertThat(updated().root()).isEqualTo(server.get("3.root.json"));
    }

    @Test
    void a_walk_is_as_long_as_clients_walk() {
        for (var version = 2; version <= 257; version++) {
            server.put(version + ".root.json", sign(root(version), "root"));
        }
        assertThat(updated().root()).isEqualTo(server.get("257.root.json"));
        server.put("258.root.json", sign(root(258), "root"));
        refused(TooManyRootsException.class, "root has more than 256 versions", DeviceState.fresh(FIRST));
        assertThat(update(DeviceState.fresh(server.get("2.root.json"))).root()).isEqualTo(server.get("258.root.json"));
    }

    // 5.3.11: what a change of keys makes of the past

    private void flip(RoleName role, Role signers) {
        server.put("2.root.json", sign(root(2, Map.of(role, signers)), "root"));
    }

    @Test
    void a_device_recovers_from_a_fast_forward_by_a_change_of_the_timestamp_key() {
        publish(3, 999_999, 999_999);
        var device = updated();
        publish(4, 5, 6, "snapshot", "alice");
        flip(RoleName.TIMESTAMP, role(1, "alice"));
        assertThat(update(device).timestamp()).contains(server.get("timestamp.json"));
    }

    @Test
    void a_device_recovers_from_a_fast_forward_by_a_change_of_the_snapshot_key() {
        publish(999_999, 999_999, 5);
        var device = updated();
        publish(4, 5, 6, "alice", "timestamp");
        flip(RoleName.SNAPSHOT, role(1, "alice"));
        assertThat(update(device).snapshot()).contains(server.get("5.snapshot.json"));
    }

    @Test
    void without_a_change_of_keys_there_is_no_way_back() {
        publish(3, 4, 6);
        var device = updated();
        publish(3, 4, 5);
        server.put("2.root.json", sign(root(2), "root"));
        refused(RollbackException.class, "timestamp 5 is older than the known 6", device);
    }

    @Test
    void a_change_of_another_role_s_keys_is_no_way_back_either() {
        publish(4, 5, 6);
        var device = updated();
        var targets = sign(targets(3), "alice");
        var snapshot = sign(snapshot(6, targets, 3), "snapshot");
        server.put("3.targets.json", targets);
        server.put("6.snapshot.json", snapshot);
        server.put("timestamp.json", sign(timestamp(7, snapshot, 6), "timestamp"));
        flip(RoleName.TARGETS, role(1, "alice"));
        refused(RollbackException.class, "snapshot 6 goes back to version 3 of targets.json", device);
    }

    @Test
    void what_a_device_can_not_trust_any_more_holds_nothing_back() {
        publish(3, 8, 9);
        var device = updated();
        // The keys stay the same, but both have to sign now, which nothing that the device kept can show.
        var before = root(2, Map.of(RoleName.TIMESTAMP, role(1, "timestamp", "alice")));
        var after = root(3, Map.of(RoleName.TIMESTAMP, role(2, "timestamp", "alice")));
        var between = new DeviceState(sign(before, "root"), device.timestamp(), device.snapshot(), device.targets());
        server.put("3.root.json", sign(after, "root"));
        publish(3, 8, 7);
        server.put("timestamp.json", sign(timestamp(7, server.get("8.snapshot.json"), 8), "timestamp", "alice"));
        assertThat(update(between).timestamp()).contains(server.get("timestamp.json"));
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMESTAMP", "SNAPSHOT", "TARGETS"})
    void a_key_changes_without_an_outage_if_both_keys_sign_for_a_while(RoleName role) {
        var device = updated();
        var old = role.value();
        var timestamp = server.get("timestamp.json");
        // Signed by both keys first, under the old root and the new.
        var targets = sign(targets(4), role == RoleName.TARGETS ? new String[] {old, "bob"} : new String[] {"targets"});
        var snapshot = sign(
                snapshot(5, targets, 4),
                role == RoleName.SNAPSHOT ? new String[] {old, "bob"} : new String[] {"snapshot"});
        server.put("4.targets.json", targets);
        server.put("5.snapshot.json", snapshot);
        server.put(
                "timestamp.json",
                sign(
                        timestamp(6, snapshot, 5),
                        role == RoleName.TIMESTAMP ? new String[] {old, "bob"} : new String[] {"timestamp"}));
        assertThat(timestamp).isNotEqualTo(server.get("timestamp.json"));
        var during = update(device);
        updated();
        flip(role, role(1, "bob"));
        assertThat(update(during).targets()).contains(targets);
        assertThat(update(device).targets()).contains(targets);
        assertThat(updated().targets()).contains(targets);
    }

    @Test
    void a_root_may_pass_to_other_keys_hop_by_hop() {
        var root2 = root(2, Map.of(RoleName.ROOT, role(2, "alice", "bob")));
        var root3 = root(3, Map.of(RoleName.ROOT, role(1, "carol")));
        server.put("2.root.json", sign(root2, "root", "alice", "bob"));
        server.put("3.root.json", sign(root3, "alice", "bob", "carol"));
        var device = updated();
        assertThat(TUF.decode(Root.class, device.root()).metadata()).isEqualTo(root3);
    }
}
