package dev.factorytrust.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

@Command(
        name = "root",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "The next root, on its way from the cluster to its holders.",
        subcommands = RootMetadata.Payload.class)
final class RootMetadata {

    private RootMetadata() {}

    @Command(
            name = "payload",
            mixinStandardHelpOptions = true,
            description = {
                "Writes the bytes that a RootRotation's holders sign, and shows their digest and what they change.",
                "Carry the file to where your key is, and sign it there: kubectl factory sign."
            })
    static final class Payload implements Runnable {

        @Spec
        private CommandSpec command;

        @Parameters(paramLabel = "ROTATION", description = "The RootRotation's name.")
        private String name;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the bytes go.")
        private Path file;

        @Mixin
        private Cluster cluster;

        @Override
        public void run() {
            var offered = OfferedPayload.fetch(cluster, cluster.namespace(), name);
            var status = offered.rotation().getStatus();
            var bytes = offered.bytes();
            try {
                Files.write(file, bytes.toArray());
            } catch (IOException e) {
                throw Failure.file(file, "can't be written", e);
            }
            tell("sha256 " + bytes.sha256() + "  " + file);
            tell("sign before " + status.payload().signBefore());
            status.diff().forEach(line -> tell("  " + line));
        }

        private void tell(String line) {
            command.commandLine().getErr().println(Output.harmless(line));
        }
    }
}
