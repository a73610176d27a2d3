package dev.factorytrust.cli.cluster;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.DamagedPartException;
import dev.factorytrust.tuf.archive.PartedFiles;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.Optional;

/** The files of metadata ConfigMaps, put together where one object couldn't hold them. */
public final class MetadataFiles {

    private MetadataFiles() {}

    /** @return empty where the object has no such file, whole or in parts */
    public static Optional<Bytes> of(KubernetesClient client, ConfigMap object, String entry) {
        return Cluster.file(object, entry)
                .or(() -> Optional.ofNullable(object.getData())
                        .map(data -> data.get(entry))
                        .map(Bytes::utf8))
                .or(() -> Cluster.file(object, Names.PARTS_JSON).flatMap(index -> parts(client, object, index, entry)));
    }

    private static Optional<Bytes> parts(KubernetesClient client, ConfigMap object, Bytes index, String entry) {
        try {
            return PartedFiles.fromJson(index).join(entry, part -> Optional.ofNullable(client.configMaps()
                            .inNamespace(object.getMetadata().getNamespace())
                            .withName(part)
                            .get())
                    .flatMap(found -> Cluster.file(found, Names.PART)));
        } catch (DamagedPartException e) {
            throw Failure.refused("ConfigMap " + e.part() + " " + e.getMessage()
                    + ": the operator puts it back, or a backup has it; then ask again");
        } catch (IllegalArgumentException e) {
            throw Failure.refused("ConfigMap " + object.getMetadata().getName() + " lists no parts that can be read");
        }
    }
}
