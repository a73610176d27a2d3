package dev.factorytrust.cli.folder;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.ceremony.Attachments;
import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.SignatureCount;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Optional;

@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = {
            "Brings a folder's change to the cluster, as far as it has come.",
            "At first it declares the RootRotation and fetches what is to be signed; with signatures in the folder it",
            "attaches these, and waits until the new root is published if nobody is missing."
        })
public final class RootPush implements Runnable {

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Why, for those who are asked to sign. Only before anybody has.")
    private String message;

    @Mixin
    private FolderOption option;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        var folder = option.folder();
        var signatures = folder.signatures(cluster);
        if (!signatures.isEmpty() && message != null) {
            throw Failure.refused(
                    "there are signatures already, and they would be worth nothing under another message");
        }
        if (signatures.isEmpty()) {
            var declaration = new RootDeclaration(option, cluster, waiting.timeout());
            declaration.declare(Optional.ofNullable(message));
            if (!waiting.isWanted()) {
                option.tell("Push again to fetch what is to be signed");
                return;
            }
            declaration.fetch();
            option.tell("Now its holders sign: kubectl factory root sign --repo " + option.directory()
                    + " --key FILE, here or where the key is");
            return;
        }
        var payload = RootDeclaration.checked(folder);
        var owner = folder.owner();
        var name = payload.rotation().name();
        requireOffered(owner, payload);
        var attachments = new Attachments(cluster, option::tell);
        attachments.create(signatures);
        if (!waiting.isWanted()) {
            return;
        }
        var count = attachments.awaitCounted(signatures, waiting.timeout());
        if (!count.missing().isEmpty()) {
            option.tell("Still to sign: " + String.join(", ", count.missing())
                    + ". Push again when they have, or let them attach their signatures themselves.");
            return;
        }
        attachments.awaitCompleted(owner.namespace(), name, waiting.timeout());
        RootPull.fromCluster(option, cluster, owner, payload.next().version());
    }

    /** Signatures of a payload that was replaced since count for nothing, and are told of before they are sent. */
    private void requireOffered(RootFolder.Owner owner, RootPayload payload) {
        var status = cluster.look(
                        RootRotation.class,
                        owner.namespace(),
                        payload.rotation().name())
                .orElseThrow(() -> Failure.refused("there is no RootRotation "
                        + payload.rotation().name() + " in namespace " + owner.namespace()
                        + ": it was deleted. To begin anew, kubectl factory root pull " + owner.factory() + " --repo "
                        + option.directory() + " --discard"))
                .getStatus();
        if (status == null || status.payload() == null || status.phase() == Phase.SUPERSEDED) {
            throw Failure.refused("RootRotation " + payload.rotation().name() + " offers nothing to sign any more ("
                    + new SignatureCount(Optional.ofNullable(status)).why() + "); kubectl factory root pull "
                    + owner.factory() + " --repo " + option.directory()
                    + " carries the change over to the newest root");
        }
        if (!status.payload().sha256().equals(payload.bytes().sha256())) {
            option.folder().forgetPayload();
            throw Failure.refused(
                    "the payload was replaced since it was fetched (it is offered for a limited time), so the"
                            + " signatures in " + option.directory() + " are worth nothing: push again, and sign anew");
        }
    }
}
