package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
            var status = Optional.ofNullable(
                            cluster.find(RootRotation.class, name).getStatus())
                    .filter(found -> found.payload() != null)
                    .orElseThrow(() -> Failure.refused("RootRotation " + name
                            + " has no payload yet; kubectl describe it to see what it waits for"));
            var bytes = cluster.read(client -> namespace -> Optional.ofNullable(client.configMaps()
                            .inNamespace(namespace)
                            .withName(status.payload().configMap())
                            .get())
                    .map(object -> Bytes.base64(object.getBinaryData().get(Names.PAYLOAD_JSON)))
                    .filter(found -> found.sha256().equals(status.payload().sha256()))
                    .orElseThrow(() -> Failure.refused(
                            "ConfigMap " + status.payload().configMap() + " isn't the payload that RootRotation " + name
                                    + " names: wait a moment, and ask again")));
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
