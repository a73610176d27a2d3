package dev.factorytrust.cli;

/** A verb can't do what it was asked to: what happened, to what, and what to do next, in a sentence or two. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final int REFUSED = 1;
    static final int UNREACHABLE = 3;

    private final int exitCode;

    private Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    static Failure refused(String message) {
        return new Failure(REFUSED, message, null);
    }

    static Failure unreachable(String message, Throwable cause) {
        return new Failure(UNREACHABLE, message, cause);
    }

    /** @param what was done to the file, as {@code can't be read} */
    static Failure file(Object file, String what, Exception cause) {
        var why = cause.getMessage() == null || cause.getMessage().equals(file.toString())
                ? cause.getClass().getSimpleName()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new Failure(REFUSED, file + " " + what + " (" + why + ")", cause);
    }

    int exitCode() {
        return exitCode;
    }
}
