package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.SignatureTally;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Instant;
import java.util.List;

/**
 * A root on its way to being signed.
 *
 * @param payload the object that offers {@code canonical} to the holders; not yet stored where {@code offered} is false
 * @param canonical the exact bytes to sign
 * @param diff what those bytes change, for people
 * @param tally the attached signatures, verified
 * @param refused what is attached but is no signature
 */
public record Ceremony(
        RootRotation rotation,
        ConfigMap payload,
        boolean offered,
        Bytes canonical,
        Root next,
        List<String> diff,
        Instant signBefore,
        SignatureTally tally,
        List<SignatureTally.Rejection> refused) {

    /** Whether every signature is there that the next root needs; from then on it is published, whatever happens. */
    public boolean isBinding() {
        return offered && tally.fullySigned();
    }

    /** How many more signatures it takes, if each new holder's counts on every side where it can. */
    public int lacking() {
        var current = tally.current().map(Ceremony::lacking).orElse(0);
        return Math.max(
                Math.max(current, lacking(tally.next())), tally.addedMissing().size());
    }

    private static int lacking(SignatureTally.Side side) {
        return side.met() ? 0 : side.threshold() - side.signed().size();
    }

    public boolean isCompromise() {
        return RotationSpecs.isCompromise(rotation);
    }

    public String rotationName() {
        return rotation.getMetadata().getName();
    }
}
