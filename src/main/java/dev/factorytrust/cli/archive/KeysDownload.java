package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Person;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches the archive of root keys that were made in the cluster, for Factories with bootstrap.generate.",
            "Verifies that it holds the keys of root version 1, and writes it to a file that only you may read.",
            "With --erase it is erased from the cluster, for ever: from then on your file is the only one."
        })
public final class KeysDownload implements Runnable {

    @Parameters(paramLabel = "FACTORY")
    private String name;

    @Option(
            names = "--archive",
            required = true,
            paramLabel = "FILE",
            description =
                    "Where the archive goes. Another file is never written over; the same one may be there already.")
    private Path file;

    @Option(names = "--erase", description = "Have the cluster erase its own, once yours is on the disk.")
    private boolean erase;

    @Mixin
    private Person person;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Output output;

    /** What came of it. */
    record Downloaded(
            String namespace,
            String factory,
            String archive,
            String sha256,
            List<String> keyids,
            String firstRootSha256,
            Optional<String> erasedAt) {}

    @Override
    public void run() {
        var downloaded = cluster.<Downloaded>read(client -> namespace -> {
            try (var target = ArchiveFile.open(file, Disk.LOCAL)) {
                return download(client, namespace, target);
            }
        });
        output.print(downloaded, lines(downloaded));
    }

    private Downloaded download(KubernetesClient client, String namespace, ArchiveFile target) {
        var cluster = new KubernetesFactoryCluster(client, namespace);
        var factory = factory(cluster, namespace);
        var first = firstRoot(cluster);
        var erasedAt = erasedAt(factory);
        var archive = erasedAt.isPresent()
                ? kept(target, first, erasedAt.get())
                : fetched(secret(client, namespace), target, first);
        if (erase && erasedAt.isEmpty()) {
            erasedAt = erase(client, cluster, namespace, target);
        }
        var dialect = Dialects.recognise(first);
        return new Downloaded(
                namespace,
                name,
                target.path().toString(),
                archive.content().sha256(),
                archive.keys().stream()
                        .map(key -> dialect.keyId(dialect.key(key)).value())
                        .toList(),
                first.sha256(),
                erasedAt);
    }

    private Factory factory(FactoryCluster cluster, String namespace) {
        var factory = cluster.factory(name)
                .orElseThrow(() -> Failure.refused("there is no Factory " + name + " in namespace " + namespace));
        if (factory.getSpec().bootstrap().generate() == null) {
            throw Failure.refused("the root keys of Factory " + name + " were never in the cluster: its bootstrap isn't"
                    + " generate, so its holders have had them from the start");
        }
        return factory;
    }

    private Bytes firstRoot(FactoryCluster cluster) {
        return cluster.file(Names.metadata(name, RoleName.ROOT, 1), Names.metadataEntry(RoleName.ROOT))
                .orElseThrow(() -> Failure.refused("Factory " + name
                        + " has no root version 1 yet, so nobody can tell whether an archive holds its keys; wait until it is"
                        + " Ready"));
    }

    private static Optional<String> erasedAt(Factory factory) {
        return Optional.ofNullable(factory.getStatus()).map(FactoryStatus::rootKeysErasedAt);
    }

    /** It can't be fetched any more; whoever has it already learns that he does. */
    private RootKeyArchive kept(ArchiveFile target, Bytes first, String erasedAt) {
        var content = target.read()
                .orElseThrow(
                        () -> Failure.refused("the root keys of Factory " + name + " were erased from the cluster at "
                                + erasedAt
                                + ", once somebody had shown that he has the archive: whoever downloaded it before has"
                                + " the only one"));
        person.tell("the root keys were erased from the cluster at " + erasedAt);
        return RootKeyArchive.verified(target.path().toString(), content, first);
    }

    private Secret secret(KubernetesClient client, String namespace) {
        var secret = Names.rootKeys(name);
        try {
            return client.secrets().inNamespace(namespace).withName(secret).get();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw e;
            }
            throw Failure.unreachable(
                    ("the cluster doesn't let you read Secret %s. An administrator lets you: kubectl -n %s"
                                    + " create role %s --verb=get,patch --resource=secrets --resource-name=%s, and a rolebinding"
                                    + " to you")
                            .formatted(secret, namespace, secret, secret),
                    e);
        }
    }

    private RootKeyArchive fetched(Secret secret, ArchiveFile target, Bytes first) {
        var object = "Secret " + Names.rootKeys(name);
        var content = Optional.ofNullable(secret)
                .map(Secret::getData)
                .map(data -> data.get(Names.ROOT_KEYS_TGZ))
                .map(Bytes::base64)
                .orElseThrow(() -> Failure.refused(object + " isn't there, or has no " + Names.ROOT_KEYS_TGZ
                        + ", and no erasure is recorded: somebody else has removed it"));
        var archive = RootKeyArchive.verified(object, content, first);
        var before = target.read();
        if (before.isEmpty()) {
            target.create(content);
        } else if (before.get().equals(content)) {
            person.tell(target.path() + " is there already, byte for byte");
        } else {
            throw Failure.refused(target.path()
                    + " is there already and is another file; it is never written over: name" + " another");
        }
        return archive;
    }

    /** The digest is that of the file as the disk has it: it proves that the owner holds the archive. */
    private Optional<String> erase(
            KubernetesClient client, FactoryCluster cluster, String namespace, ArchiveFile target) {
        var digest = target.read().orElseThrow().sha256();
        client.secrets()
                .inNamespace(namespace)
                .withName(Names.rootKeys(name))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(Names.RETRIEVED, digest));
        if (!waiting.isWanted()) {
            return Optional.empty();
        }
        person.tell("waits until the operator has erased it");
        var erasedAt = waiting.until(() -> cluster.factory(name)
                .map(KeysDownload::erasedAt)
                .orElseGet(() -> goneWithItsFactory(client, namespace)));
        if (erasedAt.isEmpty()) {
            throw Failure.unreachable(
                    "the operator has not erased the root keys of Factory " + name
                            + " yet. Your archive is on the disk; run the same command again",
                    null);
        }
        return erasedAt;
    }

    /** A Factory whose deletion waited for this is gone right after, and tells nothing any more. */
    private Optional<String> goneWithItsFactory(KubernetesClient client, String namespace) {
        return client.secrets()
                                .inNamespace(namespace)
                                .withName(Names.rootKeys(name))
                                .get()
                        == null
                ? Optional.of(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                : Optional.empty();
    }

    private List<String> lines(Downloaded downloaded) {
        var lines = new ArrayList<String>();
        lines.add(downloaded.archive() + " holds the root keys of Factory " + downloaded.namespace() + '/'
                + downloaded.factory() + " (root version 1)");
        downloaded.keyids().forEach(keyid -> lines.add("  keyid " + keyid));
        lines.add("  sha256 of the archive " + downloaded.sha256());
        lines.add("  sha256 of root version 1 " + downloaded.firstRootSha256()
                + ": what your devices were provisioned with must have the same");
        lines.add(
                downloaded
                        .erasedAt()
                        .map(moment -> "Erased from the cluster at " + moment
                                + ": this file is the only one. Store it twice, offline")
                        .orElse(
                                erase
                                        ? "The operator is to erase it from the cluster: run the same again to see that it has"
                                        : "It is in the cluster still: once this file is stored safely, run this again with --erase"));
        return lines;
    }
}
