package dev.factorytrust.tuf.dialect;

/** These bytes aren't metadata of the dialect. The message names the place and the rule. */
public final class MalformedMetadataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedMetadataException(String message) {
        super(message);
    }
}
