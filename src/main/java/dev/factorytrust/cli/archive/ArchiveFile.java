package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * An archive of root keys on the holder's disk, and beside it, while a rotation is under way, the archive that is to take
 * its place ({@code .pending}), and what the keys signed that only that one has ({@code .signed}). One process at a time works
 * with them.
 */
final class ArchiveFile implements AutoCloseable {

    private final Path archive;
    private final Path pending;
    private final Path signed;
    private final Path unfinished;
    private final Path lockFile;
    private final Disk disk;
    private final FileChannel lockChannel;

    private ArchiveFile(Path archive, Disk disk) throws IOException {
        this.archive = archive;
        this.disk = disk;
        pending = beside(archive, ".pending");
        signed = beside(archive, ".signed");
        unfinished = beside(archive, ".tmp");
        lockFile = beside(archive, ".lock");
        lockChannel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** @param named may be a link: what it points to is the archive */
    static ArchiveFile open(Path named, Disk disk) {
        try {
            var file = new ArchiveFile(Files.exists(named) ? named.toRealPath() : named.toAbsolutePath(), disk);
            file.begin();
            return file;
        } catch (IOException e) {
            throw Failure.file(named, "is in a folder where nothing can be written", e);
        }
    }

    private void begin() throws IOException {
        var begun = false;
        try {
            if (lockChannel.tryLock() == null) {
                throw busy(archive);
            }
            // What a process that was killed had not written to its end; nothing was done with it yet.
            disk.delete(unfinished);
            if (!Files.exists(pending)) {
                disk.delete(signed);
            }
            begun = true;
        } catch (OverlappingFileLockException e) {
            throw busy(archive);
        } finally {
            if (!begun) {
                lockChannel.close();
            }
        }
    }

    private static Failure busy(Path named) {
        return Failure.refused("another kubectl factory is at work with " + named + ": let it finish");
    }

    private static Path beside(Path archive, String ending) {
        return archive.resolveSibling(archive.getFileName() + ending);
    }

    /** What to call it. */
    Path path() {
        return archive;
    }

    Path pendingPath() {
        return pending;
    }

    Optional<Bytes> read() {
        return read(archive);
    }

    Optional<Bytes> readPending() {
        return read(pending);
    }

    /** What {@link #remember} wrote, for as long as there is a pending archive. */
    Optional<Bytes> readSigned() {
        return read(signed);
    }

    private static Optional<Bytes> read(Path file) {
        return Files.exists(file) ? Optional.of(InputFile.read(file)) : Optional.empty();
    }

    /** Writes the archive where there is none. */
    void create(Bytes content) {
        create(archive, content);
    }

    void createPending(Bytes content) {
        create(pending, content);
    }

    private void create(Path file, Bytes content) {
        try {
            disk.create(unfinished, content);
            if (!Disk.isPrivate(unfinished)) {
                throw Failure.refused(
                        "the file system of " + file + " can't keep a file from others: put it elsewhere");
            }
            disk.rename(unfinished, file);
        } catch (IOException | Failure e) {
            forget();
            throw switch (e) {
                case Failure said -> said;
                case FileAlreadyExistsException _ ->
                    Failure.refused(file + " is there already, and is never written over");
                default -> Failure.file(file, "can't be written", e);
            };
        }
    }

    /** The payload that the pending archive's keys are about to sign, in the place of what they signed before. */
    void remember(Bytes payload) {
        try {
            disk.create(unfinished, payload);
            disk.replace(unfinished, signed);
        } catch (IOException e) {
            forget();
            throw Failure.file(signed, "can't be written", e);
        }
    }

    private void forget() {
        try {
            disk.delete(unfinished);
        } catch (IOException e) {
            throw Failure.file(unfinished, "could not be made a whole archive, and can't be removed", e);
        }
    }

    /** The pending archive becomes the archive, in one step: there is no moment without either. */
    void replaceByPending() {
        try {
            disk.replace(pending, archive);
            disk.delete(signed);
        } catch (IOException e) {
            throw Failure.file(archive, "can't be replaced by " + pending, e);
        }
    }

    void deletePending() {
        try {
            disk.delete(pending);
        } catch (IOException e) {
            throw Failure.file(pending, "can't be removed", e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(lockFile);
            lockChannel.close();
        } catch (IOException e) {
            throw Failure.file(lockFile, "can't be removed", e);
        }
    }
}
