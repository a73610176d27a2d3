package dev.factorytrust.tuf.verify;

/** §5.5.2, §5.6.2: it isn't the file that was promised. */
public final class HashMismatchException extends VerificationException {

    private static final long serialVersionUID = 1L;

    HashMismatchException(String role, String algorithm, String expected, String found) {
        super(role, "has " + algorithm + " " + found + ", where " + expected + " is expected");
    }
}
