package dev.factorytrust.cli.target;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.cli.cluster.MetadataFiles;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.ManagedPaths;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;

import java.util.Map;
import java.util.Optional;

/**
 * The targets metadata that devices are served, from its ConfigMap.
 *
 * @param version 0 before the first publication
 * @param content by path
 * @param managed path to the name of the Target that it came from
 */
record PublishedTargets(long version, Map<String, TargetFile> content, Map<String, String> managed) {

    static PublishedTargets of(KubernetesClient client, Factory factory) {
        return Reports.status(factory)
                .map(FactoryStatus::roles)
                .map(roles -> roles.targets().version())
                .map(version -> read(client, factory, version))
                .orElseGet(() -> new PublishedTargets(0, Map.of(), Map.of()));
    }

    private static PublishedTargets read(KubernetesClient client, Factory factory, long version) {
        var name = Names.metadata(factory.getMetadata().getName(), RoleName.TARGETS, version);
        var object = Optional.ofNullable(client.configMaps()
                        .inNamespace(factory.getMetadata().getNamespace())
                        .withName(name)
                        .get())
                .orElseThrow(() -> Failure.refused("ConfigMap " + name
                        + " isn't there: a new version may have been published this moment; ask again"));
        try {
            var file = MetadataFiles.of(client, object, Names.metadataEntry(RoleName.TARGETS))
                    .orElse(Bytes.utf8(""));
            return new PublishedTargets(
                    version,
                    Dialects.recognise(file)
                            .decode(Targets.class, file)
                            .metadata()
                            .targets(),
                    managed(client, object, factory));
        } catch (MalformedMetadataException | IllegalArgumentException e) {
            throw Failure.refused("ConfigMap " + name + " holds no targets metadata; see kubectl factory status "
                    + factory.getMetadata().getName());
        }
    }

    /** What another Factory object of this name has seen to counts as nobody's. */
    private static Map<String, String> managed(KubernetesClient client, ConfigMap object, Factory factory) {
        return MetadataFiles.of(client, object, Names.MANAGED_JSON)
                .map(ManagedPaths::fromJson)
                .filter(record ->
                        record.factoryUid().equals(factory.getMetadata().getUid()))
                .map(ManagedPaths::managed)
                .orElse(Map.of());
    }
}
