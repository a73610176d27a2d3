package dev.factorytrust.operator.store;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.DamagedPartException;
import dev.factorytrust.tuf.archive.PartedFiles;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The files in a Factory's ConfigMaps. Each is read once: many versions of megabytes may be there, and every look asks for all. */
final class StoredFiles {

    /** @param sources the very objects that the files are from, the head first */
    private record Contents(List<ConfigMap> sources, Map<String, Bytes> files) {

        private boolean isOf(List<ConfigMap> others) {
            return sources.size() == others.size()
                    && IntStream.range(0, sources.size()).allMatch(i -> sources.get(i) == others.get(i));
        }

        private Contents with(String entry, Bytes file) {
            var more = new HashMap<>(files);
            more.put(entry, file);
            return new Contents(sources, Map.copyOf(more));
        }
    }

    private final Map<String, ConfigMap> all;
    private final Map<String, Contents> known;

    /** @param before an earlier look: where the objects are the same, what was read then isn't read again */
    StoredFiles(Map<String, ConfigMap> all, Optional<StoredFiles> before) {
        this.all = all;
        this.known =
                new ConcurrentHashMap<>(before.map(earlier -> earlier.known).orElse(Map.of()));
        this.known.keySet().retainAll(all.keySet());
    }

    /** The object, and the parts that it lists as far as they are there. */
    List<ConfigMap> sources(ConfigMap object) {
        var parts = PartedObjects.index(object).stream()
                .flatMap(PartedFiles::parts)
                .flatMap(part -> find(part.name()).stream());
        return Stream.concat(Stream.of(object), parts).toList();
    }

    /**
     * A file, whether it is stored in parts or not.
     *
     * @throws DamagedPartException where its parts aren't what was stored
     */
    Optional<Bytes> read(ConfigMap object, String entry) {
        var name = object.getMetadata().getName();
        var sources = sources(object);
        var contents = Optional.ofNullable(known.get(name))
                .filter(before -> before.isOf(sources))
                .orElseGet(() -> new Contents(sources, Map.of()));
        return Optional.ofNullable(contents.files().get(entry)).or(() -> {
            var file = StoredMetadata.file(object, entry)
                    .or(() -> text(object, entry))
                    .or(() ->
                            PartedObjects.index(object).flatMap(index -> PartedObjects.file(index, entry, this::find)));
            file.ifPresent(read -> known.put(name, contents.with(entry, read)));
            return file;
        });
    }

    private Optional<ConfigMap> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    private static Optional<Bytes> text(ConfigMap object, String entry) {
        return Optional.ofNullable(object.getData())
                .map(data -> data.get(entry))
                .map(Bytes::utf8);
    }
}
