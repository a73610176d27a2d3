package dev.factorytrust.tuf.adoption;

/** Ends the look at a repository from wherever its fault is found; never leaves {@link Adoption}. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final String REFUSED = "ImportRefused";
    static final String INCOMPLETE = "ImportIncomplete";
    static final String NOT_TRUSTED = "RootNotTrusted";
    static final String ROOT_KEY = "RootKeyInSource";
    static final String PRIVATE_KEY = "PrivateKeyRefused";

    private final String reason;

    RefusedException(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
