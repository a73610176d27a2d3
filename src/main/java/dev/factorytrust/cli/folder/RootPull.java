package dev.factorytrust.cli.folder;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.device.RepositorySource;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches every root of a Factory into a folder, and verifies each hop from the first.",
            "A change that is in the making there is carried over to the newest root."
        })
public final class RootPull implements Runnable {

    @Parameters(paramLabel = "FACTORY")
    private String factory;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Fetch them as devices do, from there, and not from the cluster.")
    private String url;

    @Option(
            names = "--moved-from",
            paramLabel = "NAMESPACE/NAME",
            description = "What the Factory was called before it was restored under this name. The folder keeps it.")
    private String movedFrom;

    @Option(
            names = "--first-version",
            paramLabel = "VERSION",
            description = "With --url: the version of the root that devices begin with, where that isn't 1.")
    private Long firstVersion;

    @Option(names = "--discard", description = "Drop the change that is in the making in the folder.")
    private boolean discard;

    @Mixin
    private FolderOption folder;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        if (discard && folder.folder().findOwner().isPresent()) {
            folder.folder().forgetChange();
        }
        if (url == null) {
            if (firstVersion != null) {
                throw Failure.refused("--first-version goes with --url: the cluster knows its first root");
            }
            fromCluster(folder, cluster, new RootFolder.Owner(cluster.namespace(), factory, null, movedFrom, null), 1);
        } else {
            fromUrl();
        }
    }

    private void fromUrl() {
        var source = new RepositorySource(url);
        var first = firstVersion == null ? 1 : firstVersion;
        var chain = chain(
                source.fetch(first + ".root.json")
                        .orElseThrow(() -> Failure.refused(url + " has no " + first + ".root.json"
                                + (firstVersion == null
                                        ? "; where devices begin with a later root, say so with --first-version"
                                        : ""))),
                version -> source.fetch(version + ".root.json"));
        if (chain.first() != first) {
            throw Failure.refused(url + " has root version " + chain.first() + " as " + first + ".root.json");
        }
        var named = RootExtras.of(chain.newest().metadata())
                .factory()
                .filter(name -> !name.equals(movedFrom))
                .map(name -> name.split("/", 2))
                .filter(parts -> parts.length == 2);
        var owner = new RootFolder.Owner(
                named.map(parts -> parts[0]).orElseGet(cluster::namespace),
                named.map(parts -> parts[1]).orElse(factory),
                null,
                movedFrom,
                null);
        if (!owner.factory().equals(factory)) {
            throw Failure.refused(url + " serves the roots of Factory " + owner + ", not of " + factory);
        }
        keep(folder, owner, chain);
    }

    /**
     * From the ConfigMaps, up to the version that devices see.
     *
     * @param published a version that they are known to see; the Factory's status may not say so yet
     */
    static void fromCluster(FolderOption folder, Cluster cluster, RootFolder.Owner owner, long published) {
        var namespace = owner.namespace();
        var factory = owner.factory();
        var found = cluster.find(Factory.class, namespace, factory);
        var newest = Math.max(version(found), published);
        var chain = cluster.<Chain>read(client -> _ -> {
            var first = Optional.ofNullable(client.configMaps()
                            .inNamespace(namespace)
                            .withName(Names.timestamp(factory))
                            .get())
                    .flatMap(timestamp -> Cluster.number(timestamp, Names.FIRST_ROOT))
                    .orElse(1L);
            LongFunction<Bytes> root = version -> {
                var name = Names.metadata(factory, RoleName.ROOT, version);
                return Cluster.file(client, namespace, name, Names.metadataEntry(RoleName.ROOT))
                        .orElseThrow(() -> Failure.refused("ConfigMap " + name + " of namespace " + namespace
                                + " is missing, so nobody can follow the roots from the first"));
            };
            return chain(
                    root.apply(first),
                    version -> version <= newest ? Optional.of(root.apply(version)) : Optional.empty());
        });
        var life = Optional.ofNullable(found.getSpec().root())
                .map(FactorySpec.RootPolicy::expiresAfter)
                .orElse("365d");
        keep(folder, new RootFolder.Owner(namespace, factory, life, owner.movedFrom(), null), chain);
    }

    static long version(Factory factory) {
        return Optional.ofNullable(factory.getStatus())
                .map(status -> status.roles())
                .map(roles -> roles.root().version())
                .orElseThrow(() -> Failure.refused("Factory "
                        + factory.getMetadata().getName() + " has published no root yet; see kubectl factory status"));
    }

    /** Roots from the first on, each of which the one before has verified. */
    private record Chain(long first, List<Bytes> files, Signed<Root> newest) {}

    /** None is asked for before the last one holds: a server that answers whatever it is asked is left at once. */
    private static Chain chain(Bytes start, LongFunction<Optional<Bytes>> fetch) {
        try {
            var dialect = new InputFile("the first root", start).dialect();
            var trusted = new TrustedMetadataSet(dialect, start, Instant.MIN);
            var first = trusted.root().metadata().version();
            var files = new ArrayList<>(List.of(start));
            for (var next = fetch.apply(first + 1); next.isPresent(); next = fetch.apply(first + files.size())) {
                if (files.size() > dialect.limits().maxRootHops()) {
                    throw Failure.refused("there are more than "
                            + dialect.limits().maxRootHops() + " roots after the first, and no device follows so many");
                }
                trusted.updateRoot(next.get());
                files.add(next.get());
            }
            return new Chain(first, files, trusted.root());
        } catch (VerificationException e) {
            throw Failure.refused("the roots don't hold, and nothing was kept of them: " + e.getMessage());
        }
    }

    private static void keep(FolderOption option, RootFolder.Owner unnumbered, Chain chain) {
        var owner = unnumbered.startingAt(chain.first());
        var roots = chain.files();
        var newest = chain.newest();
        var folder = option.folder();
        var change = folder.findOwner().map(_ -> folder.change()).filter(edit -> !edit.isNone());
        folder.store(owner, roots);
        option.tell("Factory " + owner + ": " + roots.size() + " roots, each verified by the one before, in "
                + option.directory());
        option.tell("  the first has sha256 " + roots.getFirst().sha256() + ": compare it with what your devices were"
                + " born with");
        option.tell("  the newest is version " + newest.metadata().version() + ", sha256 "
                + newest.file().sha256());
        change.ifPresent(edit -> carryOver(option, edit, newest.metadata()));
    }

    private static void carryOver(FolderOption option, RootEdit change, Root newest) {
        if (change.spec().fromVersion() == newest.version()) {
            return;
        }
        var made = RootExtras.of(newest).rotation().filter(rotation -> rotation.name()
                .equals(change.name()));
        if (made.isPresent()) {
            option.folder().forgetChange();
            option.tell("  it is the change that was in the making here");
            return;
        }
        try {
            option.keep(change);
            option.tell("  another change came first; the one in the making is carried over, to be signed anew");
        } catch (Failure e) {
            throw Failure.refused("the roots are here, but the change in the making doesn't fit the newest: "
                    + e.getMessage() + ". Edit it, or drop it with root pull --discard");
        }
    }
}
