package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.MetadataFiles;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Terminal;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Timestamp;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes everything that devices are served into a folder: any web server can serve it from there.",
            "With the online keys beside it, another Factory can go on from there: see import."
        })
public final class Export implements Runnable {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "FACTORY")
    private String name;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "A folder that is new or empty.")
    private Path to;

    @Option(
            names = "--online-keys",
            paramLabel = "FOLDER",
            description = "Also write the private online keys, into a folder of their own that is new or empty.")
    private Path onlineKeys;

    @Option(
            names = "--yes-export-private-keys",
            description = "Don't ask again whether the online keys may leave the cluster.")
    private boolean yes;

    @Mixin
    private Cluster cluster;

    /** Everything, read at one moment: the timestamp first, for what it names stays for a while. */
    private record Read(
            String namespace,
            Dialect dialect,
            long firstRoot,
            List<ForeignFile> files,
            List<ForeignFile> keys,
            boolean rootUnderWay) {}

    @Override
    public void run() {
        ExportFolder.requireNew(to);
        if (onlineKeys != null) {
            requireApart();
            ExportFolder.requireNew(onlineKeys);
            confirm();
        }
        var read = cluster.read(client -> namespace -> read(client, namespace));
        var all = new ArrayList<>(read.files());
        all.addAll(read.keys());
        var fleet =
                switch (Adoption.of(read.dialect(), all, new Adoption.Request(read.firstRoot(), Optional.empty()))) {
                    case Adoption.Adoptable adoptable -> adoptable;
                    case Adoption.Refused(var _, var message) ->
                        throw Failure.refused("what is stored for Factory " + name
                                + " isn't what devices would accept, so nothing was written: " + message);
                };
        write(fleet, read.keys());
        tell("Factory " + read.namespace() + "/" + name + " in " + to + ", verified as a device would that has root "
                + fleet.repository().roots().firstKey() + ":");
        AdoptionReport.roles(fleet, Instant.now()).forEach(line -> tell("  " + line));
        if (read.rootUnderWay()) {
            tell(
                    "Root version " + (fleet.repository().roots().lastKey() + 1)
                            + " is signed and on its way to devices: export again once they have it, or it is missing where you go.");
        }
        if (onlineKeys != null) {
            AdoptionReport.keys(fleet).forEach(line -> tell("  " + line));
            tell("Whoever reads " + onlineKeys
                    + " can sign what devices install. Keep it as you keep the cluster's backups.");
        }
    }

    /** Both or neither: the next try would find a folder in use. */
    private void write(Adoption.Adoptable fleet, List<ForeignFile> keys) {
        if (onlineKeys != null) {
            var files = new TreeMap<String, Bytes>();
            keys.stream()
                    .filter(file -> !fleet.strangers().contains(file))
                    .forEach(file -> files.put(file.name(), file.content()));
            ExportFolder.write(onlineKeys, files, true);
        }
        try {
            ExportFolder.write(to, fleet.repository().files(), false);
        } catch (Failure e) {
            if (onlineKeys != null) {
                ExportFolder.delete(onlineKeys);
            }
            throw e;
        }
    }

    private void requireApart() {
        var metadata = to.toAbsolutePath().normalize();
        var keys = onlineKeys.toAbsolutePath().normalize();
        if (keys.startsWith(metadata) || metadata.startsWith(keys)) {
            throw Failure.refused("the keys go into a folder apart from " + to
                    + ", which somebody may serve as it is: name another with --online-keys");
        }
    }

    private void confirm() {
        if (!yes
                && !Terminal.confirms(
                        "The private online keys of Factory " + name + " leave the cluster for " + onlineKeys + ".",
                        "pass --yes-export-private-keys as well if that is meant")) {
            throw Failure.refused("nothing was written");
        }
    }

    private Read read(KubernetesClient client, String namespace) {
        var timestamp = find(client, namespace, Names.timestamp(name))
                .orElseThrow(() -> Failure.refused("there is nothing of a Factory " + name + " in namespace "
                        + namespace + ": no ConfigMap " + Names.timestamp(name)));
        var newest = Cluster.number(timestamp, Names.ROOT_VERSION).orElse(0L);
        if (newest == 0) {
            throw Failure.refused("Factory " + name + " has published nothing yet");
        }
        var dialect = dialect(client, timestamp);
        var first = Cluster.number(timestamp, Names.FIRST_ROOT).orElse(1L);
        var files = new ArrayList<ForeignFile>();
        for (var version = first; version <= newest; version++) {
            files.add(file(client, namespace, dialect, RoleName.ROOT, version));
        }
        var timestampFile = file(client, timestamp, dialect, RoleName.TIMESTAMP, 0);
        files.add(timestampFile);
        try {
            var snapshot = file(
                    client,
                    namespace,
                    dialect,
                    RoleName.SNAPSHOT,
                    dialect.decode(Timestamp.class, timestampFile.content())
                            .metadata()
                            .snapshotMeta()
                            .version());
            files.add(snapshot);
            var targets = Optional.ofNullable(dialect.decode(Snapshot.class, snapshot.content())
                    .metadata()
                    .meta()
                    .get("targets.json"));
            if (targets.isPresent()) {
                files.add(file(
                        client,
                        namespace,
                        dialect,
                        RoleName.TARGETS,
                        targets.get().version()));
            }
        } catch (MalformedMetadataException e) {
            throw Failure.refused("what is stored for Factory " + name + " can't be read: " + e.getMessage());
        }
        return new Read(
                namespace,
                dialect,
                first,
                files,
                onlineKeys == null ? List.of() : keys(client, namespace),
                find(client, namespace, Names.metadata(name, RoleName.ROOT, newest + 1))
                        .isPresent());
    }

    private ForeignFile file(KubernetesClient client, String namespace, Dialect dialect, RoleName role, long version) {
        var object = Names.metadata(name, role, version);
        return file(
                client,
                find(client, namespace, object)
                        .orElseThrow(() -> Failure.refused("ConfigMap " + object
                                + " is missing: the operator puts it back, or a backup has it; then export again")),
                dialect,
                role,
                version);
    }

    private static Optional<ConfigMap> find(KubernetesClient client, String namespace, String object) {
        return Optional.ofNullable(
                client.configMaps().inNamespace(namespace).withName(object).get());
    }

    private static ForeignFile file(
            KubernetesClient client, ConfigMap object, Dialect dialect, RoleName role, long version) {
        return new ForeignFile(place(object), dialect.fileName(role, version), content(client, object, role));
    }

    private static Dialect dialect(KubernetesClient client, ConfigMap timestamp) {
        return new InputFile(place(timestamp), content(client, timestamp, RoleName.TIMESTAMP)).dialect();
    }

    private static String place(ConfigMap object) {
        return "ConfigMap " + object.getMetadata().getName();
    }

    private static Bytes content(KubernetesClient client, ConfigMap object, RoleName role) {
        return MetadataFiles.of(client, object, Names.metadataEntry(role))
                .orElseThrow(() -> Failure.refused(place(object) + " has no " + Names.metadataEntry(role)));
    }

    private List<ForeignFile> keys(KubernetesClient client, String namespace) {
        return client.secrets().inNamespace(namespace).withLabel(Names.FACTORY, name).list().getItems().stream()
                .filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType()))
                .filter(secret -> secret.getData() != null && secret.getData().containsKey(Names.PRIVATE_PEM))
                .map(Export::key)
                .toList();
    }

    private static ForeignFile key(Secret secret) {
        var object = secret.getMetadata().getName();
        return new ForeignFile(
                "Secret " + object,
                object + ".pem",
                Bytes.base64(secret.getData().get(Names.PRIVATE_PEM)));
    }

    private void tell(String line) {
        var out = command.commandLine().getOut();
        out.println(Output.harmless(line));
        out.flush();
    }
}
