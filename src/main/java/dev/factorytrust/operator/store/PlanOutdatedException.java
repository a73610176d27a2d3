package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;

/** Somebody wrote first. The plan is dropped and made anew from what is there now; the write is never repeated. */
public final class PlanOutdatedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PlanOutdatedException(String object, Throwable cause) {
        super(object + " was written by somebody else since it was read", cause);
    }

    /**
     * A compare-and-swap of {@code object}.
     *
     * @throws PlanOutdatedException when it was taken, changed or deleted since it was read
     */
    public static void swap(String object, Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                throw new PlanOutdatedException(object, e);
            }
            throw e;
        }
    }
}
