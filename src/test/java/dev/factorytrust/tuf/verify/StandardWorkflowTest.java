package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;
import java.util.OptionalLong;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.meta;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** In what clients of TUF 1.0 are unlike the devices of OTA Connect. */
class StandardWorkflowTest extends WithServer {

    StandardWorkflowTest() {
        super(TUF);
    }

    @Test
    void a_walk_is_as_long_as_clients_walk() {
        for (var version = 2; version <= 257; version++) {
            server.put(name(RoleName.ROOT, version), sign(root(version), "root"));
        }
        assertThat(updated().root()).isEqualTo(server.get(name(RoleName.ROOT, 257)));
        server.put(name(RoleName.ROOT, 258), sign(root(258), "root"));
        refused(TooManyRootsException.class, "root has more than 256 versions", DeviceState.fresh(first));
        assertThat(update(DeviceState.fresh(server.get(name(RoleName.ROOT, 2)))).root())
                .isEqualTo(server.get(name(RoleName.ROOT, 258)));
    }

    @Test
    void without_a_change_of_keys_there_is_no_way_back() {
        publish(3, 4, 6);
        var device = updated();
        publish(3, 4, 5);
        server.put(name(RoleName.ROOT, 2), sign(root(2), "root"));
        refused(RollbackException.class, "timestamp 5 is older than the known 6", device);
    }

    @Test
    void a_change_of_another_role_s_keys_is_no_way_back_either() {
        publish(4, 5, 6);
        var device = updated();
        var targets = sign(targets(3), "alice");
        var snapshot = sign(snapshot(6, targets, 3), "snapshot");
        server.put(name(RoleName.TARGETS, 3), targets);
        server.put(name(RoleName.SNAPSHOT, 6), snapshot);
        server.put("timestamp.json", sign(timestamp(7, snapshot, 6), "timestamp"));
        flip(RoleName.TARGETS, role(1, "alice"));
        refused(RollbackException.class, "snapshot 6 goes back to version 3 of targets.json", device);
    }

    @Test
    void a_snapshot_needs_no_length_and_no_hashes() {
        server.put("timestamp.json", sign(new Timestamp(5, EXPIRES, meta(4), Map.of()), "timestamp"));
        updated();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void a_snapshot_and_targets_are_as_long_as_is_told(int off) {
        var snapshot = server.get("4.snapshot.json");
        var meta = new MetaFile(4, OptionalLong.of(snapshot.size() + off), Map.of(), Map.of());
        server.put("timestamp.json", sign(new Timestamp(5, EXPIRES, meta, Map.of()), "timestamp"));
        refused(LengthMismatchException.class, "snapshot has", DeviceState.fresh(first));

        var targets = server.get("3.targets.json");
        var other = sign(
                snapshot(
                        4,
                        Map.of(
                                "targets.json",
                                new MetaFile(3, OptionalLong.of(targets.size() + off), Map.of(), Map.of()))),
                "snapshot");
        server.put("4.snapshot.json", other);
        server.put("timestamp.json", sign(timestamp(5, other, 4), "timestamp"));
        refused(LengthMismatchException.class, "targets has", DeviceState.fresh(first));
    }

    @Test
    void a_hash_that_nobody_can_compute_is_refused() {
        var hashes = Map.of("md5", server.get("4.snapshot.json").digest("MD5").hex());
        var meta = new MetaFile(4, OptionalLong.empty(), hashes, Map.of());
        server.put("timestamp.json", sign(new Timestamp(5, EXPIRES, meta, Map.of()), "timestamp"));
        refused(HashMismatchException.class, "snapshot has md5", DeviceState.fresh(first));
    }

    @Test
    void what_has_expired_is_not_stored() {
        var device = updated();
        var expired = new Timestamp(9, EXPIRES.minusSeconds(7200), meta(4, server.get("4.snapshot.json")), Map.of());
        server.put("timestamp.json", sign(expired, "timestamp"));
        assertThat(attempt(device).device()).isEqualTo(device);
    }

    @Test
    void a_timestamp_made_anew_under_its_old_version_is_not_seen() {
        var device = updated();
        var later = new Timestamp(5, NOW.plusSeconds(9999), meta(4, server.get("4.snapshot.json")), Map.of());
        server.put("timestamp.json", sign(later, "timestamp"));
        assertThat(update(device)).isEqualTo(device);
    }
}
