package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.SoftwareKey;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Private keys in files. */
public final class KeyFiles {

    private KeyFiles() {}

    public static SoftwareKey read(Path file, Passphrase passphrase) {
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
    public static void write(Path file, String pem, boolean encrypted) {
        try {
            Disk.LOCAL.create(file, Bytes.utf8(pem));
            if (!encrypted && !Disk.isPrivate(file)) {
                Files.deleteIfExists(file);
                throw Failure.refused("the file system of " + file
                        + " can't keep a file from others; put the key under a passphrase (--encrypt), or elsewhere");
            }
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(file + " is there already, and a key is never written over; name another file");
        } catch (IOException e) {
            throw Failure.file(file, "can't be written", e);
        }
    }
}
