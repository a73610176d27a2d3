package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.key.KeyFiles;
import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;

/** A folder that is there with everything in it, or not at all. */
final class ExportFolder {

    private ExportFolder() {}

    /** Looked at before anything is read: a folder in use would get a mixture of two states. */
    static void requireNew(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw Failure.refused(folder + " is no folder: name another");
        }
        try (var files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw Failure.refused(folder + " is not empty, and nothing is written over: name another folder");
            }
            var whole = folder.toRealPath();
            if (whole.getParent() == null || !Files.getFileStore(whole).equals(Files.getFileStore(whole.getParent()))) {
                throw Failure.refused(
                        folder + " is where a file system begins, and can't be put there in one step: name"
                                + " a folder in it");
            }
        } catch (IOException e) {
            throw Failure.file(folder, "can't be read", e);
        }
    }

    /** @param secret for its owner alone, files and folder */
    static void write(Path folder, Map<String, Bytes> files, boolean secret) {
        var whole = folder.toAbsolutePath();
        try {
            Files.createDirectories(whole.getParent());
            var attributes = PosixFilePermissions.fromString(secret ? "rwx------" : "rwxr-xr-x");
            // In the same file system, so that moving it is one step.
            var partial = Files.createTempDirectory(whole.getParent(), whole.getFileName() + ".partial");
            try {
                for (var file : files.entrySet()) {
                    write(partial.resolve(file.getKey()), file.getValue(), secret);
                }
                Files.setPosixFilePermissions(partial, attributes);
                Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                clear(partial);
                throw e;
            }
        } catch (IOException e) {
            throw Failure.file(folder, "can't be written", e);
        }
    }

    private static void write(Path file, Bytes content, boolean secret) throws IOException {
        if (secret) {
            KeyFiles.write(file, content.utf8(), false);
            return;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            var rest = ByteBuffer.wrap(content.toArray());
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    static void delete(Path folder) {
        try {
            clear(folder);
        } catch (IOException e) {
            throw Failure.file(folder, "can't be removed", e);
        }
    }

    private static void clear(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
