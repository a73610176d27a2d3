package dev.factorytrust.cli.folder;

import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.cli.console.Terminal;
import dev.factorytrust.cli.key.KeySource;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.repository.SignatureTally;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @ArgGroup(multiplicity = "1")
    private KeySource keys;

    @Option(names = "--yes", description = "Don't ask: you have read what changes.")
    private boolean yes;

    @Mixin
    private FolderOption option;

    @Mixin
    private Passphrase passphrase;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        var folder = option.folder();
        if (folder.payload().isEmpty()) {
            option.tell("What is to be signed isn't in the folder yet.");
            new RootDeclaration(option, cluster, waiting.timeout()).fetch(Optional.empty());
        }
        var payload = RootDeclaration.checked(folder);
        var signed = keys.with(passphrase, all -> sign(payload, fitting(payload, all)));
        signed.forEach(folder::add);
        option.tell(signed.size() + (signed.size() == 1 ? " signature" : " signatures") + " added in "
                + option.directory());
        var missing = missing(folder, payload);
        option.tell(
                missing.isEmpty()
                        ? "All have signed: kubectl factory root push --repo " + option.directory()
                        : "Still to sign: " + missing);
    }

    private List<Signer> fitting(RootPayload payload, List<Signer> all) {
        var fitting = all.stream()
                .filter(signer -> payload.keyid(signer.publicKey()).isPresent())
                .toList();
        if (fitting.isEmpty()) {
            throw Failure.refused(keys.name() + " ("
                    + all.stream().map(signer -> signer.publicKey().toString()).collect(Collectors.joining(", "))
                    + ") is no root key of this root or of the next");
        }
        return fitting;
    }

    private List<SignatureSecret> sign(RootPayload payload, List<Signer> signers) {
        payload.lines().forEach(option::tell);
        if (!yes && !Terminal.confirms("Sign it with " + keys.name() + "?", "pass --yes once you have read it")) {
            throw Failure.refused("nothing was signed");
        }
        return signers.stream().map(payload::signedBy).toList();
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
