package dev.factorytrust.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a test client gets onto this machine: its sources in {@code src/test/clients/<folder>}, built or installed into
 * {@code target/clients/<folder>-<digest of the pins>}, so that it is done again only when a pin changes.
 *
 * @param pins the files whose content decides whether an installation is still good
 * @param install the commands, run among the sources; {@code {target}}, {@code {source}} and {@code {java}}, the JDK, stand for absolute paths
 * @param serve the command that then reads JSON lines
 */
record ClientInstallation(String folder, Set<String> pins, List<List<String>> install, List<String> serve) {

    /** The command that serves, once all is installed; another JVM that installs the same is waited for. */
    List<String> command() {
        var source = Path.of("src", "test", "clients", folder).toAbsolutePath();
        var clients = Path.of("target", "clients").toAbsolutePath();
        try {
            Files.createDirectories(clients);
            var target = clients.resolve(folder + "-" + digest(source));
            // The marker comes last: a killed installation leaves none, and is done again.
            var done = target.resolve("installed");
            try (var lock = FileChannel.open(
                            clients.resolve(folder + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = lock.lock()) {
                if (held.isValid() && Files.notExists(done)) {
                    System.err.println("Installing " + folder + ", once; the first time on a machine may take minutes");
                    for (var command : install) {
                        Command.run(source, fill(command, source, target));
                    }
                    Files.createFile(done);
                }
            }
            return fill(serve, source, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> fill(List<String> command, Path source, Path target) {
        return command.stream()
                .map(word -> word.replace("{source}", source.toString())
                        .replace("{target}", target.toString())
                        .replace("{java}", System.getProperty("java.home")))
                .toList();
    }

    private String digest(Path source) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var pin : new TreeSet<>(pins)) {
                digest.update(Files.readAllBytes(source.resolve(pin)));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
