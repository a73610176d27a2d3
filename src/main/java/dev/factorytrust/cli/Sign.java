package dev.factorytrust.cli;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.KeyId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Optional;

@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Signs the payload of a RootRotation on a machine that needs neither a cluster nor a network.",
            "Shows what the next root changes, asks, and prints the Secret that carries the signature as YAML:",
            "apply it, or commit it to the repository that your cluster is synchronised from."
        })
final class Sign implements Runnable {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "PAYLOAD", description = "The payload's file: payload.json of the rotation's ConfigMap.")
    private Path payload;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "Your private key (PKCS#8, PEM).")
    private Path key;

    @Option(
            names = "--current",
            paramLabel = "FILE",
            description = "The root that the payload follows, to show what changes. Without it everything is shown.")
    private Path current;

    @Option(names = "--yes", description = "Don't ask: you have compared the digest that is shown.")
    private boolean yes;

    @Mixin
    private Passphrase passphrase;

    @Override
    public void run() {
        var offered = RootPayload.read(
                InputFile.of(payload), Optional.ofNullable(current).map(InputFile::of));
        var signer = KeyFiles.read(key, passphrase);
        var keyid = keyid(offered, signer.publicKey());
        offered.lines().forEach(this::tell);
        if (!yes && !Terminal.confirms("Sign it with " + key + "?", "pass --yes once you have compared the digest")) {
            throw Failure.refused("nothing was signed");
        }
        command.commandLine().getOut().print(Output.yaml(SignatureSecret.of(offered, keyid, signer)));
        command.commandLine().getOut().flush();
    }

    /** A signature that neither side counts would only be refused later, by the operator. */
    private KeyId keyid(RootPayload offered, PublicKey publicKey) {
        return offered.keyid(publicKey)
                .orElseThrow(() -> Failure.refused("%s (%s) is no root key of %s%s"
                        .formatted(
                                key,
                                publicKey,
                                payload,
                                current != null
                                        ? " or of the root before it"
                                        : "; if it is one that goes, name the root before with --current")));
    }

    /** To a person: standard output is the Secret's alone. */
    private void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }
}
