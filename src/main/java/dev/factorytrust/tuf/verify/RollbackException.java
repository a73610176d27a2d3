package dev.factorytrust.tuf.verify;

/** §5.4.3, §5.5.5: it would take the client back to an older version. */
public final class RollbackException extends VerificationException {

    private static final long serialVersionUID = 1L;

    RollbackException(String role, String message) {
        super(role, message);
    }
}
