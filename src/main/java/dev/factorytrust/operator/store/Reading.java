package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.archive.DamagedPartException;
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
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.verify.VerificationException;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/** What a Factory's stored objects amount to, after the checks that a device would make. */
public sealed interface Reading {

    /** Nothing is published: there is no timestamp, or only the empty one that the first publication will fill. */
    record Unpublished() implements Reading {}

    /**
     * A repository that every device accepts, expiry aside.
     *
     * @param reached the objects it was read from, by name: what is put back if somebody deletes it
     */
    record Published(Repository repository, Map<String, ConfigMap> reached) implements Reading {}

    /**
     * What is stored doesn't hold together.
     *
     * @param object the first object found missing or wrong
     * @param roots the roots that could still be verified
     */
    record Faulty(String object, String problem, NavigableMap<Long, Signed<Root>> roots) implements Reading {}

    /**
     * What is stored holds, but devices saw something newer: a backup that came late, or a replay.
     *
     * @param timestamp the newest timestamp object that was seen to hold
     */
    record RolledBack(long stored, ConfigMap timestamp) implements Reading {}

    /** The published repository, where there is one that holds. */
    default Optional<Repository> published() {
        return this instanceof Published(var repository, var _) ? Optional.of(repository) : Optional.empty();
    }

    static Reading of(Dialect dialect, StoredMetadata stored, Roots roots) {
        var unpublished = stored.timestamp()
                .filter(object -> StoredMetadata.file(object, Names.metadataEntry(RoleName.TIMESTAMP))
                                .isPresent()
                        || stored.rootVersion() > 0)
                .isEmpty();
        return unpublished ? new Unpublished() : new Reader(dialect, stored, roots).read();
    }

    /** Reads object by object and remembers which one it is at, to name it where one is wrong. */
    final class Reader {
        private final Dialect dialect;
        private final StoredMetadata stored;
        private final long first;
        private final NavigableMap<Long, Signed<Root>> visible;
        private final Map<String, ConfigMap> reached = new HashMap<>();
        private String object = "";

        private Reader(Dialect dialect, StoredMetadata stored, Roots roots) {
            this.dialect = dialect;
            this.stored = stored;
            this.first = roots.first();
            this.visible = roots.chain().headMap(stored.rootVersion(), true);
        }

        private Reading read() {
            try {
                return published();
            } catch (DamagedPartException e) {
                return new Faulty("ConfigMap " + e.part(), e.getMessage(), visible);
            } catch (VerificationException | MalformedMetadataException | MissingException e) {
                return new Faulty("ConfigMap " + object, e.getMessage(), visible);
            }
        }

        private Published published() {
            for (var version = first; version <= stored.rootVersion(); version++) {
                object = Names.metadata(stored.factory().name(), RoleName.ROOT, version);
                reached.put(object, stored.find(object).orElseThrow(() -> new MissingException("is missing")));
                if (!visible.containsKey(version)) {
                    throw new MissingException("is not signed by all who must sign it");
                }
            }
            if (visible.isEmpty()) {
                object = Names.timestamp(stored.factory().name());
                throw new MissingException("names no root version");
            }
            var timestamp = read(Timestamp.class, RoleName.TIMESTAMP, 0);
            var snapshot = read(
                    Snapshot.class,
                    RoleName.SNAPSHOT,
                    timestamp.metadata().snapshotMeta().version());
            var meta = Optional.ofNullable(snapshot.metadata().meta().get("targets.json"));
            var targets = read(
                    Targets.class, RoleName.TARGETS, meta.map(MetaFile::version).orElse(0L));
            object = Names.timestamp(stored.factory().name());
            var repository = new Repository(dialect, visible, timestamp, snapshot, targets);
            repository.verifyAsFreshDevice();
            return new Published(repository, Map.copyOf(reached));
        }

        private <T extends Metadata> Signed<T> read(Class<T> type, RoleName role, long version) {
            object = Names.metadata(stored.factory().name(), role, version);
            var found = stored.find(object).orElseThrow(() -> new MissingException("is missing"));
            stored.withParts(found)
                    .forEach(part -> reached.put(part.getMetadata().getName(), part));
            var file = stored.whole(found, Names.metadataEntry(role))
                    .orElseThrow(() -> new MissingException("has no readable binaryData " + Names.metadataEntry(role)));
            return dialect.decode(type, file);
        }

        private static final class MissingException extends RuntimeException {
            private static final long serialVersionUID = 1L;

            MissingException(String message) {
                super(message);
            }
        }
    }
}
