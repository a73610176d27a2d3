package dev.factorytrust.cli.console;

/** A verb can't do what it was asked to: what happened, to what, and what to do next, in a sentence or two. */
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public static final int REFUSED = 1;
    public static final int UNREACHABLE = 3;

    private final int exitCode;

    private Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static Failure refused(String message) {
        return new Failure(REFUSED, message, null);
    }

    public static Failure unreachable(String message, Throwable cause) {
        return new Failure(UNREACHABLE, message, cause);
    }

    /** @param what was done to the file, as {@code can't be read} */
    public static Failure file(Object file, String what, Exception cause) {
        var why = cause.getMessage() == null || cause.getMessage().equals(file.toString())
                ? cause.getClass().getSimpleName()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new Failure(REFUSED, file + " " + what + " (" + why + ")", cause);
    }

    public int exitCode() {
        return exitCode;
    }
}
