package dev.factorytrust.operator.custody;

import dev.factorytrust.tuf.repository.SignatureTally;
import dev.factorytrust.tuf.repository.TargetsTally;

import java.util.List;

/**
 * A version of targets on its way to being signed.
 *
 * @param diff what it changes, for people
 * @param tally the attached signatures, verified
 * @param refused what is attached but is no signature
 * @param left what stands where it is to be stored
 */
public record TargetsCeremony(
        TargetsPayload payload,
        List<String> diff,
        TargetsTally tally,
        List<SignatureTally.Rejection> refused,
        Left left) {}
