package dev.factorytrust.cli.ceremony;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.model.KeyId;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The bytes that holders are asked to sign, once they hold all that must hold before anybody does. */
public sealed interface SignedPayload permits RootPayload, TargetsPayload {

    /** A key that may sign. */
    record Candidate(KeyId keyid, PublicKey key) {}

    Bytes bytes();

    String namespace();

    /** What the payload's ConfigMap is named after: a RootRotation, or a version of targets. */
    String subject();

    /** What a holder reads before signing. */
    List<String> lines();

    /** Whose signatures count. */
    Stream<Candidate> candidates();

    /** The holder's name; the keyid where he has none. */
    String name(KeyId keyid);

    /** The keyid under which this key may sign, if it may. */
    default Optional<KeyId> keyid(PublicKey key) {
        return candidates()
                .filter(candidate -> candidate.key().equals(key))
                .map(Candidate::keyid)
                .findFirst();
    }

    /** @param signer one of the candidates */
    default SignatureSecret signedBy(Signer signer) {
        return SignatureSecret.of(
                this, keyid(signer.publicKey()).orElseThrow(), signer.publicKey(), signer.sign(bytes()));
    }

    /**
     * The key that made this signature of these bytes.
     *
     * @param only the keyid of the one to try
     */
    default Optional<Candidate> signerOf(Bytes signature, Optional<String> only) {
        return candidates(only)
                .filter(candidate -> candidate.key().verify(bytes(), signature))
                .findFirst();
    }

    /** A line for every key that didn't. */
    default List<String> whyInvalid(Bytes signature, Optional<String> only) {
        var lines = candidates(only)
                .map(candidate -> name(candidate.keyid()) + " (" + candidate.key() + "): "
                        + candidate.key().whyInvalid(bytes(), signature).orElse("it is valid"))
                .toList();
        return lines.isEmpty() ? List.of("no key that may sign has keyid " + only.orElse("")) : lines;
    }

    private Stream<Candidate> candidates(Optional<String> only) {
        return candidates()
                .filter(candidate ->
                        only.isEmpty() || only.get().equals(candidate.keyid().value()));
    }
}
