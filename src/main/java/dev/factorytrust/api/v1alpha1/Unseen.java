package dev.factorytrust.api.v1alpha1;

import java.util.function.Function;

/**
 * The status of an object that no operator has looked at, which is none to this code. To kstatus, by which Flux and Helm wait, an
 * object without a status is ready; so the CRDs give it one by default that says that its generation has yet to be observed.
 */
public final class Unseen {

    /** {@code status.observedGeneration} of such an object; a generation is 1 or more. */
    public static final long GENERATION = -1;

    private Unseen() {}

    static <S> boolean is(S status, Function<S, Long> observedGeneration) {
        return status != null && Long.valueOf(GENERATION).equals(observedGeneration.apply(status));
    }
}
