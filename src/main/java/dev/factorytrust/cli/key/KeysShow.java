package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the public half of a key that is there: in a file, in an archive or on a token.",
            "Prints what a RootRotation or a Factory lists under keys, as generate does."
        })
public final class KeysShow implements Runnable {

    @Option(names = "--name", required = true, description = "Who holds it: the name that root, status and diffs show.")
    private String name;

    @ArgGroup(multiplicity = "1")
    private KeySource keys;

    @Mixin
    private Passphrase passphrase;

    @Mixin
    private Output output;

    @Override
    public void run() {
        var found =
                keys.with(passphrase, all -> all.stream().map(KeysShow::proven).toList());
        if (found.size() > 1) {
            throw Failure.refused(
                    keys.name() + " holds " + found.size() + " keys, and a name belongs to one: unpack it");
        }
        new PublicEntry(name, found.getFirst(), keys.name()).print(output);
    }

    /** What a token shows beside a private key may be another's: a root would name a key that nobody can sign with. */
    private static PublicKey proven(Signer key) {
        if (!key.isProven()) {
            throw Failure.refused("the key doesn't sign (" + key.publicKey() + ")");
        }
        return key.publicKey();
    }
}
