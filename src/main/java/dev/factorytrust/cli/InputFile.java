package dev.factorytrust.cli;

import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that somebody named. It is read whole, so there is an end to it. */
final class InputFile {

    /** More than the largest metadata that any client reads. */
    private static final int MOST = 8_000_000;

    private InputFile() {}

    static Bytes read(Path file) {
        try (var content = Files.newInputStream(file)) {
            var bytes = Bytes.of(content.readNBytes(MOST + 1));
            if (bytes.size() > MOST) {
                throw Failure.refused(file + " is larger than " + MOST + " bytes, which no metadata and no key is");
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        }
    }
}
