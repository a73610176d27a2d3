package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.BeforeEach;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A server whose files each test arranges, and devices that update from it. */
abstract class WithServer extends InDialect {

    final Bytes first = sign(root(1), "root");
    final Map<String, Bytes> server = new HashMap<>();
    final List<String> fetched = new ArrayList<>();

    WithServer(Dialect dialect) {
        super(dialect);
    }

    @BeforeEach
    void publishFirst() {
        server.put(name(RoleName.ROOT, 1), first);
        publish(3, 4, 5);
    }

    void publish(long targets, long snapshot, long timestamp) {
        publish(targets, snapshot, timestamp, "snapshot", "timestamp");
    }

    void publish(long targets, long snapshot, long timestamp, String snapshotKey, String timestampKey) {
        var targetsFile = sign(targets(targets), "targets");
        var snapshotFile = sign(snapshot(snapshot, targetsFile, targets), snapshotKey);
        server.put(name(RoleName.TARGETS, targets), targetsFile);
        server.put(name(RoleName.SNAPSHOT, snapshot), snapshotFile);
        server.put("timestamp.json", sign(timestamp(timestamp, snapshotFile, snapshot), timestampKey));
    }

    DeviceState update(DeviceState device) {
        fetched.clear();
        return ClientWorkflow.update(dialect, device, this::fetch, NOW);
    }

    ClientWorkflow.Attempt attempt(DeviceState device) {
        return ClientWorkflow.attempt(dialect, device, this::fetch, NOW);
    }

    private Optional<Bytes> fetch(String name) {
        fetched.add(name);
        return Optional.ofNullable(server.get(name));
    }

    DeviceState updated() {
        return update(DeviceState.fresh(first));
    }

    void refused(Class<? extends VerificationException> why, String message, DeviceState device) {
        assertThatThrownBy(() -> update(device)).isInstanceOf(why).hasMessageContaining(message);
    }

    void flip(RoleName role, Role signers) {
        server.put(name(RoleName.ROOT, 2), sign(root(2, Map.of(role, signers)), "root"));
    }
}
