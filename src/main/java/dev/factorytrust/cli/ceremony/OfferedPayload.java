package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;

import java.util.Optional;

/**
 * What the cluster offers to the holders of a rotation. None of it is checked but the digest.
 *
 * @param current the root that it follows, as the cluster has it; empty for a first root
 */
public record OfferedPayload(RootRotation rotation, Bytes bytes, Optional<InputFile> current) {

    public static OfferedPayload fetch(Cluster cluster, String namespace, String name) {
        return of(cluster, cluster.find(RootRotation.class, namespace, name));
    }

    static OfferedPayload of(Cluster cluster, RootRotation rotation) {
        var namespace = rotation.getMetadata().getNamespace();
        var name = rotation.getMetadata().getName();
        var status = Optional.ofNullable(rotation.getStatus())
                .filter(found -> found.payload() != null)
                .orElseThrow(() -> Failure.refused("RootRotation " + name + " has no payload yet: "
                        + new SignatureCount(Optional.ofNullable(rotation.getStatus())).why()));
        var object = status.payload().configMap();
        var bytes = file(cluster, namespace, object, Names.PAYLOAD_JSON)
                .filter(found -> found.sha256().equals(status.payload().sha256()))
                .orElseThrow(
                        () -> Failure.refused("ConfigMap " + object + " isn't the payload that RootRotation " + name
                                + " names"
                                + (new SignatureCount(Optional.of(status)).isOver()
                                        ? ", and it is over: " + Output.name(status.phase())
                                        : ": wait a moment, and ask again")));
        return new OfferedPayload(
                rotation, bytes, current(cluster, namespace, rotation.getSpec().factory(), status));
    }

    private static Optional<InputFile> current(
            Cluster cluster, String namespace, String factory, RootRotationStatus status) {
        return Optional.ofNullable(status.fromVersion())
                .map(version -> Names.metadata(factory, RoleName.ROOT, version))
                .map(object -> new InputFile(
                        "ConfigMap " + object,
                        file(cluster, namespace, object, Names.metadataEntry(RoleName.ROOT))
                                .orElseThrow(() -> Failure.refused("ConfigMap " + object
                                        + " holds no root, so nobody can see what the payload changes"))));
    }

    private static Optional<Bytes> file(Cluster cluster, String namespace, String object, String entry) {
        return cluster.read(client -> _ -> Cluster.file(client, namespace, object, entry));
    }

    /** The payload, once it holds what must hold before anybody signs it. */
    RootPayload checked() {
        var name = rotation.getMetadata().getName();
        return RootPayload.read(new InputFile("the payload of RootRotation " + name, bytes), current);
    }
}
