package dev.factorytrust.tuf.archive;

import dev.factorytrust.tuf.Bytes;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * A gzipped tar of a repository's folder. Nothing is unpacked to disk; what would do harm to those who do that is refused
 * all the same, for whoever made it meant harm.
 */
public final class MetadataArchive {

    private static final String METADATA = ".json";
    public static final int MAX_ARCHIVE = 64 * 1024 * 1024;
    private static final int MAX_UNPACKED = 128 * 1024 * 1024;
    private static final int MAX_ENTRIES = 20_000;
    private static final int MAX_FILE = 8 * 1024 * 1024;

    private MetadataArchive() {}

    /**
     * Its {@code .json} files, by name without folders.
     *
     * @throws InvalidArchiveException where it can't be read, is out of proportion, has a link or a path that leads out of
     *     it, or has two different files of one name
     */
    public static Map<String, Bytes> read(Bytes archive) {
        if (archive.size() > MAX_ARCHIVE) {
            throw new InvalidArchiveException("the archive is larger than %d bytes".formatted(MAX_ARCHIVE));
        }
        var files = new TreeMap<String, Bytes>();
        var seen = new HashSet<String>();
        var budget = MAX_UNPACKED;
        try (var tar = new TarArchiveInputStream(
                new Bounded(new GZIPInputStream(new ByteArrayInputStream(archive.toArray()))), "UTF-8")) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                requireHarmless(entry);
                if (seen.size() == MAX_ENTRIES) {
                    throw new InvalidArchiveException("the archive has more than %d files".formatted(MAX_ENTRIES));
                }
                seen.add(entry.getName());
                budget -= read(tar, entry, files, budget);
            }
        } catch (IOException damaged) {
            throw new InvalidArchiveException("not a whole gzipped tar archive");
        } catch (IllegalArgumentException damaged) {
            throw damaged instanceof InvalidArchiveException ours
                    ? ours
                    : new InvalidArchiveException("not a whole gzipped tar archive");
        }
        return files;
    }

    /** Headers count as well: a name may be as long as its header says, and is read whole. */
    private static final class Bounded extends FilterInputStream {

        private int rest = MAX_UNPACKED;

        Bounded(InputStream unpacked) {
            super(unpacked);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            var count = super.read(into, from, length);
            rest -= Math.max(0, count);
            requireWithin(-rest, 0);
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            return Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
        }
    }

    /** What is read counts, not what the header claims: a sparse file may grow without end, and gzip without measure. */
    private static int read(TarArchiveInputStream tar, TarArchiveEntry entry, Map<String, Bytes> files, int budget)
            throws IOException {
        if (entry.isDirectory()) {
            return 0;
        }
        var name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        // macOS' tar puts a file ._name of attributes beside each.
        var wanted = name.endsWith(METADATA) && !name.startsWith("._");
        var most = wanted ? Math.min(MAX_FILE, budget) : budget;
        if (!wanted) {
            var skipped = tar.skip(budget);
            requireWithin(skipped + tar.readNBytes(1).length, budget);
            return (int) skipped;
        }
        var content = tar.readNBytes(most + 1);
        requireWithin(content.length, most);
        var other = files.putIfAbsent(name, Bytes.of(content));
        if (other != null && !other.equals(Bytes.of(content))) {
            throw new InvalidArchiveException("the archive has two different files " + shown(name));
        }
        return content.length;
    }

    private static void requireWithin(long found, int most) {
        if (found > most) {
            throw new InvalidArchiveException("the archive unpacks to more than metadata can be");
        }
    }

    private static void requireHarmless(TarArchiveEntry entry) {
        var name = entry.getName();
        if (!entry.isFile() && !entry.isDirectory() || entry.isLink() || entry.isSymbolicLink()) {
            throw new InvalidArchiveException(
                    "the archive has a link, or something else that is no file: " + shown(name));
        }
        if (name.startsWith("/") || List.of(name.split("/")).contains("..")) {
            throw new InvalidArchiveException("the archive has a path that leads out of it: " + shown(name));
        }
    }

    private static String shown(String name) {
        var harmless = name.replaceAll("[^\\x20-\\x7e]", "?");
        return harmless.length() <= 80 ? harmless : harmless.substring(0, 80) + "…";
    }
}
