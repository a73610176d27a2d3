package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the cluster offers to the holders of targets. None of it is checked but the digest.
 *
 * @param roots that name the holders, the one that devices have first; a second while the next one waits for these targets
 */
record OfferedTargetsPayload(OfferedTargets status, Bytes bytes, List<InputFile> roots) {

    /** @param version empty for the newest, which lists what is declared now */
    static OfferedTargetsPayload fetch(Cluster cluster, String namespace, String factory, OptionalLong version) {
        var status = Optional.ofNullable(
                cluster.find(Factory.class, namespace, factory).getStatus());
        var offered =
                status
                        .map(FactoryStatus::targets)
                        .map(FactoryStatus.TargetsSummary::payloads)
                        .orElse(List.of())
                        .stream()
                        .filter(payload -> payload.signatures() != null)
                        .filter(payload -> version.isEmpty() || payload.version() == version.getAsLong())
                        .findFirst()
                        .orElseThrow(() -> Failure.refused("Factory " + factory + " offers no version "
                                + (version.isPresent() ? version.getAsLong() + " " : "") + "of targets to be signed"));
        var bytes = file(cluster, namespace, offered.configMap(), Names.PAYLOAD_JSON)
                .filter(found -> found.sha256().equals(offered.sha256()))
                .orElseThrow(() -> Failure.refused("ConfigMap " + offered.configMap()
                        + " isn't the payload that Factory " + factory + " names: wait a moment, and ask again"));
        var visible = status.map(FactoryStatus::roles)
                .map(roles -> roles.root().version())
                .orElse(1L);
        var roots = Stream.of(visible, visible + 1)
                .limit(offered.signatures().next() == null ? 1 : 2)
                .map(root -> Names.metadata(factory, RoleName.ROOT, root))
                .map(object -> new InputFile(
                        "ConfigMap " + object,
                        file(cluster, namespace, object, Names.metadataEntry(RoleName.ROOT))
                                .orElseThrow(() -> Failure.refused(
                                        "ConfigMap " + object + " holds no root, so nobody can see who may sign"))))
                .toList();
        return new OfferedTargetsPayload(offered, bytes, roots);
    }

    private static Optional<Bytes> file(Cluster cluster, String namespace, String object, String entry) {
        return cluster.read(client -> _ -> Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(object)
                        .get())
                .map(ConfigMap::getBinaryData)
                .map(data -> data.get(entry))
                .map(Bytes::base64));
    }

    /** For each root that names holders, once the payload holds what must hold before anybody signs it. */
    List<TargetsPayload> checked() {
        return roots.stream()
                .map(root -> TargetsPayload.read(
                        new InputFile("ConfigMap " + status.configMap(), bytes), root, Optional.empty()))
                .toList();
    }
}
