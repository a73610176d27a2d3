package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.cli.key.KeyFiles;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.archive.AtsKey;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PrivateKeys;
import dev.factorytrust.tuf.crypto.SoftwareKey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The private keys in the files and folders that somebody names, as PKCS#8 without their passphrases: PEM, and what garage-sign
 * keeps in {@code keys/targets.sec}.
 */
final class BroughtKeys {

    private static final String KEY_FILE = ".pem";
    private static final String ATS_FILE = ".sec";

    private BroughtKeys() {}

    /** Every file that is named, and of a folder every {@code .pem} and {@code .sec} that holds a private key. */
    static List<ForeignFile> read(List<Path> named, Passphrase passphrase) {
        var keys = new LinkedHashMap<String, ForeignFile>();
        for (var path : named) {
            if (Files.isDirectory(path)) {
                privateKeys(path).forEach(file -> add(keys, file, passphrase));
            } else {
                add(keys, path, passphrase);
            }
        }
        return List.copyOf(keys.values());
    }

    private static List<Path> privateKeys(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> Stream.of(KEY_FILE, ATS_FILE).anyMatch(file.toString()::endsWith))
                    .filter(file -> PrivateKeys.isIn(InputFile.read(file)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Failure.file(folder, "can't be read", e);
        }
    }

    private static void add(Map<String, ForeignFile> keys, Path file, Passphrase passphrase) {
        var name = file.getFileName().toString();
        var entry = name.endsWith(KEY_FILE) ? name : name + KEY_FILE;
        var content = Bytes.utf8(key(file, passphrase).privatePem());
        var place = String.valueOf(file.toAbsolutePath().getParent());
        if (keys.putIfAbsent(entry, new ForeignFile(place, entry, content)) != null) {
            throw Failure.refused("two files with keys have the name " + name + ": rename one");
        }
    }

    private static SoftwareKey key(Path file, Passphrase passphrase) {
        if (!file.toString().endsWith(ATS_FILE)) {
            return KeyFiles.read(file, passphrase);
        }
        try {
            return AtsKey.readPrivate(InputFile.read(file));
        } catch (InvalidKeyException e) {
            throw Failure.refused(file + " holds no key that can sign: " + e.getMessage());
        }
    }
}
