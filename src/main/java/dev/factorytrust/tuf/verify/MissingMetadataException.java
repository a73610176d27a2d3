package dev.factorytrust.tuf.verify;

/** It isn't there, or the snapshot doesn't list it. */
public final class MissingMetadataException extends VerificationException {

    private static final long serialVersionUID = 1L;

    MissingMetadataException(String role, String message) {
        super(role, message);
    }
}
