package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.expiring;
import static dev.factorytrust.tuf.TestMetadata.meta;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whole updates of devices, fresh ones and others, against a server whose files each test arranges. */
@ParameterizedClass(name = "{0}")
@MethodSource(InDialect.ALL)
class ClientWorkflowTest extends WithServer {

    ClientWorkflowTest(Dialect dialect) {
        super(dialect);
    }

    @Test
    void a_fresh_device_fetches_everything_in_order() {
        server.put(name(RoleName.ROOT, 2), sign(root(2), "root"));
        assertThat(updated())
                .isEqualTo(new DeviceState(
                        server.get(name(RoleName.ROOT, 2)),
                        Optional.of(server.get("timestamp.json")),
                        Optional.of(server.get(name(RoleName.SNAPSHOT, 4))),
                        Optional.of(server.get(name(RoleName.TARGETS, 3)))));
        assertThat(fetched)
                .containsExactly(
                        name(RoleName.ROOT, 2),
                        name(RoleName.ROOT, 3),
                        "timestamp.json",
                        name(RoleName.SNAPSHOT, 4),
                        name(RoleName.TARGETS, 3));
    }

    @Test
    void a_device_that_is_up_to_date_fetches_no_more_than_the_timestamp() {
        var device = updated();
        assertThat(update(device)).isEqualTo(device);
        assertThat(fetched).containsExactly(name(RoleName.ROOT, 2), "timestamp.json");
    }

    @Test
    void a_device_fetches_what_is_new() {
        var device = updated();
        publish(3, 5, 6);
        var next = update(device);
        assertThat(fetched).containsExactly(name(RoleName.ROOT, 2), "timestamp.json", name(RoleName.SNAPSHOT, 5));
        assertThat(next.targets()).isEqualTo(device.targets());
        assertThat(next.snapshot()).contains(server.get(name(RoleName.SNAPSHOT, 5)));
        publish(4, 6, 7);
        assertThat(update(next).targets()).contains(server.get(name(RoleName.TARGETS, 4)));
    }

    @Test
    void a_new_timestamp_over_the_same_snapshot_fetches_nothing_else() {
        var device = updated();
        server.put("timestamp.json", sign(timestamp(6, server.get(name(RoleName.SNAPSHOT, 4)), 4), "timestamp"));
        assertThat(update(device).timestamp()).contains(server.get("timestamp.json"));
        assertThat(fetched).containsExactly(name(RoleName.ROOT, 2), "timestamp.json");
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMESTAMP", "SNAPSHOT", "TARGETS"})
    void a_file_that_is_missing_is_named(RoleName role) {
        var name = name(role, role == RoleName.SNAPSHOT ? 4 : 3);
        assertThat(server.remove(name)).isNotNull();
        refused(MissingMetadataException.class, "isn't there: no file " + name, DeviceState.fresh(first));
    }

    @Test
    void a_snapshot_without_targets_is_refused() {
        var snapshot = sign(snapshot(4, Map.of("other.json", meta(1))), "snapshot");
        server.put(name(RoleName.SNAPSHOT, 4), snapshot);
        server.put("timestamp.json", sign(timestamp(5, snapshot, 4), "timestamp"));
        refused(MissingMetadataException.class, "targets isn't listed by snapshot 4", DeviceState.fresh(first));
    }

    @ParameterizedTest
    @EnumSource(names = {"ROOT", "TIMESTAMP"})
    void a_file_that_grows_beyond_what_clients_take_is_refused(RoleName role) {
        var name = name(role, 2);
        var most = dialect.limits().bytes(role);
        var file = role == RoleName.ROOT ? sign(root(2), "root") : server.get(name);
        server.put(name, Bytes.utf8(file.utf8() + " ".repeat(most - file.size())));
        updated();
        server.put(name, Bytes.utf8(server.get(name).utf8() + " "));
        refused(
                LengthMismatchException.class,
                role + " has " + (most + 1) + " bytes, where at most " + most,
                DeviceState.fresh(first));
    }

    // 5.3: the walk over roots

    @Test
    void every_hop_of_the_walk_is_verified() {
        server.put(name(RoleName.ROOT, 2), sign(root(2), "root"));
        server.put(name(RoleName.ROOT, 3), sign(root(3), "alice"));
        refused(
                UnsignedMetadataException.class,
                "root 3 is signed by 0 of the 1 keys that root 2",
                DeviceState.fresh(first));
    }

    @Test
    void roots_on_the_way_may_have_expired_but_not_the_last() {
        server.put(name(RoleName.ROOT, 2), sign(expiring(root(2), NOW), "root"));
        refused(ExpiredMetadataException.class, "root 2 expired", DeviceState.fresh(first));
        server.put(name(RoleName.ROOT, 3), sign(root(3), "root"));
        assertThat(updated().root()).isEqualTo(server.get(name(RoleName.ROOT, 3)));
    }

    // 5.3.11: what a change of keys makes of the past

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
        assertThat(update(device).snapshot()).contains(server.get(name(RoleName.SNAPSHOT, 5)));
    }

    @Test
    void what_a_device_can_not_trust_any_more_holds_nothing_back() {
        publish(3, 8, 9);
        var device = updated();
        // The keys stay the same, but both have to sign now, which nothing that the device kept can show.
        var before = root(2, Map.of(RoleName.TIMESTAMP, role(1, "timestamp", "alice")));
        var after = root(3, Map.of(RoleName.TIMESTAMP, role(2, "timestamp", "alice")));
        var between = new DeviceState(sign(before, "root"), device.timestamp(), device.snapshot(), device.targets());
        server.put(name(RoleName.ROOT, 3), sign(after, "root"));
        publish(3, 8, 7);
        server.put(
                "timestamp.json", sign(timestamp(7, server.get(name(RoleName.SNAPSHOT, 8)), 8), "timestamp", "alice"));
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
        server.put(name(RoleName.TARGETS, 4), targets);
        server.put(name(RoleName.SNAPSHOT, 5), snapshot);
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
    void what_a_device_took_before_a_refusal_it_keeps() {
        var device = updated();
        server.put(name(RoleName.ROOT, 2), sign(root(2), "root"));
        publish(4, 5, 6);
        var targets = server.get(name(RoleName.TARGETS, 4));
        server.put(name(RoleName.TARGETS, 4), sign(targets(4), "alice"));
        var attempt = attempt(device);
        assertThat(attempt.refusal()).containsInstanceOf(HashMismatchException.class);
        assertThat(attempt.device().root()).isEqualTo(server.get(name(RoleName.ROOT, 2)));
        assertThat(attempt.device().timestamp()).contains(server.get("timestamp.json"));
        assertThat(attempt.device().snapshot()).contains(server.get(name(RoleName.SNAPSHOT, 5)));
        assertThat(attempt.device().targets()).isNotEqualTo(Optional.of(targets));

        server.put(name(RoleName.TARGETS, 4), targets);
        assertThat(update(attempt.device()).targets()).contains(targets);
    }

    @Test
    void a_device_whose_own_root_is_none_updates_nothing() {
        var device = DeviceState.fresh(sign(root(1), "alice"));
        assertThatThrownBy(() -> attempt(device)).isInstanceOf(UnsignedMetadataException.class);
    }

    @Test
    void a_root_may_pass_to_other_keys_hop_by_hop() {
        var root2 = root(2, Map.of(RoleName.ROOT, role(2, "alice", "bob")));
        var root3 = root(3, Map.of(RoleName.ROOT, role(1, "carol")));
        server.put(name(RoleName.ROOT, 2), sign(root2, "root", "alice", "bob"));
        server.put(name(RoleName.ROOT, 3), sign(root3, "alice", "bob", "carol"));
        var device = updated();
        assertThat(dialect.decode(Root.class, device.root()).metadata()).isEqualTo(root3);
    }
}
