package dev.factorytrust.cli.adopt;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.adoption.PackedFiles;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the operator imports a fleet from, as resources: ConfigMaps with files, a Secret with online keys, the Factory last. */
record ImportObjects(List<ConfigMap> files, Optional<Secret> keys, Factory factory) {

    /** An object of the API server takes 1 MiB in all. */
    private static final int MOST = Names.LARGEST_FILE;

    static ImportObjects of(String name, Optional<String> namespace, Adoption.Adoptable fleet, boolean allowShared) {
        var files = new ArrayList<ConfigMap>();
        for (var part : parts(fleet)) {
            files.add(new ConfigMapBuilder()
                    .withMetadata(metadata(name, name + "-import-" + (files.size() + 1), namespace))
                    .withBinaryData(part)
                    .build());
        }
        var keys = keys(fleet);
        var secret = Optional.of(keys).filter(all -> !all.isEmpty()).map(all -> new SecretBuilder()
                .withMetadata(metadata(name, name + "-import-keys", namespace))
                .withType("Opaque")
                .withData(all)
                .build());
        return new ImportObjects(files, secret, factory(name, namespace, fleet, allowShared, files, secret));
    }

    List<HasMetadata> all() {
        var all = new ArrayList<HasMetadata>(files);
        keys.ifPresent(all::add);
        all.add(factory);
        return all;
    }

    /** Names the Factory only: a Secret is among the parts. */
    @Override
    public String toString() {
        return "ImportObjects[" + factory.getMetadata().getName() + ']';
    }

    private static List<Map<String, String>> parts(Adoption.Adoptable fleet) {
        var parts = new ArrayList<Map<String, String>>();
        var size = MOST + 1;
        for (var file : files(fleet).entrySet()) {
            if (size + file.getValue().size() > MOST) {
                parts.add(new LinkedHashMap<>());
                size = 0;
            }
            parts.getLast().put(file.getKey(), file.getValue().base64());
            size += file.getValue().size();
        }
        return parts;
    }

    /** By name; what no object can hold is packed. */
    private static Map<String, Bytes> files(Adoption.Adoptable fleet) {
        var files = new TreeMap<String, Bytes>();
        fleet.repository().files().forEach((name, file) -> files.putAll(PackedFiles.pack(name, file, MOST)));
        return files;
    }

    /** A key that serves several roles is there once. */
    private static Map<String, String> keys(Adoption.Adoptable fleet) {
        var keys = new TreeMap<String, String>();
        fleet.keys().values().stream()
                .flatMap(List::stream)
                .forEach(key ->
                        keys.put(fileName(key), Bytes.utf8(key.privatePem()).base64()));
        return keys;
    }

    private static String fileName(SoftwareKey key) {
        return key.publicKey().fingerprint().substring(0, 16) + ".pem";
    }

    private static Factory factory(
            String name,
            Optional<String> namespace,
            Adoption.Adoptable fleet,
            boolean allowShared,
            List<ConfigMap> files,
            Optional<Secret> keys) {
        var sources = new ArrayList<Bootstrap.ImportSource>();
        files.forEach(file -> sources.add(new Bootstrap.ImportSource(ref(file), null)));
        keys.ifPresent(secret -> sources.add(new Bootstrap.ImportSource(null, ref(secret))));
        var first = fleet.repository().roots().firstEntry();
        var bootstrap = new Bootstrap(
                null, null, new Bootstrap.Import(sources, first.getKey().intValue()), null);
        var factory = new Factory();
        factory.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.orElse(null))
                .build());
        factory.setSpec(new FactorySpec(
                dialect(fleet.repository().dialect()),
                bootstrap,
                first.getValue().file().sha256(),
                null,
                null,
                null,
                null,
                null,
                null,
                allowShared ? true : null,
                null,
                null));
        return factory;
    }

    private static FactorySpec.Dialect dialect(Dialect dialect) {
        return Stream.of(FactorySpec.Dialect.values())
                .filter(value -> Output.name(value).equals(dialect.id()))
                .findFirst()
                .orElseThrow();
    }

    private static Bootstrap.LocalRef ref(HasMetadata object) {
        return new Bootstrap.LocalRef(object.getMetadata().getName());
    }

    /** Labelled, so that the operator hears of them at once. */
    private static ObjectMeta metadata(String factory, String name, Optional<String> namespace) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.orElse(null))
                .addToLabels(Names.FACTORY, factory)
                .build();
    }
}
