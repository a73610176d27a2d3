package dev.factorytrust.cli;

import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that somebody named. It is read whole, so there is an end to it.
 *
 * @param name what to call it where something is wrong with it
 */
record InputFile(String name, Bytes content) {

    /** More than the largest metadata that any client reads. */
    private static final int MOST = 8_000_000;

    static InputFile of(Path file) {
        return new InputFile(file.toString(), read(file));
    }

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
