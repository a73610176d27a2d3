package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.DamagedPartException;
import dev.factorytrust.tuf.archive.PartedFiles;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How metadata is stored that one object can't hold: its files in immutable parts, and a head, created last, that lists them
 * with their digests. Until there is a head there is nothing.
 */
final class PartedObjects {

    private PartedObjects() {}

    /**
     * The objects to create for one that may be too large, in order.
     *
     * @param largest the most bytes of content in one
     */
    static List<ConfigMap> of(ConfigMap whole, int largest) {
        var files = files(whole);
        if (files.values().stream().mapToLong(Bytes::size).sum() <= largest) {
            return List.of(whole);
        }
        var name = whole.getMetadata().getName();
        var cut = PartedFiles.cut(files, largest, number -> Names.part(name, number));
        var objects = new ArrayList<ConfigMap>();
        cut.parts()
                .forEach((partName, content) -> objects.add(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(partName)
                        .withNamespace(whole.getMetadata().getNamespace())
                        .withLabels(whole.getMetadata().getLabels())
                        .endMetadata()
                        .withImmutable(true)
                        .withBinaryData(Map.of(Names.PART, content.base64()))
                        .build()));
        objects.add(new ConfigMapBuilder(whole)
                .withData(null)
                .withBinaryData(Map.of(Names.PARTS_JSON, cut.index().toJson().base64()))
                .build());
        return objects;
    }

    /** Empty for what is no metadata: people read payloads as they are. */
    private static Map<String, Bytes> files(ConfigMap whole) {
        var files = new TreeMap<String, Bytes>();
        Optional.ofNullable(whole.getBinaryData())
                .filter(data -> List.of(RoleName.values()).stream()
                        .map(Names::metadataEntry)
                        .anyMatch(data::containsKey))
                .ifPresent(data -> {
                    data.forEach((name, base64) -> files.put(name, Bytes.base64(base64)));
                    Optional.ofNullable(whole.getData())
                            .ifPresent(texts -> texts.forEach((name, text) -> files.put(name, Bytes.utf8(text))));
                });
        return files;
    }

    /** What a head lists; empty where the object is none. */
    static Optional<PartedFiles> index(ConfigMap object) {
        return StoredMetadata.file(object, Names.PARTS_JSON).flatMap(json -> {
            try {
                return Optional.of(PartedFiles.fromJson(json));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * A file of a head's, from its parts.
     *
     * @throws DamagedPartException where they aren't what was stored
     */
    static Optional<Bytes> file(PartedFiles index, String entry, Function<String, Optional<ConfigMap>> find) {
        return index.join(entry, part -> find.apply(part).flatMap(object -> StoredMetadata.file(object, Names.PART)));
    }
}
