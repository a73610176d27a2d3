package dev.factorytrust.tuf.verify;

/** §5.3.5, §5.5.4, §5.6.4: another version than the one expected. */
public final class VersionMismatchException extends VerificationException {

    private static final long serialVersionUID = 1L;

    VersionMismatchException(String role, long expected, long found) {
        super(role, "has version " + found + ", where " + expected + " is expected");
    }
}
