package dev.factorytrust.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program run to its end, with an empty stdin. */
public final class Command {

    private Command() {}

    public static String run(List<String> command) throws IOException, InterruptedException {
        return run(Path.of("").toAbsolutePath(), command);
    }

    /**
     * The program's stdout.
     *
     * @throws IOException with all that it printed, if it does not exit with 0
     */
    public static String run(Path directory, List<String> command) throws IOException, InterruptedException {
        var stderr = Files.createTempFile("stderr", null);
        try {
            var process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            process.getOutputStream().close();
            var stdout = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + stdout + Files.readString(stderr));
            }
            return stdout;
        } finally {
            Files.delete(stderr);
        }
    }
}
