package dev.factorytrust.operator.rotation;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.SignatureTally;

import java.util.List;
import java.util.Set;

/**
 * The signatures attached to one payload, verified.
 *
 * @param refused what is attached but is no signature
 */
record Attached(SignatureTally tally, List<SignatureTally.Rejection> refused) {

    /** @param added keys of holders who are new: each signs once to prove that somebody has it */
    static Attached to(String payload, Bytes canonical, Root next, Set<KeyId> added, CeremonyInputs inputs) {
        var secrets = AttachedSecrets.of(inputs.dialect(), inputs.signatures().getOrDefault(payload, List.of()));
        return new Attached(
                SignatureTally.of(inputs.dialect(), canonical, inputs.newest(), next, added, secrets.offers()),
                secrets.refused());
    }
}
