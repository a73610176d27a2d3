package dev.factorytrust.tuf.crypto;

/** A key that can't be used. The message says what is wrong with it and never repeats it: it may be private. */
public final class InvalidKeyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidKeyException(String message) {
        super(message);
    }
}
