package dev.factorytrust.tuf.verify;

/** §5.5.2, §5.6.2, or a download that clients break off: it isn't as long as it must be. */
public final class LengthMismatchException extends VerificationException {

    private static final long serialVersionUID = 1L;

    LengthMismatchException(String role, String expected, long found) {
        super(role, "has " + found + " bytes, where " + expected + " expected");
    }
}
