package dev.factorytrust.cli.ceremony;

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
            "Signs the payload of a RootRotation on a machine that needs neither a cluster nor a network.",
            "Shows what the next root changes, asks, and prints the Secret that carries the signature as YAML:",
            "attach it, or commit it to the repository that your cluster is synchronised from."
        })
public final class Sign implements Runnable {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "PAYLOAD", description = "The payload's file: payload.json of the rotation's ConfigMap.")
    private Path payload;

    @Option(
            names = "--current",
            paramLabel = "FILE",
            description = "The root that the payload follows, to show what changes. Without it everything is shown.")
    private Path current;

    @Option(
            names = "--moved-from",
            paramLabel = "NAMESPACE/NAME",
            description = "What the Factory was called before it was restored under the name in the payload.")
    private String movedFrom;

    @Mixin
    private Person person;

    @Mixin
    private Signing signing;

    @Override
    public void run() {
        var offered = RootPayload.toSign(
                InputFile.of(payload), Optional.ofNullable(current).map(InputFile::of), Optional.ofNullable(movedFrom));
        var secrets = signing.sign(
                offered,
                person::tell,
                payload
                        + (current != null
                                ? " or of the root before it"
                                : "; if it is one that goes, name the root before with --current"));
        // No document starts with a marker, so that one alone can be appended to another file.
        command.commandLine()
                .getOut()
                .print(secrets.stream().map(SignatureSecret::yaml).collect(Collectors.joining("---\n")));
        command.commandLine().getOut().flush();
    }
}
