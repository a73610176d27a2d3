package dev.factorytrust.tuf.archive;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.factorytrust.tuf.Bytes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Files too large for one object, each gzipped and cut into parts that are kept in objects of their own. What is put
 * together again is believed as far as its digests go: parts may come from anybody.
 *
 * @param files by name, such as {@code targets.json}
 */
public record PartedFiles(Map<String, Index> files) {

    /** Twice what the most generous client takes; what claims to be larger, or turns out to be, is no file of ours. */
    public static final int LARGEST = 16 * 1024 * 1024;

    private static final int MOST_PARTS = 64;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * What a file is put together from.
     *
     * @param length of the file in bytes
     * @param sha256 of the file, in lower-case hexadecimal
     * @param parts of the gzipped file, in order
     */
    @JsonPropertyOrder({"length", "sha256", "parts"})
    public record Index(int length, String sha256, List<Part> parts) {

        public Index {
            parts = List.copyOf(parts);
            if (length < 0 || length > LARGEST || parts.isEmpty() || parts.size() > MOST_PARTS) {
                throw new IllegalArgumentException("a file of " + length + " bytes in " + parts.size() + " parts");
            }
        }
    }

    /**
     * A part.
     *
     * @param name of its object
     * @param sha256 of its bytes, in lower-case hexadecimal
     */
    @JsonPropertyOrder({"name", "sha256"})
    public record Part(String name, String sha256) {}

    /**
     * Files cut into parts.
     *
     * @param parts by name
     */
    public record Cut(PartedFiles index, SequencedMap<String, Bytes> parts) {}

    public PartedFiles {
        files = Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(files)));
    }

    /**
     * Cuts files up; the same files into the same parts.
     *
     * @param largest the most bytes of a part
     * @param name of the n-th part, from 1
     * @throws IllegalArgumentException for a file that {@link #join} would refuse
     */
    public static Cut cut(Map<String, Bytes> files, int largest, IntFunction<String> name) {
        var index = new TreeMap<String, Index>();
        var parts = new LinkedHashMap<String, Bytes>();
        new TreeMap<>(files).forEach((entry, file) -> {
            var listed = new ArrayList<Part>();
            for (var part : slices(gzip(file), largest)) {
                var partName = name.apply(parts.size() + 1);
                parts.put(partName, part);
                listed.add(new Part(partName, part.sha256()));
            }
            index.put(entry, new Index(file.size(), file.sha256(), listed));
        });
        return new Cut(new PartedFiles(index), parts);
    }

    /** Every part of every file. */
    public Stream<Part> parts() {
        return files.values().stream().flatMap(index -> index.parts().stream());
    }

    /**
     * Puts a file together again.
     *
     * @return empty where none of this name is listed
     * @throws DamagedPartException where a part is missing, or isn't what the index says
     */
    public Optional<Bytes> join(String file, Function<String, Optional<Bytes>> part) {
        return Optional.ofNullable(files.get(file)).map(index -> join(file, index, part));
    }

    private static Bytes join(String file, Index index, Function<String, Optional<Bytes>> part) {
        var packed = new ByteArrayOutputStream();
        for (var listed : index.parts()) {
            var content = part.apply(listed.name())
                    .orElseThrow(() -> new DamagedPartException(listed.name(), "is missing, or has no readable part"));
            if (!content.sha256().equals(listed.sha256())) {
                throw new DamagedPartException(listed.name(), "is not the part that was stored");
            }
            packed.writeBytes(content.toArray());
        }
        // No more than it should have is ever unpacked.
        var unpacked = unpack(packed.toByteArray(), index.length())
                .filter(whole -> whole.sha256().equals(index.sha256()));
        return unpacked.orElseThrow(() -> new DamagedPartException(
                index.parts().getFirst().name(), "is no beginning of the " + file + " that was stored"));
    }

    /** @throws IllegalArgumentException where these are not the bytes of {@link #toJson} */
    public static PartedFiles fromJson(Bytes json) {
        try {
            return Optional.ofNullable(JSON.readValue(json.toArray(), PartedFiles.class))
                    .orElseThrow(() -> new IllegalArgumentException("not a list of parts"));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a list of parts", e);
        }
    }

    public Bytes toJson() {
        try {
            return Bytes.of(JSON.writeValueAsBytes(this));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static List<Bytes> slices(byte[] all, int largest) {
        var slices = new ArrayList<Bytes>();
        for (var start = 0; start < all.length; start += largest) {
            slices.add(Bytes.of(Arrays.copyOfRange(all, start, Math.min(all.length, start + largest))));
        }
        return slices;
    }

    private static byte[] gzip(Bytes file) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(file.toArray());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    /** What is gzipped, up to {@link #LARGEST} bytes of it; empty where there is more, or it is damaged. */
    public static Optional<Bytes> gunzip(Bytes packed) {
        return unpack(packed.toArray(), LARGEST);
    }

    private static Optional<Bytes> unpack(byte[] packed, int most) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            var whole = in.readNBytes(most);
            return in.read() < 0 ? Optional.of(Bytes.of(whole)) : Optional.empty();
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }
}
