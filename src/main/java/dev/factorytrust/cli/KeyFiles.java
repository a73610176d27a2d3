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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Private keys in files. */
final class KeyFiles {

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private KeyFiles() {}

    static SoftwareKey read(Path file, Passphrase passphrase) {
        try {
            var pem = Files.readString(file);
            return EncryptedKey.isOne(pem)
                    ? EncryptedKey.decrypt(pem, passphrase.read("Passphrase of " + file, false))
                    : SoftwareKey.parsePem(pem);
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        } catch (InvalidKeyException e) {
            throw Failure.refused(file + " holds no key that can sign: " + e.getMessage());
        }
    }

    /** For its owner alone, on the disk before this returns, and never over another file. */
    static void write(Path file, String pem) {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(file, NEW, ownerOnly)) {
            channel.write(ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(file + " is there already, and a key is never written over; name another file");
        } catch (IOException e) {
            throw Failure.file(file, "can't be written", e);
        }
    }
}
