package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.PartedFiles;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Files that one object of the API server couldn't hold as they are: {@code 7.targets.json.gz}, or where that is too large
 * as well {@code 7.targets.json.gz.1}, {@code .2} and so on.
 */
public final class PackedFiles {

    private static final Pattern NAME = Pattern.compile("(.+\\.json)\\.gz(?:\\.([1-9][0-9]?))?");

    private PackedFiles() {}

    /**
     * What a file is brought as.
     *
     * @param largest the most bytes in one object
     * @return contents by name
     */
    public static SequencedMap<String, Bytes> pack(String name, Bytes file, int largest) {
        var parts = new LinkedHashMap<String, Bytes>();
        if (file.size() <= largest) {
            parts.put(name, file);
        } else {
            parts.putAll(PartedFiles.cut(Map.of(name, file), largest, number -> name + ".gz." + number)
                    .parts());
        }
        return parts;
    }

    /** The files themselves, the packed ones unpacked. */
    static List<ForeignFile> unpack(Collection<ForeignFile> files) {
        var plain = new ArrayList<ForeignFile>();
        var packed = new TreeMap<String, TreeMap<Integer, ForeignFile>>();
        for (var file : files) {
            var name = NAME.matcher(file.name());
            if (name.matches()) {
                var number = name.group(2) == null ? 0 : Integer.parseInt(name.group(2));
                packed.computeIfAbsent(name.group(1), _ -> new TreeMap<>()).put(number, file);
            } else {
                plain.add(file);
            }
        }
        packed.forEach((name, parts) -> plain.add(unpack(name, parts)));
        return plain;
    }

    private static ForeignFile unpack(String name, TreeMap<Integer, ForeignFile> parts) {
        var first = parts.firstEntry().getValue();
        var expected = parts.firstKey() == 0 ? 0 : 1;
        var whole = new ByteArrayOutputStream();
        for (var part : parts.entrySet()) {
            if (part.getKey() != expected++) {
                throw new RefusedException(
                        RefusedException.INCOMPLETE,
                        "%s is there, and the part before it is not"
                                .formatted(part.getValue().where()));
            }
            whole.writeBytes(part.getValue().content().toArray());
        }
        return PartedFiles.gunzip(Bytes.of(whole.toByteArray()))
                .map(content -> new ForeignFile(first.place(), name, content))
                .orElseThrow(() -> new RefusedException(
                        RefusedException.REFUSED,
                        "%s is no gzipped file, or one of more than %d bytes"
                                .formatted(first.where(), PartedFiles.LARGEST)));
    }
}
