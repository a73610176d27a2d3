package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Folded;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.cli.console.Terminal;
import dev.factorytrust.cli.key.KeySource;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A holder reads what changes, agrees, and signs it with all of the keys named that may. */
public final class Signing {

    @ArgGroup(multiplicity = "1")
    private KeySource keys;

    @Option(names = "--yes", description = "Don't ask: you have read what changes, and compared the digest.")
    private boolean yes;

    @Mixin
    private Passphrase passphrase;

    /**
     * @param tell takes a line for a person
     * @param noSuchKey what to say of keys of which none may sign, and what to do then; as the end of a sentence
     */
    public List<SignatureSecret> sign(SignedPayload payload, Consumer<String> tell, String noSuchKey) {
        return keys.with(passphrase, all -> sign(payload, chosen(payload, all, noSuchKey), tell));
    }

    private List<SignatureSecret> sign(SignedPayload payload, List<Signer> signers, Consumer<String> tell) {
        payload.lines().stream().flatMap(Folded::lines).forEach(tell);
        if (signers.size() > 1) {
            signers.forEach(signer -> tell.accept("  signs: " + signer.publicKey()));
        }
        if (!yes
                && !Terminal.confirms(
                        "Sign it with " + keys.name() + "?", "pass --yes once you have compared the digest")) {
            throw Failure.refused("nothing was signed");
        }
        return signers.stream().map(payload::signedBy).toList();
    }

    /** A signature that neither side counts would only be refused later, by the operator. */
    private List<Signer> chosen(SignedPayload payload, List<Signer> all, String noSuchKey) {
        var chosen = all.stream()
                .filter(signer -> payload.keyid(signer.publicKey()).isPresent())
                .toList();
        if (chosen.isEmpty()) {
            throw Failure.refused("%s (%s) %s"
                    .formatted(
                            keys.name(),
                            all.stream()
                                    .map(Signer::publicKey)
                                    .map(PublicKey::toString)
                                    .collect(Collectors.joining(", ")),
                            noSuchKey));
        }
        return chosen;
    }
}
