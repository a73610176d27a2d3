package dev.factorytrust.operator.store;

/** Somebody wrote first. The plan is dropped and made anew from what is there now; the write is never repeated. */
public final class PlanOutdatedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PlanOutdatedException(String object, Throwable cause) {
        super(object + " was written by somebody else since it was read", cause);
    }
}
