package dev.factorytrust.cli;

import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.SoftwareKey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Private keys in files. */
final class KeyFiles {

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PRIVATE);

    private KeyFiles() {}

    static SoftwareKey read(Path file, Passphrase passphrase) {
        try {
            var pem = InputFile.read(file).utf8();
            return EncryptedKey.isOne(pem)
                    ? EncryptedKey.decrypt(pem, passphrase.read("Passphrase of " + file, false))
                    : SoftwareKey.parsePem(pem);
        } catch (InvalidKeyException e) {
            throw Failure.refused(file + " holds no key that can sign: " + e.getMessage());
        }
    }

    /**
     * For its owner alone, on the disk before this returns, and never over another file. A file that could not be written
     * whole is gone again.
     *
     * @param encrypted where it is, a file system that can't keep others from reading may have it
     */
    static void write(Path file, String pem, boolean encrypted) {
        try (var channel = FileChannel.open(file, NEW, OWNER_ONLY)) {
            try {
                var rest = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
                requirePrivate(file, encrypted);
                forceFolder(file);
            } catch (IOException | Failure e) {
                Files.deleteIfExists(file);
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(file + " is there already, and a key is never written over; name another file");
        } catch (IOException e) {
            throw Failure.file(file, "can't be written", e);
        }
    }

    private static void requirePrivate(Path file, boolean encrypted) throws IOException {
        if (!encrypted && !Files.getPosixFilePermissions(file).equals(PRIVATE)) {
            throw Failure.refused("the file system of " + file
                    + " can't keep a file from others; put the key under a passphrase (--encrypt), or elsewhere");
        }
    }

    /** The name is on the disk too. */
    private static void forceFolder(Path file) throws IOException {
        try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
