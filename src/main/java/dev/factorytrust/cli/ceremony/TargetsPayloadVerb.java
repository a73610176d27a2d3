package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Person;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.OptionalLong;

@Command(
        name = "payload",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the bytes of a version of targets that its holders sign, and shows their digest and what they change.",
            "Carry the file to where your key is, with the root that names you, and sign it there: kubectl factory sign."
        })
public final class TargetsPayloadVerb implements Runnable {

    @Parameters(paramLabel = "FACTORY", description = "The Factory's name.")
    private String factory;

    @Option(
            names = "--version-number",
            paramLabel = "VERSION",
            description = "The version of targets. Default: the newest that is offered, which lists what is declared.")
    private Long version;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Where the bytes go; - for standard output.")
    private Path file;

    @Option(
            names = "--current-out",
            paramLabel = "FILE",
            description = {
                "Where the root goes that names the holders, as the cluster has it: what sign takes as --current.",
                "Whoever doesn't trust the cluster takes that from where devices have it."
            })
    private Path currentFile;

    @Option(
            names = "--next-out",
            paramLabel = "FILE",
            description = "Likewise the next root, while it waits for these targets: for holders whom only that names.")
    private Path nextFile;

    @Mixin
    private Person person;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        var offered = OfferedTargetsPayload.fetch(
                cluster,
                cluster.namespace(),
                factory,
                version == null ? OptionalLong.empty() : OptionalLong.of(version));
        PayloadFile.write(file, offered.bytes());
        if (currentFile != null) {
            PayloadFile.write(currentFile, offered.roots().getFirst().content());
        }
        if (nextFile != null) {
            if (offered.roots().size() < 2) {
                throw Failure.refused("no next root waits for targets of Factory " + factory);
            }
            PayloadFile.write(nextFile, offered.roots().getLast().content());
        }
        person.tell("sha256 " + offered.bytes().sha256() + "  " + file);
        person.tell("sign before " + offered.status().signBefore());
        offered.status().diff().forEach(line -> person.tell("  " + line));
        person.tell("still to sign: " + String.join(", ", TargetsVersion.missing(offered.status())));
    }
}
