package dev.factorytrust.cli.folder;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.Holder;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.RoleChange;
import dev.factorytrust.cli.ceremony.PayloadCheck;
import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.RootProposal;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What somebody wants to change about root's holders, as the RootRotation that will say so. It is kept in a folder, and no
 * cluster knows of it before it is pushed.
 */
record RootEdit(RootRotationSpec spec) {

    RootEdit {
        if (spec.reason() != null || spec.targets() != null || spec.rotateOnlineKeys() != null) {
            throw Failure.refused(
                    "the change holds what the verbs of root don't write: declare such a RootRotation with"
                            + " kubectl, and sign its payload with kubectl factory sign");
        }
    }

    /** Nothing yet, against this version of root. */
    static RootEdit none(String factory, long version) {
        return new RootEdit(new RootRotationSpec(factory, version, null, null, null, null, null, null));
    }

    boolean isNone() {
        return spec.root() == null && spec.expiresAfter() == null;
    }

    RootEdit adding(Holder holder) {
        var added = new ArrayList<>(added());
        added.add(holder);
        return with(added, removed(), threshold());
    }

    /** @param keyid whole, as the root lists it */
    RootEdit removing(String keyid) {
        var removed = new ArrayList<>(removed());
        removed.add(keyid);
        return with(added(), removed.stream().distinct().toList(), threshold());
    }

    /** Without the holder of this name that the change was to add; empty where it adds none such. */
    Optional<RootEdit> notAdding(String name) {
        var rest =
                added().stream().filter(holder -> !holder.name().equals(name)).toList();
        return rest.size() == added().size() ? Optional.empty() : Optional.of(with(rest, removed(), threshold()));
    }

    RootEdit needing(int threshold) {
        return with(added(), removed(), threshold);
    }

    RootEdit expiringAfter(String life) {
        return of(spec.fromVersion(), spec.message(), spec.root(), life);
    }

    RootEdit saying(String message) {
        return of(spec.fromVersion(), message, spec.root(), spec.expiresAfter());
    }

    RootEdit from(long version) {
        return of(version, spec.message(), spec.root(), spec.expiresAfter());
    }

    private RootEdit with(List<Holder> added, List<String> removed, Integer threshold) {
        var change = new RoleChange(added.isEmpty() ? null : added, removed.isEmpty() ? null : removed, threshold);
        return of(
                spec.fromVersion(),
                spec.message(),
                added.isEmpty() && removed.isEmpty() && threshold == null ? null : change,
                spec.expiresAfter());
    }

    private RootEdit of(Long version, String message, RoleChange change, String life) {
        return new RootEdit(new RootRotationSpec(spec.factory(), version, null, message, change, null, null, life));
    }

    private List<Holder> added() {
        return Optional.ofNullable(spec.root()).map(RoleChange::addKeys).orElse(List.of());
    }

    private List<String> removed() {
        return Optional.ofNullable(spec.root()).map(RoleChange::removeKeys).orElse(List.of());
    }

    private Integer threshold() {
        return Optional.ofNullable(spec.root()).map(RoleChange::threshold).orElse(null);
    }

    /** The same change has the same name, so that whoever pushes it twice finds it again. */
    String name() {
        return "%s-edit-%d-%s"
                .formatted(spec.factory(), spec.fromVersion() + 1, spec.sha256().substring(0, 8));
    }

    RootRotation rotation(String namespace) {
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name())
                .withNamespace(namespace)
                .build());
        rotation.setSpec(spec);
        return rotation;
    }

    /**
     * The next root as it has to be.
     *
     * @throws Failure where there can't be one
     */
    RootProposal.Proposed proposed(Dialect dialect, Root current, String namespace, Instant expires) {
        return switch (RootProposal.propose(dialect, Optional.of(current), change(namespace, expires))) {
            case RootProposal.Refused(var _, var message) -> throw Failure.refused(message);
            case RootProposal.Proposed proposed -> proposed;
        };
    }

    private RootChange change(String namespace, Instant expires) {
        return new RootChange(
                Optional.ofNullable(spec.root()).map(RootEdit::edit),
                Optional.empty(),
                Map.of(),
                expires,
                Optional.of(new RootExtras.Rotation(name(), spec.sha256())),
                namespace + '/' + spec.factory());
    }

    private static RoleEdit edit(RoleChange change) {
        try {
            return new RoleEdit(
                    Objects.requireNonNullElse(change.addKeys(), List.<Holder>of()).stream()
                            .map(holder -> new dev.factorytrust.tuf.repository.Holder(
                                    holder.name(), PublicKey.parsePem(holder.publicKey())))
                            .toList(),
                    Objects.requireNonNullElse(change.removeKeys(), List.<String>of()),
                    change.threshold() == null ? OptionalInt.empty() : OptionalInt.of(change.threshold()));
        } catch (InvalidKeyException e) {
            throw Failure.refused("a public key of the change can't be used: " + e.getMessage());
        }
    }

    /**
     * A payload, once it is this change of that root, and not a byte more.
     *
     * @param owner whose folder it is
     * @throws Failure saying what nobody asked for
     */
    RootPayload check(InputFile payload, InputFile before, RootFolder.Owner owner, Instant now) {
        var offered = RootPayload.toSign(payload, Optional.of(before), Optional.ofNullable(owner.movedFrom()));
        var change = change(owner.namespace(), offered.next().expires());
        PayloadCheck.require(payload.name(), offered, change, life().or(owner::life), now);
        return offered;
    }

    Optional<Duration> life() {
        return Optional.ofNullable(spec.expiresAfter()).map(Durations::parse);
    }
}
