package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;

import java.util.Optional;

/** What a device keeps between updates: the newest root that it has walked to, and the rest since its first update. */
public record DeviceState(Bytes root, Optional<Bytes> timestamp, Optional<Bytes> snapshot, Optional<Bytes> targets) {

    /** A device that has never updated. */
    public static DeviceState fresh(Bytes root) {
        return new DeviceState(root, Optional.empty(), Optional.empty(), Optional.empty());
    }

    DeviceState with(RoleName role, Bytes file) {
        return switch (role) {
            case ROOT -> new DeviceState(file, timestamp, snapshot, targets);
            case TIMESTAMP -> new DeviceState(root, Optional.of(file), snapshot, targets);
            case SNAPSHOT -> new DeviceState(root, timestamp, Optional.of(file), targets);
            case TARGETS -> new DeviceState(root, timestamp, snapshot, Optional.of(file));
        };
    }

    DeviceState withoutTimestampAndSnapshot() {
        return new DeviceState(root, Optional.empty(), Optional.empty(), targets);
    }
}
