package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Person;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
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

    @Option(
            names = "--current",
            paramLabel = "FILE",
            description = {
                "The root that the payload follows, to show what changes. Without it everything is shown.",
                "For targets: the root that names their holders, without which they can't be signed."
            })
    private Path current;

    @Option(
            names = "--moved-from",
            paramLabel = "NAMESPACE/NAME",
            description = "What the Factory was called before it was restored under the name in the payload.")
    private String movedFrom;

    @Option(
            names = "--published",
            paramLabel = "FILE",
            description = "The targets that devices have, to show what a payload of targets changes.")
    private Path published;

    @Mixin
    private Person person;

    @Mixin
    private Signing signing;

    @Override
    public void run() {
        var offered = offered(InputFile.of(payload));
        var secrets = signing.sign(offered, person::tell, noSuchKey(offered));
        // No document starts with a marker, so that one alone can be appended to another file.
        command.commandLine()
                .getOut()
                .print(secrets.stream().map(SignatureSecret::yaml).collect(Collectors.joining("---\n")));
        command.commandLine().getOut().flush();
    }

    private SignedPayload offered(InputFile file) {
        var trusted = Optional.ofNullable(current).map(InputFile::of);
        if (!TargetsPayload.isIn(file)) {
            return RootPayload.toSign(file, trusted, Optional.ofNullable(movedFrom));
        }
        return TargetsPayload.read(
                file,
                trusted.orElseThrow(() -> Failure.refused(
                        file.name() + " is a version of targets: name with --current the root whose holders sign"
                                + " it (kubectl factory target payload --current-out)")),
                Optional.ofNullable(published).map(InputFile::of));
    }

    private String noSuchKey(SignedPayload offered) {
        return switch (offered) {
            case TargetsPayload _ ->
                "holds no key of targets for " + payload + ": see whom the root names that --current gave";
            case RootPayload _ ->
                "is no root key of " + payload
                        + (current != null
                                ? " or of the root before it"
                                : "; if it is one that goes, name the root before with --current");
        };
    }
}
