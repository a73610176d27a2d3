package dev.factorytrust.operator.store;

import dev.factorytrust.api.v1alpha1.Bootstrap.ImportSource;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.ForeignFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The ConfigMaps and Secrets that a Factory is imported from. They are users' objects: read live, only while the import is
 * under way, and never written.
 */
public final class ImportSources {

    /**
     * What is there now.
     *
     * @param objects every source, as people call it
     * @param missing those that aren't there
     */
    public record Found(List<ForeignFile> files, List<String> objects, List<String> missing) {

        public Found {
            files = List.copyOf(files);
            objects = List.copyOf(objects);
            missing = List.copyOf(missing);
        }

        /** Names the objects only: Secrets are among them. */
        @Override
        public String toString() {
            return "Found" + objects;
        }
    }

    private final ApiServer api;

    public ImportSources(ApiServer api) {
        this.api = api;
    }

    public Found read(String namespace, List<ImportSource> sources) {
        var files = new ArrayList<ForeignFile>();
        var objects = new ArrayList<String>();
        var missing = new ArrayList<String>();
        for (var source : sources) {
            var place = place(source);
            objects.add(place);
            content(namespace, source)
                    .ifPresentOrElse(
                            content -> content.forEach((name, bytes) -> files.add(new ForeignFile(place, name, bytes))),
                            () -> missing.add(place));
        }
        return new Found(files, objects, missing);
    }

    /** {@code ConfigMap acme-metadata}. */
    public static String place(ImportSource source) {
        return (source.configMapRef() != null ? "ConfigMap " : "Secret ") + name(source);
    }

    public static String name(ImportSource source) {
        return source.configMapRef() != null
                ? source.configMapRef().name()
                : source.secretRef().name();
    }

    private Optional<Map<String, Bytes>> content(String namespace, ImportSource source) {
        return source.configMapRef() != null
                ? find(ConfigMap.class, namespace, source, ImportSources::content)
                : find(Secret.class, namespace, source, secret -> decoded(secret.getData()));
    }

    private <T extends HasMetadata> Optional<Map<String, Bytes>> find(
            Class<T> kind, String namespace, ImportSource source, Function<T, Map<String, Bytes>> content) {
        return api.find(kind, namespace, name(source)).map(content);
    }

    private static Map<String, Bytes> content(ConfigMap object) {
        var all = decoded(object.getBinaryData());
        Optional.ofNullable(object.getData())
                .ifPresent(texts -> texts.forEach((name, text) -> all.put(name, Bytes.utf8(text))));
        return all;
    }

    private static Map<String, Bytes> decoded(Map<String, String> data) {
        var all = new TreeMap<String, Bytes>();
        Optional.ofNullable(data)
                .ifPresent(entries -> entries.forEach((name, base64) -> all.put(name, Bytes.base64(base64))));
        return all;
    }
}
