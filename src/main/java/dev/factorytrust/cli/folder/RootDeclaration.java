package dev.factorytrust.cli.folder;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.OfferedPayload;
import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.RotationWait;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Tells the cluster of the change in a folder, and brings back what its holders are to sign. */
final class RootDeclaration {

    private final FolderOption option;
    private final Cluster cluster;
    private final Duration patience;

    RootDeclaration(FolderOption option, Cluster cluster, Duration patience) {
        this.option = option;
        this.cluster = cluster;
        this.patience = patience;
    }

    /** The payload in the folder, if it is the change in the folder and nothing else. Asks no cluster. */
    static RootPayload checked(RootFolder folder) {
        return folder.change()
                .check(folder.payload().orElseThrow(), folder.newestFile(), folder.owner(), Instant.now());
    }

    /**
     * Declares the change, unless it is declared already.
     *
     * @param message why, for those who are asked to sign
     */
    void declare(Optional<String> message) {
        var folder = option.folder();
        var change = message.map(folder.change()::saying).orElseGet(folder::change);
        if (change.isNone()) {
            throw Failure.refused(option.directory()
                    + " holds no change: begin with kubectl factory root key add, key remove, threshold or expiry");
        }
        requireNothingMoved();
        var owner = folder.owner();
        // Root may expire later by now than the change would have it.
        folder.proposed(change);
        message.ifPresent(_ -> folder.store(change));
        declare(change.rotation(owner.namespace()));
    }

    /** Waits for the payload of what was declared. */
    void fetch() {
        var folder = option.folder();
        var change = folder.change();
        var owner = folder.owner();
        var count = RotationWait.until(
                cluster,
                owner.namespace(),
                change.name(),
                patience,
                "the payload to sign",
                seen -> seen.hasPayload() || seen.isOver());
        if (count.isOver()) {
            throw Failure.refused("RootRotation " + change.name() + " is "
                    + count.phase().map(Output::name).orElse("over") + ": " + count.why());
        }
        var offered = OfferedPayload.fetch(cluster, owner.namespace(), change.name());
        var payload = change.check(
                new InputFile("the payload of RootRotation " + change.name(), offered.bytes()),
                folder.newestFile(),
                owner,
                Instant.now());
        folder.storePayload(payload.bytes());
        payload.lines().forEach(option::tell);
    }

    private void declare(RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        cluster.read(client -> _ -> {
            try {
                var declared = client.resource(rotation).create();
                option.tell("declared RootRotation " + name);
                return declared;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                return rotation;
            }
        });
        var there = cluster.find(RootRotation.class, rotation.getMetadata().getNamespace(), name);
        if (!there.getSpec().sha256().equals(rotation.getSpec().sha256())) {
            throw Failure.refused("RootRotation " + name + " is there already and says something else");
        }
    }

    /** That the folder's newest root is the one that devices see, and this Factory's. */
    private void requireNothingMoved() {
        var folder = option.folder();
        var owner = folder.owner();
        cluster.namedNamespace()
                .filter(wanted -> !wanted.equals(owner.namespace()))
                .ifPresent(wanted -> {
                    throw Failure.refused(
                            option.directory() + " is the folder of Factory " + owner + ", and -n says " + wanted);
                });
        var newest = folder.newest();
        var version = newest.metadata().version();
        var published = RootPull.version(cluster.find(Factory.class, owner.namespace(), owner.factory()));
        if (published != version) {
            throw Failure.refused(
                    "Factory " + owner + " is at root version " + published + ", and " + option.directory()
                            + " at " + version + ": kubectl factory root pull " + owner.factory() + " --repo "
                            + option.directory() + " carries your change over, to be looked at and signed anew");
        }
        var name = Names.metadata(owner.factory(), RoleName.ROOT, version);
        var stored = cluster.read(
                client -> _ -> Cluster.file(client, owner.namespace(), name, Names.metadataEntry(RoleName.ROOT)));
        if (stored.filter(newest.file()::equals).isEmpty()) {
            throw Failure.refused("root version " + version + " of Factory " + owner + " is another than in "
                    + option.directory() + ": this is another Factory's folder, or the Factory was made anew");
        }
    }
}
