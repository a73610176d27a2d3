package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Person;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

@Command(
        name = "payload",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the bytes that a RootRotation's holders sign, and shows their digest and what they change.",
            "Carry the file to where your key is, and sign it there: kubectl factory sign."
        })
public final class RootPayloadVerb implements Runnable {

    @Parameters(paramLabel = "ROTATION", description = "The RootRotation's name.")
    private String name;

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
                "Where the root goes that it follows, as the cluster has it: what sign takes as --current.",
                "Whoever doesn't trust the cluster takes that from where devices have it."
            })
    private Path currentFile;

    @Mixin
    private Person person;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        var offered = OfferedPayload.fetch(cluster, cluster.namespace(), name);
        var status = offered.rotation().getStatus();
        var bytes = offered.bytes();
        PayloadFile.write(file, bytes);
        if (currentFile != null) {
            PayloadFile.write(
                    currentFile,
                    offered.current()
                            .orElseThrow(() -> Failure.refused(
                                    "RootRotation " + name + " makes the first root, which follows none"))
                            .content());
        }
        person.tell("sha256 " + bytes.sha256() + "  " + file);
        person.tell("sign before " + status.payload().signBefore());
        status.diff().forEach(line -> person.tell("  " + line));
    }
}
