package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.SignedPayload;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a rotation of a holder's keys does next. */
sealed interface KeyRotationStep {

    /**
     * New keys, written beside the archive before anything is declared.
     *
     * @param count how many for which role
     */
    record MakeKeys(Map<RoleName, Integer> count) implements KeyRotationStep {}

    record Declare(RootRotation rotation) implements KeyRotationStep {}

    /**
     * @param payload which holds what was asked for
     * @param unasked what it holds beyond that, or may hold, in lines: for a person to say yes to
     */
    record Sign(SignedPayload payload, Map<KeyId, SoftwareKey> signers, List<String> unasked)
            implements KeyRotationStep {

        /** @param version of another root that the new keys signed, and that the cluster hasn't */
        Sign elsewhere(long version) {
            var note =
                    "note that your new keys signed another root version %d than the cluster has. If a device has yours, somebody shows you roots that aren't your fleet's: sign nothing, and tell whoever runs the cluster"
                            .formatted(version);
            return new Sign(
                    payload,
                    signers,
                    Stream.concat(unasked.stream(), Stream.of(note)).toList());
        }
    }

    /**
     * @param why what happens meanwhile, for people
     * @param signed whether the holder has done all that is his to do but take his archive back
     */
    record Wait(String why, boolean signed) implements KeyRotationStep {}

    /** The fleet has the new keys: the archive is replaced. */
    record Replace() implements KeyRotationStep {}

    /** It has those of a rotation that lacks what is asked for now: the archive is replaced, and that is still to be done. */
    record ReplaceFirst() implements KeyRotationStep {}

    /** Nothing is left to do. */
    record Done() implements KeyRotationStep {}

    /** A pending archive that holds nothing new goes. */
    record RemoveLeftover() implements KeyRotationStep {}

    /** The newest root lists none of the archive's keys. */
    record Foreign() implements KeyRotationStep {}

    record Refuse(String why) implements KeyRotationStep {}
}
