package dev.factorytrust.stories;

import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ApiWrite;

import java.util.List;
import java.util.function.Function;

/**
 * One death, at the n-th time that a certain write is made: controllers write side by side, so that a write has no fixed
 * place among all others.
 */
public final class Kill implements Function<ApiWrite, Fate> {

    private final String write;
    private final Fate fate;
    private final boolean isTriedAgain;
    private long left;

    /** @param writes of a run that wasn't disturbed, of which the one at {@code point} is meant */
    public Kill(List<String> writes, int point, Fate fate) {
        this.write = writes.get(point);
        this.fate = fate;
        left = writes.subList(0, point + 1).stream().filter(write::equals).count();
        isTriedAgain = left > 1;
    }

    @Override
    public synchronized Fate apply(ApiWrite next) {
        return next.toString().equals(write) && --left == 0 ? fate : Fate.PASS;
    }

    /**
     * Whether there was such a write. A status may say at once what it said in two steps before, and what was tried again
     * then may succeed at once now; nothing else may be missing.
     */
    public synchronized boolean isDone() {
        return left <= 0 || write.endsWith("/status") || isTriedAgain && !write.startsWith("PUT");
    }
}
