package dev.factorytrust.cli.target;

import dev.factorytrust.cli.console.Failure;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What devices are to install: a file at hand, or what is known of one. */
final class Artifact {

    private static final int BUFFER = 1 << 16;

    record Measured(long length, String sha256) {}

    private static final class Known {

        @Option(names = "--length", required = true, paramLabel = "BYTES", description = "Its size in bytes.")
        private long length;

        @Option(
                names = "--sha256",
                required = true,
                paramLabel = "HEX",
                description = "Its SHA-256; of an OSTree commit the checksum, with length 0.")
        private String sha256;
    }

    @Option(
            names = "--file",
            required = true,
            paramLabel = "FILE",
            description = "The artifact itself: it is read to its end, not kept and not sent.")
    private Path file;

    @ArgGroup(exclusive = false)
    private Known known;

    Measured measured() {
        return known == null ? read(file) : known();
    }

    private Measured known() {
        var sha256 = known.sha256.toLowerCase(Locale.ROOT);
        if (known.length < 0 || !sha256.matches("[0-9a-f]{64}")) {
            throw Failure.refused(
                    "--length is a number of bytes, and --sha256 has 64 hex digits (sha256sum prints them)");
        }
        return new Measured(known.length, sha256);
    }

    private static Measured read(Path file) {
        try (var content = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[BUFFER];
            var length = 0L;
            for (var read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
                length += read;
            }
            return new Measured(length, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
