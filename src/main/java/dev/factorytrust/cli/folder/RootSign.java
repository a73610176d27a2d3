package dev.factorytrust.cli.folder;

import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.ceremony.Signing;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Patience;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.repository.SignatureTally;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Signs the change in a folder, beside the signatures that are there.",
            "Needs no network once root push has fetched what is to be signed; else it does that first."
        })
public final class RootSign implements Runnable {

    @Mixin
    private FolderOption option;

    @Mixin
    private Signing signing;

    @Mixin
    private Patience patience;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        var folder = option.folder();
        if (folder.payload().isEmpty()) {
            option.tell("What is to be signed isn't in the folder yet.");
            var declaration = new RootDeclaration(option, cluster, patience.timeout());
            declaration.declare(Optional.empty());
            declaration.fetch();
        }
        var payload = RootDeclaration.checked(folder);
        var signed = signing.sign(payload, option::tell, "is no root key of this root or of the next");
        signed.forEach(folder::add);
        option.tell(signed.size() + (signed.size() == 1 ? " signature" : " signatures") + " added in "
                + option.directory());
        var missing = missing(folder, payload);
        option.tell(
                missing.isEmpty()
                        ? "All have signed: kubectl factory root push --repo " + option.directory()
                        : "Still to sign: " + missing);
    }

    private String missing(RootFolder folder, RootPayload payload) {
        var offers = folder.signatures(cluster).stream()
                .filter(signature -> signature.data().containsKey(SignatureSecret.SIGNATURE))
                .map(signature -> new Offer(
                        signature.name(),
                        Optional.<KeyId>empty(),
                        signature.data().get(SignatureSecret.SIGNATURE),
                        signature.payloadSha256()))
                .toList();
        var current = payload.before().map(RootPayload.Before::root);
        var added = folder.change()
                .proposed(
                        payload.dialect(),
                        current.orElseThrow(),
                        payload.namespace(),
                        payload.next().expires())
                .added();
        var tally = SignatureTally.of(payload.dialect(), payload.bytes(), current, payload.next(), added, offers);
        return Stream.of(
                        tally.current().map(SignatureTally.Side::missing).orElse(List.of()),
                        tally.next().missing(),
                        tally.addedMissing())
                .flatMap(List::stream)
                .map(person -> person.name().orElse(person.keyid().value()))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
