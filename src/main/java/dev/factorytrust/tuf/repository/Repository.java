package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A whole repository as devices see it at one moment: every root, and the one timestamp, snapshot and targets that
 * belong together. Immutable; a change is another Repository.
 */
public record Repository(
        Dialect dialect,
        NavigableMap<Long, Signed<Root>> roots,
        Signed<Timestamp> timestamp,
        Signed<Snapshot> snapshot,
        Signed<Targets> targets) {

    public Repository {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("a repository starts with a root");
        }
        roots = Collections.unmodifiableNavigableMap(new TreeMap<>(roots));
    }

    /** The newest root, which says who signs what. */
    public Signed<Root> root() {
        return roots.lastEntry().getValue();
    }

    public Signed<? extends Metadata> role(RoleName role) {
        return switch (role) {
            case ROOT -> root();
            case TARGETS -> targets;
            case SNAPSHOT -> snapshot;
            case TIMESTAMP -> timestamp;
        };
    }

    /** The files that this state consists of, by the names that devices ask for. */
    public Map<String, Bytes> files() {
        var files = new HashMap<String, Bytes>();
        roots.forEach((version, root) -> files.put(dialect.fileName(RoleName.ROOT, version), root.file()));
        files.put(dialect.fileName(RoleName.TIMESTAMP, timestamp.metadata().version()), timestamp.file());
        files.put(dialect.fileName(RoleName.SNAPSHOT, snapshot.metadata().version()), snapshot.file());
        files.put(dialect.fileName(RoleName.TARGETS, targets.metadata().version()), targets.file());
        return files;
    }

    public Repository with(Publication next) {
        return new Repository(
                dialect,
                roots,
                next.timestamp(),
                next.snapshot().orElse(snapshot),
                next.targets().orElse(targets));
    }

    public Repository withRoot(Signed<Root> next) {
        var more = new TreeMap<>(roots);
        more.put(next.metadata().version(), next);
        return new Repository(dialect, more, timestamp, snapshot, targets);
    }

    /**
     * Runs what a device runs that has only ever seen the oldest root. Everything but expiry: a role that expired
     * while nobody could sign must not keep its cure from being published or served.
     *
     * @throws VerificationException what such a device would refuse
     */
    public void verifyAsFreshDevice() {
        verify(DeviceState.fresh(roots.firstEntry().getValue().file()));
    }

    /**
     * Runs what a device runs that holds everything of {@code before}.
     *
     * @throws VerificationException what such a device would refuse
     */
    public void verifyAsDeviceThatHas(Repository before) {
        verify(new DeviceState(
                before.root().file(),
                Optional.of(before.timestamp().file()),
                Optional.of(before.snapshot().file()),
                Optional.of(before.targets().file())));
    }

    private void verify(DeviceState device) {
        var files = files();
        ClientWorkflow.update(dialect, device, name -> Optional.ofNullable(files.get(name)), Instant.MIN);
    }
}
