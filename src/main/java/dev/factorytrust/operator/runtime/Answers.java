package dev.factorytrust.operator.runtime;

import java.net.HttpURLConnection;

/**
 * How the API server answers a process that has lost its lease. While it doesn't, a process that ends would be followed by
 * one that knows nothing and serves nothing; once it does, the next one finds all that it needs.
 *
 * @param away whether it failed to answer since the lease was lost
 * @param inARow how often it has answered since it failed last
 */
record Answers(boolean away, int inARow) {

    static final Answers NONE = new Answers(false, 0);

    /** API servers that come back are away again at first. */
    private static final int STEADY = 5;

    /**
     * What is known after one more answer to who asked for the lease.
     *
     * @param status of HTTP, 0 for none. A lease that isn't there is an answer; who may not ask for it may not start
     */
    Answers and(int status) {
        return status == HttpURLConnection.HTTP_OK || status == HttpURLConnection.HTTP_NOT_FOUND
                ? new Answers(away, inARow + 1)
                : new Answers(true, 0);
    }

    /** At once where the API server was there all the time: then somebody else leads. */
    boolean mayEnd() {
        return inARow >= (away ? STEADY : 1);
    }
}
