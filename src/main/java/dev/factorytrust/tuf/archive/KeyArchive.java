package dev.factorytrust.tuf.archive;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The archive of offline keys that fioctl and garage-sign read and write: {@code root-keys.tgz}.
 *
 * @param keys in the order of their files' names
 */
public record KeyArchive(List<ArchivedKey> keys) {

    /**
     * A key and the name of its files, without directory and extension.
     *
     * @param name such as {@code fioctl-root-<keyid>}
     */
    public record ArchivedKey(String name, SoftwareKey key) {

        /**
         * Named as fioctl does.
         *
         * @param keyid as the Factory's dialect computes it
         */
        public ArchivedKey(RoleName role, KeyId keyid, SoftwareKey key) {
            this("fioctl-" + role.value() + '-' + keyid.value(), key);
        }

        /** The role that the name tells of; garage-sign lets its users choose names, which tell nothing. */
        public Optional<RoleName> role() {
            if (name.equals("first-root") || name.startsWith("fioctl-root-")) {
                return Optional.of(RoleName.ROOT);
            }
            return name.startsWith("fioctl-targets-") ? Optional.of(RoleName.TARGETS) : Optional.empty();
        }
    }

    private static final String DIRECTORY = "tufrepo/keys/";
    private static final String PRIVATE = ".sec";
    private static final String PUBLIC = ".pub";
    private static final int OWNER_ONLY = 0100600;
    private static final int READABLE = 0100644;

    // An archive of garage-sign holds metadata and credentials besides; targets alone may measure 8 MiB.
    private static final int MAX_ARCHIVE = 16 * 1024 * 1024;
    private static final int MAX_UNPACKED = 32 * 1024 * 1024;
    private static final int MAX_ENTRIES = 2000;
    private static final int MAX_KEY_FILE = 64 * 1024;

    public KeyArchive {
        keys = List.copyOf(keys);
    }

    /** The same bytes for the same keys, in whatever order they are given. */
    public static Bytes write(Collection<ArchivedKey> keys) {
        var archive = new ByteArrayOutputStream();
        try (var tar = packed(archive)) {
            pack(keys, tar);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return Bytes.of(archive.toByteArray());
    }

    /**
     * The archive with more keys, and all else in it as it was: old keys, and what garage-sign keeps beside them.
     *
     * @throws InvalidKeyException as {@link #read} does, and where something in it could not be kept
     */
    public static Bytes add(Bytes archive, Collection<ArchivedKey> more) {
        var before = read(archive);
        var names = before.keys().stream().map(ArchivedKey::name).collect(Collectors.toSet());
        if (more.stream().map(ArchivedKey::name).anyMatch(names::contains)) {
            throw new IllegalArgumentException("a key of that name is in the archive");
        }
        var grown = new ByteArrayOutputStream();
        try (var tar = packed(grown)) {
            copy(unzipped(archive), tar);
            pack(more, tar);
        } catch (IOException damaged) {
            throw new InvalidKeyException("not a whole gzipped tar archive");
        }
        return Bytes.of(grown.toByteArray());
    }

    private static TarArchiveOutputStream packed(OutputStream archive) throws IOException {
        var tar = new TarArchiveOutputStream(new GZIPOutputStream(archive), "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        return tar;
    }

    private static void pack(Collection<ArchivedKey> keys, TarArchiveOutputStream tar) throws IOException {
        var files = new TreeMap<String, Bytes>();
        for (var named : keys) {
            var file = DIRECTORY + named.name();
            if (files.put(file + PRIVATE, AtsKey.writePrivate(named.key())) != null) {
                throw new IllegalArgumentException("two keys named " + named.name());
            }
            files.put(file + PUBLIC, AtsKey.writePublic(named.key().publicKey()));
        }
        for (var file : files.entrySet()) {
            var entry = new TarArchiveEntry(file.getKey());
            entry.setMode(file.getKey().endsWith(PRIVATE) ? OWNER_ONLY : READABLE);
            entry.setModTime(0);
            put(entry, file.getValue().toArray(), tar);
        }
    }

    private static void copy(byte[] unpacked, TarArchiveOutputStream tar) throws IOException {
        var from = new TarArchiveInputStream(new ByteArrayInputStream(unpacked), "UTF-8");
        for (var entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
            if (entry.isSparse()) {
                throw new InvalidKeyException("the archive has a sparse file, which could not be kept; pack it anew");
            }
            var same = new TarArchiveEntry(entry.getName(), entry.getLinkFlag(), true);
            same.setLinkName(entry.getLinkName());
            same.setMode(entry.getMode());
            same.setModTime(entry.getLastModifiedTime());
            put(same, from.readAllBytes(), tar);
        }
    }

    private static void put(TarArchiveEntry entry, byte[] content, TarArchiveOutputStream tar) throws IOException {
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /**
     * Every private key in the archive, whatever else it holds.
     *
     * @throws InvalidKeyException where it can't be read, is out of proportion, or a key doesn't match the public key
     *     beside it; the message names the file and never what is in it
     */
    public static KeyArchive read(Bytes archive) {
        if (archive.size() > MAX_ARCHIVE) {
            throw new InvalidKeyException("the archive is larger than %d bytes".formatted(MAX_ARCHIVE));
        }
        var files = unpack(archive);
        var keys = new ArrayList<ArchivedKey>();
        files.forEach((file, content) -> {
            if (!file.endsWith(PRIVATE)) {
                return;
            }
            var stem = file.substring(0, file.length() - PRIVATE.length());
            var key = named(file, () -> AtsKey.readPrivate(content));
            var publicFile = stem + PUBLIC;
            if (files.containsKey(publicFile)
                    && !named(publicFile, () -> AtsKey.readPublic(files.get(publicFile)))
                            .equals(key.publicKey())) {
                throw new InvalidKeyException("%s is not the public key of %s".formatted(publicFile, file));
            }
            keys.add(new ArchivedKey(stem.substring(stem.lastIndexOf('/') + 1), key));
        });
        if (keys.isEmpty()) {
            throw new InvalidKeyException("the archive holds no private key: no file ends in " + PRIVATE);
        }
        return new KeyArchive(keys);
    }

    /** {@link #read} for those who need no reason. */
    public static Optional<KeyArchive> tryRead(Bytes archive) {
        try {
            return Optional.of(read(archive));
        } catch (InvalidKeyException unreadable) {
            return Optional.empty();
        }
    }

    /** The files of keys, by their whole names. */
    private static Map<String, Bytes> unpack(Bytes archive) {
        var files = new TreeMap<String, Bytes>();
        var seen = new HashSet<String>();
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(unzipped(archive)), "UTF-8")) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var name = entry.getName();
                if (!seen.add(name)) {
                    throw new InvalidKeyException("the archive has two files of one name");
                }
                if (seen.size() > MAX_ENTRIES) {
                    throw new InvalidKeyException("the archive has more than %d files".formatted(MAX_ENTRIES));
                }
                if (!isKeyFile(name)) {
                    continue;
                }
                // Nothing is unpacked to disk, so a strange path does no harm here; it does where others unpack it.
                if (entry.isLink()
                        || entry.isSymbolicLink()
                        || !entry.isFile()
                        || name.startsWith("/")
                        || List.of(name.split("/")).contains("..")) {
                    throw new InvalidKeyException("the archive has a key that is a link, or lies outside of it");
                }
                // What is read counts, not what the header claims: a sparse file may grow without end.
                var content = tar.readNBytes(MAX_KEY_FILE + 1);
                if (content.length > MAX_KEY_FILE) {
                    throw new InvalidKeyException(
                            "the archive has a key of more than %d bytes".formatted(MAX_KEY_FILE));
                }
                files.put(name, Bytes.of(content));
            }
        } catch (IOException | IllegalArgumentException damaged) {
            if (damaged instanceof InvalidKeyException ours) {
                throw ours;
            }
            throw new InvalidKeyException("not a whole gzipped tar archive");
        }
        return files;
    }

    private static byte[] unzipped(Bytes archive) throws IOException {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(archive.toArray()))) {
            var unpacked = gzip.readNBytes(MAX_UNPACKED + 1);
            if (unpacked.length > MAX_UNPACKED) {
                throw new InvalidKeyException("the archive unpacks to more than %d bytes".formatted(MAX_UNPACKED));
            }
            return unpacked;
        }
    }

    private static boolean isKeyFile(String name) {
        // macOS' tar puts a file ._name of attributes beside each.
        return (name.endsWith(PRIVATE) || name.endsWith(PUBLIC))
                && !name.substring(name.lastIndexOf('/') + 1).startsWith("._");
    }

    private static <T> T named(String file, Supplier<T> read) {
        try {
            return read.get();
        } catch (InvalidKeyException why) {
            throw new InvalidKeyException(file.replaceAll("[^\\x20-\\x7e]", "?") + ": " + why.getMessage());
        }
    }
}
