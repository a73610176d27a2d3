package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must hold after every single write, whoever made it. It reads the stored objects with none of the operator's own
 * judgement: names, versions, digests.
 */
final class Ledger {

    private final InMemoryCluster cluster;
    private final String factory;
    private final Dialect dialect;
    private final Map<String, String> contents = new HashMap<>();
    private final Set<String> causes = new HashSet<>();
    private long oldestRoot;
    private long newestRoot;
    private long visibleRoot;
    private long timestampVersion;
    private boolean together;

    /** @param before the ledger of the cluster that this one is a copy of */
    Ledger(InMemoryCluster cluster, String factory, Dialect dialect, Optional<Ledger> before) {
        before.ifPresent(this::takeOver);
        this.cluster = cluster;
        this.factory = factory;
        this.dialect = dialect;
        cluster.all(ConfigMap.class).sorted(Comparator.comparing(Ledger::rank)).forEach(this::wrote);
        cluster.watch(change -> change.after()
                .or(change::before)
                .filter(ConfigMap.class::isInstance)
                .map(ConfigMap.class::cast)
                .ifPresent(object -> {
                    if (change.after().isPresent()) {
                        wrote(object);
                    } else {
                        removed(object);
                    }
                    reachesWhatItNames();
                }));
    }

    private void takeOver(Ledger before) {
        contents.putAll(before.contents);
        causes.addAll(before.causes);
        oldestRoot = before.oldestRoot;
        newestRoot = before.newestRoot;
        visibleRoot = before.visibleRoot;
        timestampVersion = before.timestampVersion;
        together = before.together;
    }

    /** From now on a root may come to devices with its successor only: what it names can't sign, or isn't to be waited for. */
    void rootsMayComeTogether() {
        together = true;
    }

    /** Roots in their order, and the timestamp last, as they were written. */
    private static long rank(ConfigMap object) {
        return switch (role(object)) {
            case ROOT -> version(object);
            case TARGETS, SNAPSHOT -> Long.MAX_VALUE - 1;
            case TIMESTAMP -> Long.MAX_VALUE;
            case null -> 0;
        };
    }

    private void wrote(ConfigMap object) {
        switch (role(object)) {
            case ROOT -> {
                once(object);
                root(object);
            }
            case TARGETS, SNAPSHOT -> once(object);
            case TIMESTAMP -> committed(object);
            case null -> {}
        }
    }

    private void once(ConfigMap object) {
        var name = object.getMetadata().getName();
        var content = object.getBinaryData().toString();
        assertThat(contents.putIfAbsent(name, content))
                .as("invariant 3: %s has one content", name)
                .isIn(null, content);
    }

    private void root(ConfigMap object) {
        var root = decode(object, Root.class, RoleName.ROOT);
        if (root.version() <= newestRoot) {
            return;
        }
        if (newestRoot == 0 && isImported()) {
            newestRoot = root.version() - 1;
        }
        assertThat(root.version()).as("invariant 4: roots grow by one").isEqualTo(newestRoot + 1);
        oldestRoot = oldestRoot == 0 ? root.version() : oldestRoot;
        newestRoot = root.version();
        var cause = RootExtras.of(root).rotation().map(RootExtras.Rotation::name);
        assertThat(cause.isPresent() || newestRoot == 1 || visibleRoot == 0 && isImported())
                .as("invariant 11: root %d has a cause", newestRoot)
                .isTrue();
        cause.ifPresent(rotation -> assertThat(causes.add(rotation))
                .as("invariant 11: rotation %s makes one root", rotation)
                .isTrue());
    }

    private void committed(ConfigMap object) {
        var visible = Long.parseLong(
                StoredMetadata.annotation(object, Names.ROOT_VERSION).orElse("0"));
        assertThat(visible)
                .as("invariant 4: devices are shown one more root at a time, and none is taken back")
                .isBetween(visibleRoot, visibleRoot == 0 && isImported() || together ? newestRoot : visibleRoot + 1);
        assertThat(visible).as("a visible root is stored").isLessThanOrEqualTo(newestRoot);
        visibleRoot = visible;
        file(object, RoleName.TIMESTAMP).ifPresent(file -> {
            var version = dialect.decode(Timestamp.class, file).metadata().version();
            assertThat(version)
                    .as("invariant 4: the timestamp's version grows by one with each commit")
                    .isBetween(
                            Math.max(1, timestampVersion),
                            timestampVersion == 0 && isImported() ? version : timestampVersion + 1);
            if (version == timestampVersion) {
                assertThat(contents.get(object.getMetadata().getName())).isEqualTo(file.sha256());
            }
            timestampVersion = version;
            contents.put(object.getMetadata().getName(), file.sha256());
        });
    }

    /** What another server published before has causes that nobody knows here. */
    private boolean isImported() {
        return cluster.find(ConfigMap.class, OldServer.CONFIG_MAP).isPresent();
    }

    private void removed(ConfigMap object) {
        assertThat(role(object))
                .as("invariant 4: %s stays", object.getMetadata().getName())
                .isNotIn(RoleName.ROOT, RoleName.TIMESTAMP);
    }

    /** Invariant 2: there is no moment at which the commit point names what isn't there, byte for byte. */
    private void reachesWhatItNames() {
        var timestamp = cluster.find(ConfigMap.class, Names.timestamp(factory))
                .filter(object -> file(object, RoleName.TIMESTAMP).isPresent());
        timestamp.ifPresent(object -> {
            var stored = new StoredMetadata(
                    new FactoryRef(InMemoryCluster.NAMESPACE, factory),
                    cluster.all(ConfigMap.class)
                            .collect(Collectors.toMap(
                                    found -> found.getMetadata().getName(), found -> found)));
            var snapshot = reach(
                    stored,
                    RoleName.SNAPSHOT,
                    decode(object, Timestamp.class, RoleName.TIMESTAMP).snapshotMeta());
            reach(
                    stored,
                    RoleName.TARGETS,
                    decode(snapshot, Snapshot.class, RoleName.SNAPSHOT).meta().get("targets.json"));
        });
        for (var version = Math.max(1, oldestRoot); version <= visibleRoot; version++) {
            assertThat(cluster.find(ConfigMap.class, Names.metadata(factory, RoleName.ROOT, version)))
                    .as("invariant 2: root %d is there", version)
                    .isPresent();
        }
    }

    private ConfigMap reach(StoredMetadata stored, RoleName role, MetaFile meta) {
        var name = Names.metadata(factory, role, meta.version());
        var object = cluster.find(ConfigMap.class, name);
        assertThat(object.flatMap(found -> stored.whole(found, Names.metadataEntry(role)))
                        .map(Bytes::sha256))
                .as("invariant 2: the commit reaches %s", name)
                .hasValue(meta.hashes().get("sha256"));
        return object.orElseThrow();
    }

    private <T extends Metadata> T decode(ConfigMap object, Class<T> type, RoleName role) {
        return dialect.decode(type, file(object, role).orElseThrow()).metadata();
    }

    private static Optional<Bytes> file(ConfigMap object, RoleName role) {
        return StoredMetadata.file(object, Names.metadataEntry(role));
    }

    private static RoleName role(ConfigMap object) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map(labels -> labels.get(Names.ROLE))
                .flatMap(RoleName::of)
                .orElse(null);
    }

    private static long version(ConfigMap object) {
        return Long.parseLong(object.getMetadata().getLabels().get(Names.VERSION));
    }
}
