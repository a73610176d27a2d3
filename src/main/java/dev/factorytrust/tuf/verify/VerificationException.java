package dev.factorytrust.tuf.verify;

/** A client refuses metadata. The message names the role, the version where it is known, what was expected and what found. */
public abstract sealed class VerificationException extends RuntimeException
        permits ExpiredMetadataException,
                HashMismatchException,
                LengthMismatchException,
                MissingMetadataException,
                RollbackException,
                TooManyRootsException,
                UnreadableMetadataException,
                UnsignedMetadataException,
                VersionMismatchException {

    private static final long serialVersionUID = 1L;

    private final String role;

    VerificationException(String role, String message, Throwable cause) {
        super(role + " " + message, cause);
        this.role = role;
    }

    VerificationException(String role, String message) {
        this(role, message, null);
    }

    /** Whose metadata was refused: a top-level role's name or a delegated one's. */
    public String role() {
        return role;
    }
}
