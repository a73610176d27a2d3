package dev.factorytrust.operator.rotation;

import dev.factorytrust.tuf.repository.SignatureTally;

import java.util.List;

/** Where a RootRotation stands among the others of its Factory. */
public sealed interface Standing {

    /**
     * A stored root carries this rotation, whatever its status says: it is done as soon as devices see that root.
     *
     * @param published whether they do
     * @param tally who signed, read from the root itself
     */
    record Stored(long version, boolean published, List<String> diff, SignatureTally tally) implements Standing {

        public Stored {
            diff = List.copyOf(diff);
        }
    }

    /** It can't be done, and never will be under this name. */
    record Rejected(String reason, String message) implements Standing {}

    /** Another root came first. */
    record Superseded(String reason, String message) implements Standing {}

    /** It waits, for others or for something that the message names, and lets others pass. */
    record Queued(String reason, String message) implements Standing {}

    /** It is this one's turn: its payload is offered, or about to be. */
    record Turn(Ceremony ceremony) implements Standing {}
}
