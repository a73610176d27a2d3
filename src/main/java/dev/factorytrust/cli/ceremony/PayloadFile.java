package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PrivateKeys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where what is public goes that a verb fetches for a holder. */
final class PayloadFile {

    private PayloadFile() {}

    /** Over what was fetched before; {@code -} is standard output. */
    static void write(Path file, Bytes content) {
        if (file.toString().equals("-")) {
            // Bytes, not text: an encoding or a newline at the end would make another payload of it.
            System.out.writeBytes(content.toArray());
            System.out.flush();
            return;
        }
        if (Files.isRegularFile(file) && PrivateKeys.isIn(InputFile.read(file))) {
            throw Failure.refused(file
                    + " holds a private key, and is not written over: name another file, and look where the key is");
        }
        try {
            Files.write(file, content.toArray());
        } catch (IOException e) {
            throw Failure.file(file, "can't be written", e);
        }
    }
}
