package dev.factorytrust.cli.archive;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What devices are served, from the ConfigMaps that hold it, and gone through as a device does. */
final class ServedMetadata {

    private final FactoryCluster cluster;
    private final String factory;
    private final Dialect dialect;
    private final Map<String, Bytes> files = new HashMap<>();

    private ServedMetadata(FactoryCluster cluster, String factory, Dialect dialect) {
        this.cluster = cluster;
        this.factory = factory;
        this.dialect = dialect;
    }

    /**
     * A device that has a root and nothing else, once it has updated.
     *
     * @param trusted the file of its root
     * @param visible the version of the newest root that devices are let see
     * @throws VerificationException at the first thing that it refuses
     */
    static DeviceState update(
            FactoryCluster cluster, String factory, Dialect dialect, Bytes trusted, long visible, Instant now) {
        var served = new ServedMetadata(cluster, factory, dialect);
        var first = dialect.decode(Root.class, trusted).metadata().version();
        for (var version = first + 1; version <= visible; version++) {
            served.read(RoleName.ROOT, version);
        }
        served.read(RoleName.TIMESTAMP, 0)
                .flatMap(file -> served.version(Timestamp.class, file, timestamp -> timestamp.snapshotMeta()))
                .flatMap(version -> served.read(RoleName.SNAPSHOT, version))
                .flatMap(file -> served.version(
                        Snapshot.class, file, snapshot -> snapshot.meta().get("targets.json")))
                .ifPresent(version -> served.read(RoleName.TARGETS, version));
        return ClientWorkflow.update(
                dialect, DeviceState.fresh(trusted), name -> Optional.ofNullable(served.files.get(name)), now);
    }

    private Optional<Bytes> read(RoleName role, long version) {
        var file = cluster.file(Names.metadata(factory, role, version), Names.metadataEntry(role));
        file.ifPresent(content -> files.put(dialect.fileName(role, version), content));
        return file;
    }

    /** Empty where it can't be read: the device says what is wrong with it. */
    private <T extends Metadata> Optional<Long> version(Class<T> type, Bytes file, Function<T, MetaFile> named) {
        try {
            return Optional.ofNullable(named.apply(dialect.decode(type, file).metadata()))
                    .map(MetaFile::version);
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }
}
