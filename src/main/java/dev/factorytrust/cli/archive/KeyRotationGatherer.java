package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.KeyOverlap;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what there is for a rotation of a holder's keys: on his disk, and in the cluster. */
final class KeyRotationGatherer {

    private static final int ATTEMPTS = 99;

    private final FactoryCluster cluster;
    private final ArchiveFile files;
    private final KeyRotationRequest request;
    private final Optional<InputFile> trusted;
    private final Map<Long, Bytes> published = new HashMap<>();

    /** @param trusted a root that the holder trusts, where his keys have signed none that is stored */
    KeyRotationGatherer(
            FactoryCluster cluster, ArchiveFile files, KeyRotationRequest request, Optional<InputFile> trusted) {
        this.cluster = cluster;
        this.files = files;
        this.request = request;
        this.trusted = trusted;
    }

    /** @param followed the rotation that this run has seen under way */
    KeyRotationState gather(Optional<String> followed) {
        var archive = archive(
                files.path(),
                files.read()
                        .orElseThrow(() -> Failure.refused("there is no archive " + files.path()
                                + (files.readPending().isPresent()
                                        ? ", though " + files.pendingPath()
                                                + " is there, which holds all its keys: rename that"
                                                + " to it, if the archive is lost"
                                        : ""))));
        var pending = files.readPending().map(content -> archive(files.pendingPath(), content));
        var factory = factory();
        var roots = roots(factory, archive, pending);
        var name = followed.or(() -> name(archive, pending, roots));
        var rotation = name.flatMap(cluster::rotation);
        var keys = pending.orElse(archive);
        return new KeyRotationState(
                factory,
                roots,
                archive,
                pending,
                name,
                rotation,
                followed.isPresent(),
                rotation.flatMap(this::payload),
                files.readSigned(),
                name.filter(made -> awaitsTargets(made, roots, keys)).map(_ -> targets(factory, roots)),
                cluster.now());
    }

    /** Whether a root of this rotation is signed, isn't seen by devices yet, and changes targets that the holder signs. */
    private static boolean awaitsTargets(String rotation, RootHistory roots, KeyArchive keys) {
        var visible = roots.visible().metadata();
        return roots.root().version() > visible.version()
                && RootExtras.of(roots.root())
                        .rotation()
                        .filter(made -> made.name().equals(rotation))
                        .isPresent()
                && KeyOverlap.changing(visible, roots.root()).contains(RoleName.TARGETS)
                && Stream.of(visible, roots.root())
                        .anyMatch(root -> !KeyRotationState.listed(keys, root, RoleName.TARGETS)
                                .isEmpty());
    }

    private AwaitedTargets targets(Factory factory, RootHistory roots) {
        var offers = Optional.ofNullable(factory.getStatus())
                .map(FactoryStatus::targets)
                .map(FactoryStatus.TargetsSummary::payloads)
                .orElse(List.of())
                .stream()
                .filter(offered -> offered.signatures() != null)
                .map(offered ->
                        new AwaitedTargets.Offer(offered, cluster.file(offered.configMap(), Names.PAYLOAD_JSON)))
                .toList();
        var visible = roots.visible();
        try {
            var served = deviceWith(visible.file(), roots, visible.metadata().version())
                    .targets()
                    .orElseThrow();
            return new AwaitedTargets(Optional.of(roots.dialect().decode(Targets.class, served)), "", offers);
        } catch (VerificationException e) {
            return new AwaitedTargets(Optional.empty(), e.getMessage(), offers);
        }
    }

    /**
     * A device that trusts this root, once it has taken what the cluster has for it.
     *
     * @param visible the version of the newest root that it is let see
     * @throws VerificationException where it refuses that
     */
    DeviceState deviceWith(Bytes root, RootHistory roots, long visible) {
        return ServedMetadata.update(cluster, request.factory(), roots.dialect(), root, visible, cluster.now());
    }

    private static KeyArchive archive(Path file, Bytes content) {
        try {
            return KeyArchive.read(content);
        } catch (InvalidKeyException e) {
            throw Failure.refused(file + " is no archive of keys: " + e.getMessage());
        }
    }

    private Factory factory() {
        return cluster.factory(request.factory())
                .orElseThrow(() -> Failure.refused(
                        "there is no Factory %s in namespace %s".formatted(request.factory(), request.namespace())));
    }

    private RootHistory roots(Factory factory, KeyArchive archive, Optional<KeyArchive> pending) {
        var version = Optional.ofNullable(factory.getStatus())
                .map(FactoryStatus::roles)
                .map(FactoryStatus.Roles::root)
                .map(FactoryStatus.RoleStatus::version)
                .orElseThrow(() -> Failure.refused("Factory " + request.factory()
                        + " has no root yet that could change; see kubectl factory status " + request.factory()));
        var own = HolderKeys.of(archive, pending);
        return RootHistory.read(request.factory(), wanted -> root(wanted, version), version, own, trusted);
    }

    /** What devices may have seen never changes, so it isn't asked for twice. */
    private Optional<Bytes> root(long wanted, long visible) {
        var known = Optional.ofNullable(published.get(wanted));
        if (known.isPresent()) {
            return known;
        }
        var file = rootFile(cluster, request.factory(), wanted);
        file.filter(_ -> wanted <= visible).ifPresent(content -> published.put(wanted, content));
        return file;
    }

    private static Optional<Bytes> rootFile(FactoryCluster cluster, String factory, long version) {
        return cluster.file(Names.metadata(factory, RoleName.ROOT, version), Names.metadataEntry(RoleName.ROOT));
    }

    /** That of the root which has the new keys; what ended without a root is passed by, unless this run has seen it end. */
    private Optional<String> name(KeyArchive archive, Optional<KeyArchive> pending, RootHistory roots) {
        var first = pending.stream()
                .flatMap(next -> Stream.of(RoleName.ROOT, RoleName.TARGETS)
                        .flatMap(
                                role -> KeyRotationState.fresh(roots.dialect(), archive, next, role).keySet().stream()))
                .findFirst();
        if (first.isEmpty() && !request.roles().isEmpty()) {
            return Optional.empty();
        }
        var base = first.map(keyid -> KeyRotationSpec.name(request.factory(), keyid));
        var made = base.flatMap(name -> RootExtras.of(roots.root())
                .rotation()
                .map(RootExtras.Rotation::name)
                .filter(of -> KeyRotationSpec.isAttempt(of, name)));
        if (made.isPresent()) {
            return made;
        }
        return base.isEmpty() && underway(roots).isPresent()
                ? underway(roots)
                : Optional.of(free(base.orElseGet(
                        () -> KeyRotationSpec.onlineName(request, roots.root().version() + 1))));
    }

    private String free(String base) {
        for (var attempt = 1; attempt < ATTEMPTS; attempt++) {
            var name = KeyRotationSpec.attempt(base, attempt);
            if (!KeyRotationState.hasEnded(cluster.rotation(name))) {
                return name;
            }
        }
        return KeyRotationSpec.attempt(base, ATTEMPTS);
    }

    /** An exchange of online keys like this one whose root is there, and whose overlap goes on. */
    private Optional<String> underway(RootHistory roots) {
        return RootExtras.of(roots.root())
                .rotation()
                .map(RootExtras.Rotation::name)
                .filter(name -> name.startsWith(
                        KeyRotationSpec.onlineName(request, roots.root().version())))
                .filter(name -> cluster.rotation(name)
                        .map(RootRotation::getStatus)
                        .map(RootRotationStatus::phase)
                        .filter(phase -> phase != Phase.COMPLETED)
                        .isPresent());
    }

    private Optional<Bytes> payload(RootRotation rotation) {
        return Optional.ofNullable(rotation.getStatus())
                .flatMap(status -> Optional.ofNullable(status.payload()))
                .flatMap(named -> cluster.file(named.configMap(), Names.PAYLOAD_JSON));
    }

    /** Whose keys these are, as far as this namespace knows: for somebody who took the wrong archive out of the drawer. */
    String whose(KeyRotationState state) {
        var keys = KeyRotationState.publicKeys(state.archive());
        return state.roots()
                .lastListing(keys)
                .map(version -> "the last root that lists one of them is version " + version
                        + ": this is an older copy of the archive, look for the newer one")
                .or(() -> others(keys).map(other -> "they are those of Factory " + other))
                .orElse("no Factory in namespace " + request.namespace() + " trusts them now");
    }

    private Optional<String> others(List<PublicKey> keys) {
        return cluster.factories().stream()
                .filter(factory -> !factory.getMetadata().getName().equals(request.factory()))
                .filter(factory -> lists(factory, keys))
                .map(factory -> factory.getMetadata().getName())
                .findFirst();
    }

    private boolean lists(Factory factory, List<PublicKey> keys) {
        return Optional.ofNullable(factory.getStatus())
                .map(FactoryStatus::roles)
                .map(FactoryStatus.Roles::root)
                .map(FactoryStatus.RoleStatus::version)
                .flatMap(version -> rootFile(cluster, factory.getMetadata().getName(), version))
                .flatMap(RootHistory::tryDecode)
                .filter(root -> RootHistory.rootKeys(root).values().stream().anyMatch(keys::contains))
                .isPresent();
    }
}
