package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.EncryptedKey;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.security.SecureRandom;

@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a key pair, and writes the private key to a file (PKCS#8) that only you may read, or makes it on a token.",
            "Prints what a RootRotation or a Factory lists under keys: the name and the public key."
        })
public final class KeysGenerate implements Runnable {

    @Option(
            names = "--type",
            defaultValue = "ed25519",
            converter = KeyTypes.class,
            completionCandidates = KeyTypes.class,
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private KeyType type;

    @Option(names = "--name", required = true, description = "Who holds it: the name that root, status and diffs show.")
    private String name;

    @ArgGroup(multiplicity = "1")
    private Destination destination;

    @Option(
            names = "--encrypt",
            description = "Under a passphrase that is asked for. Implied where one is named by another option.")
    private boolean encrypt;

    @Mixin
    private Passphrase passphrase;

    @Mixin
    private Output output;

    private static final class Destination {

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where the private key goes; it must not be there yet.")
        private Path file;

        @ArgGroup(exclusive = false)
        private TokenOptions token;
    }

    @Override
    public void run() {
        var key = destination.token == null ? inFile(destination.file) : onToken(destination.token);
        var place = destination.token == null ? destination.file.toString() : destination.token.name();
        new PublicEntry(name, key, place).print(output);
    }

    private PublicKey inFile(Path file) {
        // Asked for before the key is made: whoever gives up here leaves nothing behind.
        var secret = encrypt || passphrase.isGiven() ? passphrase.read("New passphrase", true) : null;
        var key = SoftwareKey.generate(type);
        KeyFiles.write(file, secret == null ? key.privatePem() : EncryptedKey.encrypt(key, secret), secret != null);
        return key.publicKey();
    }

    private PublicKey onToken(TokenOptions token) {
        if (encrypt || passphrase.isGiven()) {
            throw Failure.refused("a key on a token is behind its PIN; a passphrase is for a key in a file");
        }
        var label = token.keyLabel()
                .orElseThrow(() -> Failure.refused("name the new key with --key-label, so that it is found again"));
        return token.onToken(
                true, open -> open.generate(type, label, token.keyId().orElseGet(KeysGenerate::randomId))
                        .publicKey());
    }

    private static Bytes randomId() {
        var id = new byte[8];
        new SecureRandom().nextBytes(id);
        return Bytes.of(id);
    }
}
