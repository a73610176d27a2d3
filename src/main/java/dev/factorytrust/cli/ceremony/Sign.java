package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.cli.console.Terminal;
import dev.factorytrust.cli.key.KeySource;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Signs the payload of a RootRotation, or of a version of targets, on a machine that needs neither a cluster",
            "nor a network. Shows what it changes, asks, and prints the Secret that carries the signature as YAML:",
            "attach it, or commit it to the repository that your cluster is synchronised from."
        })
public final class Sign implements Runnable {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "PAYLOAD", description = "The payload's file: payload.json of its ConfigMap.")
    private Path payload;

    @ArgGroup(multiplicity = "1")
    private KeySource keys;

    @Option(
            names = "--current",
            paramLabel = "FILE",
            description = {
                "The root that the payload follows, to show what changes. Without it everything is shown.",
                "For targets: the root that names their holders, without which they can't be signed."
            })
    private Path current;

    @Option(
            names = "--published",
            paramLabel = "FILE",
            description = "The targets that devices have, to show what a payload of targets changes.")
    private Path published;

    @Option(names = "--yes", description = "Don't ask: you have compared the digest that is shown.")
    private boolean yes;

    @Mixin
    private Passphrase passphrase;

    @Override
    public void run() {
        var offered = offered(InputFile.of(payload));
        var secrets = keys.with(passphrase, all -> sign(offered, chosen(offered, all)));
        // No document starts with a marker, so that one alone can be appended to another file.
        command.commandLine()
                .getOut()
                .print(secrets.stream().map(SignatureSecret::yaml).collect(Collectors.joining("---\n")));
        command.commandLine().getOut().flush();
    }

    private SignedPayload offered(InputFile file) {
        if (!TargetsPayload.isIn(file)) {
            return RootPayload.read(file, Optional.ofNullable(current).map(InputFile::of));
        }
        if (current == null) {
            throw Failure.refused(
                    file.name() + " is a version of targets: name with --current the root whose holders sign"
                            + " it (kubectl factory target payload --current-out)");
        }
        return TargetsPayload.read(
                file, InputFile.of(current), Optional.ofNullable(published).map(InputFile::of));
    }

    private List<SignatureSecret> sign(SignedPayload offered, List<Signer> signers) {
        offered.lines().forEach(this::tell);
        if (signers.size() > 1) {
            signers.forEach(signer -> tell("  signs: " + signer.publicKey()));
        }
        if (!yes
                && !Terminal.confirms(
                        "Sign it with " + keys.name() + "?", "pass --yes once you have compared the digest")) {
            throw Failure.refused("nothing was signed");
        }
        return signers.stream().map(offered::signedBy).toList();
    }

    /** A signature that neither side counts would only be refused later, by the operator. */
    private List<Signer> chosen(SignedPayload offered, List<Signer> all) {
        var chosen = all.stream()
                .filter(signer -> offered.keyid(signer.publicKey()).isPresent())
                .toList();
        if (chosen.isEmpty()) {
            throw Failure.refused("%s (%s) %s %s%s"
                    .formatted(
                            keys.name(),
                            all.stream()
                                    .map(Signer::publicKey)
                                    .map(PublicKey::toString)
                                    .collect(Collectors.joining(", ")),
                            offered instanceof RootPayload ? "is no root key of" : "holds no key of targets for",
                            payload,
                            current != null
                                    ? offered instanceof RootPayload
                                            ? " or of the root before it"
                                            : ": see whom the root names that --current gave"
                                    : "; if it is one that goes, name the root before with --current"));
        }
        return chosen;
    }

    /** To a person: standard output is the Secret's alone. */
    private void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }
}
