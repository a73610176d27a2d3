package dev.factorytrust.tuf.archive;

/** A file can't be put together from its parts. The message goes on where the part's name ends. */
public final class DamagedPartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String part;

    DamagedPartException(String part, String message) {
        super(message);
        this.part = part;
    }

    /** The name of the part's object. */
    public String part() {
        return part;
    }
}
