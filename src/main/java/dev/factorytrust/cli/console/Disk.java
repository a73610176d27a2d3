package dev.factorytrust.cli.console;

import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What is done to files that hold private keys. Each step is on the disk before it returns. */
public interface Disk {

    Disk LOCAL = new Local();

    /** For its owner alone, and never over another file. One that could not be written whole is gone again. */
    void create(Path file, Bytes content) throws IOException;

    /** Under a name that is free; the file has it whole, or not at all. */
    void rename(Path from, Path to) throws IOException;

    /** In the place of another file, which is there whole until the new one is. */
    void replace(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** The machine's own. */
    final class Local implements Disk {

        private static final Set<StandardOpenOption> NEW =
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

        private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
        private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
                PosixFilePermissions.asFileAttribute(PRIVATE);

        private Local() {}

        @Override
        public void create(Path file, Bytes content) throws IOException {
            try (var channel = FileChannel.open(file, NEW, OWNER_ONLY)) {
                try {
                    var rest = ByteBuffer.wrap(content.toArray());
                    while (rest.hasRemaining()) {
                        channel.write(rest);
                    }
                    channel.force(true);
                } catch (IOException e) {
                    Files.deleteIfExists(file);
                    throw e;
                }
            }
            forceFolder(file);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            try {
                // The one way to give a file a name that somebody else may take at the same moment.
                Files.createLink(to, from);
                Files.delete(from);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
                if (Files.exists(to)) {
                    throw new FileAlreadyExistsException(to.toString());
                }
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            }
            forceFolder(to);
        }

        @Override
        public void replace(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(to);
        }

        @Override
        public void delete(Path file) throws IOException {
            if (Files.deleteIfExists(file)) {
                forceFolder(file);
            }
        }

        /** The name is on the disk too. */
        private static void forceFolder(Path file) throws IOException {
            try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    /** Whether the file system keeps others from reading it. */
    static boolean isPrivate(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).equals(Local.PRIVATE);
    }
}
