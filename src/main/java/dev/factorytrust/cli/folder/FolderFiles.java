package dev.factorytrust.cli.folder;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Files of a folder that anybody may have written to, and that holds nothing secret. */
final class FolderFiles {

    static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private FolderFiles() {}

    static <T> T yaml(Path file, Class<T> type) {
        try {
            return Objects.requireNonNull(YAML.readValue(InputFile.read(file).toArray(), type));
        } catch (IOException | NullPointerException e) {
            throw Failure.refused(file + " is no YAML of ours");
        }
    }

    /** Whole, or not at all. */
    static void write(Path file, Bytes content) {
        try {
            Files.createDirectories(file.getParent());
            var beside = Files.createTempFile(file.getParent(), ".writing", null);
            Files.write(beside, content.toArray());
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.file(file, "can't be written", e);
        }
    }
}
