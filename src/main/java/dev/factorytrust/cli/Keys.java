package dev.factorytrust.cli;

import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "Offline keys: the root keys that no cluster ever sees.",
        subcommands = {Keys.Generate.class, KeysDownload.class, KeysRotate.class})
final class Keys {

    private Keys() {}

    static final class Types implements ITypeConverter<KeyType>, Iterable<String> {

        @Override
        public KeyType convert(String id) {
            return Stream.of(KeyType.values())
                    .filter(type -> type.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + id + "' is none of " + ids()));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(KeyType.values()).map(KeyType::id).iterator();
        }

        private static String ids() {
            return Arrays.stream(KeyType.values()).map(KeyType::id).collect(Collectors.joining(", "));
        }
    }

    @Command(
            name = "generate",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a key pair, and writes the private key to a file (PKCS#8) that only you may read.",
                "Prints what a RootRotation or a Factory lists under keys: the name and the public key."
            })
    static final class Generate implements Runnable {

        @Option(
                names = "--type",
                defaultValue = "ed25519",
                converter = Types.class,
                completionCandidates = Types.class,
                description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private KeyType type;

        @Option(
                names = "--name",
                required = true,
                description = "Who holds it: the name that root, status and diffs show.")
        private String name;

        @Option(
                names = "--out",
                required = true,
                paramLabel = "FILE",
                description = "Where the private key goes; it must not be there yet.")
        private Path file;

        @Option(
                names = "--encrypt",
                description = "Under a passphrase that is asked for. Implied where one is named by another option.")
        private boolean encrypt;

        @Mixin
        private Passphrase passphrase;

        @Mixin
        private Output output;

        /** What is published of the key. */
        record Made(String name, String publicKey, String keyid, String file) {}

        @Override
        public void run() {
            // Asked for before the key is made: whoever gives up here leaves nothing behind.
            var secret = encrypt || passphrase.isGiven() ? passphrase.read("New passphrase", true) : null;
            var key = SoftwareKey.generate(type);
            KeyFiles.write(file, secret == null ? key.privatePem() : EncryptedKey.encrypt(key, secret), secret != null);
            var dialect = new StandardDialect();
            var keyid = dialect.keyId(dialect.key(key.publicKey())).value();
            var made = new Made(name, key.publicKey().pem(), keyid, file.toString());
            var entry = Output.yaml(List.of(new Entry(name, key.publicKey().pem())));
            output.print(made, entry.lines().toList());
        }

        /** As {@code keys} and {@code addKeys} list it. */
        private record Entry(String name, String publicKey) {}
    }
}
