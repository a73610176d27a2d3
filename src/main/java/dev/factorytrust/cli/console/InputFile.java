package dev.factorytrust.cli.console;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that somebody named. It is read whole, so there is an end to it.
 *
 * @param name what to call it where something is wrong with it
 */
public record InputFile(String name, Bytes content) {

    /** An archive of keys may have metadata beside them, and targets alone measure up to 8 MiB. */
    private static final int MOST = 16 * 1024 * 1024;

    public static InputFile of(Path file) {
        return new InputFile(file.toString(), read(file));
    }

    /** The file; standard input for {@code -}. */
    public static InputFile orStandardInput(Path file) {
        if (!file.toString().equals("-")) {
            return of(file);
        }
        try {
            return new InputFile("standard input", read("standard input", System.in));
        } catch (IOException e) {
            throw Failure.file("standard input", "can't be read", e);
        }
    }

    /**
     * In which dialect the metadata in it is written.
     *
     * @throws Failure where it is no metadata
     */
    public Dialect dialect() {
        try {
            return Dialects.recognise(content);
        } catch (MalformedMetadataException e) {
            throw Failure.refused(name + " is no metadata of TUF: " + e.getMessage());
        }
    }

    public static Bytes read(Path file) {
        try (var content = Files.newInputStream(file)) {
            return read(file.toString(), content);
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        }
    }

    private static Bytes read(String name, InputStream content) throws IOException {
        var bytes = Bytes.of(content.readNBytes(MOST + 1));
        if (bytes.size() > MOST) {
            throw Failure.refused(name + " is larger than " + MOST + " bytes, which no metadata and no key is");
        }
        return bytes;
    }
}
