package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.SignatureTally;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a RootRotation stands among the others of its Factory. */
public sealed interface Standing {

    /**
     * A stored root carries this rotation, whatever its status says: it is done as soon as devices see that root, and no
     * older online key signs any more.
     *
     * @param before the root that it follows; empty for the first
     * @param overlapUntil when the present wait of the overlap that it brought ends; empty outside one
     */
    record Stored(Signed<Root> root, Optional<Root> before, Progress progress, Optional<Instant> overlapUntil)
            implements Standing {

        public long version() {
            return root.metadata().version();
        }

        public List<String> diff() {
            return RootDiff.between(before, root.metadata());
        }

        /** Who signed, read from the root itself: its signatures are verified for that. */
        public SignatureTally tally() {
            return SignatureTally.of(before, root);
        }
    }

    /** How far a stored root has come. */
    enum Progress {
        /** On its way to devices. */
        STORED,
        /** Old and new online keys sign, and devices don't see the root yet. */
        OVERLAPPING,
        /** Old and new online keys sign, and devices see the root. */
        PUBLISHED_OVERLAPPING,
        COMPLETED
    }

    /** It can't be done, and never will be under this name. */
    record Rejected(String reason, String message) implements Standing {}

    /** Another root came first. */
    record Superseded(String reason, String message) implements Standing {}

    /** It waits, for others or for something that the message names, and lets others pass. */
    record Queued(String reason, String message) implements Standing {}

    /** It is this one's turn, and its payload is to name online keys that have yet to be made. */
    record NeedsKeys(RootRotation rotation, Set<RoleName> roles) implements Standing {}

    /**
     * Another one came first though holders may be signing this one. Whoever is signed in full first is published.
     *
     * @param by the name of the other
     */
    record Overtaken(Ceremony ceremony, String by) implements Standing {}

    /** It is this one's turn: its payload is offered, or about to be. */
    record Turn(Ceremony ceremony) implements Standing {}
}
