package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.dialect.MalformedMetadataException;

/** It isn't metadata of the role and the dialect. */
public final class UnreadableMetadataException extends VerificationException {

    private static final long serialVersionUID = 1L;

    UnreadableMetadataException(String role, MalformedMetadataException cause) {
        super(role, "is malformed: " + cause.getMessage(), cause);
    }
}
