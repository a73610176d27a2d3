package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.Signer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where the private keys are that sign: in a file, in an archive, or on a token. One of them. */
public final class KeySource {

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Your private key (PKCS#8, PEM); one who exchanges a key names the old and the new one.")
    private List<Path> files;

    @Option(
            names = "--archive",
            paramLabel = "FILE",
            description = "An archive of keys, as keys download, fioctl and garage-sign write it: all that fit sign.")
    private Path archive;

    @ArgGroup(exclusive = false)
    private TokenOptions token;

    /** As people find it again. */
    public String name() {
        return token != null ? token.name() : archive != null ? archive.toString() : named();
    }

    /** With all the keys that are there; those of a token can be used no longer than this runs. */
    public <T> T with(Passphrase passphrase, Function<List<Signer>, T> use) {
        if (token != null) {
            return token.withKey(key -> use.apply(List.of(key)));
        }
        if (archive != null) {
            return use.apply(archived());
        }
        return use.apply(files.stream()
                .<Signer>map(file -> KeyFiles.read(file, passphrase))
                .toList());
    }

    private String named() {
        return files.stream().map(Path::toString).collect(Collectors.joining(" and "));
    }

    private List<Signer> archived() {
        try {
            return KeyArchive.read(InputFile.read(archive)).keys().stream()
                    .<Signer>map(ArchivedKey::key)
                    .toList();
        } catch (InvalidKeyException e) {
            throw Failure.refused(archive + " is no archive of keys: " + e.getMessage());
        }
    }
}
