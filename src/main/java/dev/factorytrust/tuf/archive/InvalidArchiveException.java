package dev.factorytrust.tuf.archive;

/** A file is no archive, or one that nobody should unpack. */
public final class InvalidArchiveException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidArchiveException(String message) {
        super(message);
    }
}
