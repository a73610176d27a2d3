package dev.factorytrust.tuf.verify;

/** §5.3.3: more new versions of root than a client walks in one update. */
public final class TooManyRootsException extends VerificationException {

    private static final long serialVersionUID = 1L;

    TooManyRootsException(String role, int hops) {
        super(role, "has more than " + hops + " versions to walk, where clients stop");
    }
}
