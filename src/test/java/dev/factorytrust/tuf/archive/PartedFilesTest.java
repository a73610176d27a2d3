package dev.factorytrust.tuf.archive;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.PartedFiles.Cut;
import dev.factorytrust.tuf.archive.PartedFiles.Index;
import dev.factorytrust.tuf.archive.PartedFiles.Part;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PartedFilesTest {

    private static final Bytes FILE = Bytes.of(random(5_000));

    @Property(tries = 200)
    void what_is_cut_is_put_together_again(
            @ForAll @Size(max = 3_000) byte[] one,
            @ForAll @Size(max = 100) byte[] other,
            @ForAll @IntRange(min = 100, max = 4_000) int largest) {
        var files = Map.of("one", Bytes.of(one), "other", Bytes.of(other));
        var cut = PartedFiles.cut(files, largest, number -> "part-" + number);
        var index = PartedFiles.fromJson(cut.index().toJson());

        assertThat(cut.parts().values())
                .allSatisfy(part -> assertThat(part.size()).isLessThanOrEqualTo(largest));
        files.forEach((name, file) -> assertThat(index.join(name, part(cut))).contains(file));
        assertThat(index.join("none", part(cut))).isEmpty();
        assertThat(PartedFiles.cut(files, largest, number -> "part-" + number)).isEqualTo(cut);
    }

    @Test
    void a_part_that_is_missing_is_named() {
        var cut = cut();
        cut.parts().remove("part-2");

        assertDamaged(cut, "part-2", "is missing");
    }

    @Test
    void a_part_that_is_another_is_named() {
        var cut = cut();
        cut.parts().put("part-2", cut.parts().get("part-1"));

        assertDamaged(cut, "part-2", "is not the part that was stored");
    }

    @Test
    void parts_that_are_no_gzip_are_refused() {
        var noise = Bytes.of(random(100));

        assertDamaged(cut(indexed(100, FILE.sha256(), noise), noise), "part-1", "is no beginning of");
    }

    @Test
    void a_file_of_another_digest_is_refused() throws IOException {
        var zeros = zeros(100);

        assertDamaged(cut(indexed(100, FILE.sha256(), zeros), zeros), "part-1", "is no beginning of");
    }

    @Test
    void of_what_unpacks_to_more_than_it_should_no_more_is_unpacked() throws IOException {
        var bomb = zeros(64 << 20);
        var cut = cut(indexed(1_000, FILE.sha256(), bomb), bomb);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var before = threads.getCurrentThreadAllocatedBytes();

        assertDamaged(cut, "part-1", "is no beginning of");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    @Test
    void a_file_that_claims_to_be_larger_than_any_is_refused_before_it_is_unpacked() {
        assertThatIllegalArgumentException().isThrownBy(() -> PartedFiles.fromJson(Bytes.utf8("""
                        {"files": {"one": {"length": 16777217, "sha256": "00", "parts": [{"name": "a", "sha256": "00"}]}}}""")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "null",
                "[]",
                "{}",
                "{\"files\": null}",
                "{\"files\": {\"one\": null}}",
                "{\"files\": {\"one\": {}}}",
                "{\"files\": {\"one\": {\"length\": -1, \"sha256\": \"00\", \"parts\": [{\"name\": \"a\", \"sha256\": \"00\"}]}}}",
                "{\"files\": {\"one\": {\"length\": 1, \"sha256\": \"00\", \"parts\": []}}}",
                "{\"files\": {\"one\": {\"length\": 1, \"sha256\": \"00\", \"parts\": [null]}}}",
                "{\"files\": {\"one\": {\"length\": 1, \"sha256\": \"00\", \"parts\": [{\"name\": \"a\"}]}}}",
                "{\"files\": {}} {}",
            })
    void what_is_no_index_is_refused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> PartedFiles.fromJson(Bytes.utf8(json)));
    }

    private static void assertDamaged(Cut cut, String part, String message) {
        assertThatExceptionOfType(DamagedPartException.class)
                .isThrownBy(() -> cut.index().join("one", part(cut)))
                .withMessageContaining(message)
                .satisfies(damaged -> assertThat(damaged.part()).isEqualTo(part));
    }

    private static Cut cut() {
        var cut = PartedFiles.cut(Map.of("one", FILE), 2_000, number -> "part-" + number);
        assertThat(cut.parts()).hasSize(3);
        return cut;
    }

    private static Cut cut(PartedFiles index, Bytes part) {
        return new Cut(index, new LinkedHashMap<>(Map.of("part-1", part)));
    }

    private static PartedFiles indexed(int length, String sha256, Bytes part) {
        return new PartedFiles(Map.of("one", new Index(length, sha256, List.of(new Part("part-1", part.sha256())))));
    }

    private static Function<String, Optional<Bytes>> part(Cut cut) {
        return name -> Optional.ofNullable(cut.parts().get(name));
    }

    private static Bytes zeros(int count) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            var chunk = new byte[Math.min(count, 1 << 20)];
            for (var written = 0; written < count; written += chunk.length) {
                out.write(chunk);
            }
        }
        return Bytes.of(packed.toByteArray());
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(764).nextBytes(bytes);
        return bytes;
    }
}
