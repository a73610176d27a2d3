package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a client trusts, growing as it reads: a state machine without I/O, after python-tuf's. The rules, by specification
 * 1.0.34 §5.3 to §5.6:
 *
 * <ul>
 *   <li>The order is root (any number of times), timestamp, snapshot, targets. Roles that targets delegate to aren't read.
 *   <li>Root: exactly the next version, signed by the keys of the trusted root and by its own. Only the last one must not have
 *       expired, which is checked when the timestamp comes.
 *   <li>Timestamp: signed as root says, not older than the known one, naming no older snapshot than the known one, not expired.
 *       One of the known version changes nothing.
 *   <li>Snapshot: of the length, hashes and version that the timestamp says, signed as root says, lacking nothing that the known
 *       one lists and listing nothing at an older version, not expired.
 *   <li>Targets: of the length, hashes and version that the snapshot says, signed as root says, not expired.
 * </ul>
 *
 * <p>That is TUF 1.0; in what devices of another dialect are unlike it say its {@link Dialect#rules()} and {@link
 * Dialect#hashed}. A method that throws leaves everything as it was. A call out of order is the caller's mistake:
 * IllegalStateException.
 */
public final class TrustedMetadataSet {

    private final Dialect dialect;
    private final Instant now;
    private Signed<Root> root;
    private Optional<Signed<Timestamp>> knownTimestamp = Optional.empty();
    private Optional<Signed<Snapshot>> knownSnapshot = Optional.empty();
    private Signed<Timestamp> timestamp;
    private Signed<Snapshot> snapshot;
    private Signed<Targets> targets;

    /**
     * @param trustedRoot what the client was born with or walked to; it has to be signed by its own keys, no more
     * @param now the one time that all of an update is measured at (§5.2); {@link Instant#MIN} checks everything but expiry
     */
    public TrustedMetadataSet(Dialect dialect, Bytes trustedRoot, Instant now) {
        this.dialect = dialect;
        this.now = now;
        var first = decode("root", Root.class, trustedRoot);
        requireSigned("root", first, first.metadata(), "it itself");
        this.root = first;
    }

    public Signed<Root> root() {
        return root;
    }

    /** The timestamp of this update, absent until there is one; likewise the next two. */
    public Optional<Signed<Timestamp>> timestamp() {
        return Optional.ofNullable(timestamp);
    }

    public Optional<Signed<Snapshot>> snapshot() {
        return Optional.ofNullable(snapshot);
    }

    public Optional<Signed<Targets>> targets() {
        return Optional.ofNullable(targets);
    }

    /** §5.3.4 to §5.3.6. */
    public Signed<Root> updateRoot(Bytes file) {
        inOrder(timestamp == null, "root after timestamp");
        var next = decode("root", Root.class, file);
        var current = root.metadata();
        requireSigned("root", next, current, "root " + current.version());
        requireSigned("root", next, next.metadata(), "it itself");
        requireVersion("root", current.version() + 1, next.metadata().version());
        root = next;
        return next;
    }

    /** A timestamp that the client kept: no older one will do. Expired or not, it has to be signed as the newest root says. */
    public void knowTimestamp(Bytes file) {
        inOrder(timestamp == null, "a known timestamp after the new one");
        var known = decode("timestamp", Timestamp.class, file);
        requireSigned(
                "timestamp", known, root.metadata(), "root " + root.metadata().version());
        knownTimestamp = Optional.of(known);
    }

    /** A snapshot that the client kept: nothing that it lists may vanish or grow older. */
    public void knowSnapshot(Bytes file) {
        inOrder(snapshot == null, "a known snapshot after the new one");
        var known = decode("snapshot", Snapshot.class, file);
        requireSigned(
                "snapshot", known, root.metadata(), "root " + root.metadata().version());
        knownSnapshot = Optional.of(known);
    }

    /** §5.3.10 and §5.4.2 to §5.4.4; returns the known timestamp if this one has its version. */
    public Signed<Timestamp> updateTimestamp(Bytes file) {
        inOrder(snapshot == null, "timestamp after snapshot");
        requireUnexpired("root", root.metadata());
        var next = decode("timestamp", Timestamp.class, file);
        requireSigned(
                "timestamp", next, root.metadata(), "root " + root.metadata().version());
        var known = Optional.ofNullable(timestamp).or(() -> knownTimestamp);
        if (known.isPresent()) {
            requireNotOlder(known.get().metadata(), next.metadata());
            if (known.get().metadata().version() == next.metadata().version()) {
                requireSame(known.get().metadata(), next.metadata());
                next = known.get();
            }
        }
        requireUnexpired("timestamp", next.metadata());
        timestamp = next;
        return next;
    }

    private void requireSame(Timestamp known, Timestamp next) {
        if (dialect.rules().oneContent() && !next.equals(known)) {
            throw new VersionMismatchException("timestamp", known.version() + 1, next.version());
        }
    }

    private static void requireNotOlder(Timestamp known, Timestamp next) {
        if (next.version() < known.version()) {
            throw new RollbackException("timestamp", next.version() + " is older than the known " + known.version());
        }
        var snapshot = next.snapshotMeta().version();
        if (snapshot < known.snapshotMeta().version()) {
            throw new RollbackException(
                    "timestamp",
                    next.version() + " names snapshot " + snapshot + ", which is older than the known "
                            + known.snapshotMeta().version());
        }
    }

    /** §5.5.2 to §5.5.6. */
    public Signed<Snapshot> updateSnapshot(Bytes file) {
        inOrder(timestamp != null, "snapshot before timestamp");
        inOrder(targets == null, "snapshot after targets");
        var meta = timestamp.metadata().snapshotMeta();
        requireMeta("snapshot", meta, file);
        var next = decode("snapshot", Snapshot.class, file);
        requireSigned(
                "snapshot", next, root.metadata(), "root " + root.metadata().version());
        requireVersion("snapshot", meta.version(), next.metadata().version());
        knownSnapshot.ifPresent(known -> requireNoneOlder(known.metadata(), next.metadata()));
        requireUnexpired("snapshot", next.metadata());
        snapshot = next;
        return next;
    }

    private static void requireNoneOlder(Snapshot known, Snapshot next) {
        known.meta().forEach((name, file) -> {
            var now = next.meta().get(name);
            if (now == null || now.version() < file.version()) {
                throw new RollbackException(
                        "snapshot",
                        next.version() + (now == null ? " lacks " : " goes back to version " + now.version() + " of ")
                                + name + ", known at version " + file.version());
            }
        });
    }

    /** §5.6.2 to §5.6.5. */
    public Signed<Targets> updateTargets(Bytes file) {
        inOrder(snapshot != null, "targets before snapshot");
        var meta = snapshot.metadata().meta().get("targets.json");
        if (meta == null) {
            throw new MissingMetadataException(
                    "targets", "isn't listed by snapshot " + snapshot.metadata().version());
        }
        requireMeta("targets", meta, file);
        var next = decode("targets", Targets.class, file);
        requireSigned("targets", next, root.metadata(), "root");
        requireVersion("targets", meta.version(), next.metadata().version());
        requireUnexpired("targets", next.metadata());
        targets = next;
        return next;
    }

    private <T extends Metadata> Signed<T> decode(String role, Class<T> type, Bytes file) {
        return reading(role, () -> dialect.decode(type, file));
    }

    private static <T> T reading(String role, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (MalformedMetadataException e) {
            throw new UnreadableMetadataException(role, e);
        }
    }

    private static void requireSigned(String name, Signed<?> signed, Root by, String whose) {
        var result =
                Verifier.verify(by.role(signed.metadata().role()), by.keys(), signed.canonical(), signed.signatures());
        if (!result.verified()) {
            throw new UnsignedMetadataException(name, signed.metadata().version(), whose, result);
        }
    }

    private static void requireVersion(String role, long expected, long found) {
        if (found != expected) {
            throw new VersionMismatchException(role, expected, found);
        }
    }

    private void requireUnexpired(String role, Metadata metadata) {
        if (metadata.isExpired(now)) {
            throw new ExpiredMetadataException(role, metadata.version(), metadata.expires(), now);
        }
    }

    private void requireMeta(String role, MetaFile meta, Bytes file) {
        meta.length().ifPresent(length -> requireLength(role, length, file.size()));
        if (meta.hashes().isEmpty()) {
            return;
        }
        var hashed = reading(role, () -> dialect.hashed(file));
        meta.hashes().forEach((algorithm, expected) -> {
            var digest =
                    switch (algorithm) {
                        case "sha256" -> "SHA-256";
                        case "sha512" -> "SHA-512";
                        default ->
                            throw new HashMismatchException(role, algorithm, expected, "that nobody can compute");
                    };
            var found = hashed.digest(digest).hex();
            if (!found.equals(expected)) {
                throw new HashMismatchException(role, algorithm, expected, found);
            }
        });
    }

    private void requireLength(String role, long told, long found) {
        if (dialect.rules().exactLengths()) {
            if (found != told) {
                throw new LengthMismatchException(role, told + " are", found);
            }
        } else if (role.equals(RoleName.SNAPSHOT.value()) && found > told) {
            throw new LengthMismatchException(role, "at most " + told + " are", found);
        }
    }

    private static void inOrder(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
