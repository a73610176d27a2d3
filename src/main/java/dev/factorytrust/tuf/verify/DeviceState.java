package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;

import java.util.Optional;

/** What a device keeps between updates: the newest root that it has walked to, and the rest since its first update. */
public record DeviceState(Bytes root, Optional<Bytes> timestamp, Optional<Bytes> snapshot, Optional<Bytes> targets) {

    /** A device that has never updated. */
    public static DeviceState fresh(Bytes root) {
        return new DeviceState(root, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
