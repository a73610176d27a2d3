package dev.factorytrust.operator.factory;

import java.util.List;
import java.util.function.Consumer;

/** What happens to an operator around its writes: it is told of each before it is sent, and after it is stored. */
interface Interruption {

    Interruption NONE = (_, _) -> {};

    /** BEFORE: sent but never arrived. AFTER: stored, and the answer never came back. */
    enum Moment {
        BEFORE,
        AFTER
    }

    /** @param write what is written, as {@code create ConfigMap acme-root-1} */
    void at(Moment moment, String write);

    /** The process ended. An Error, so that nobody takes it for a refused request. */
    final class Crash extends Error {

        private static final long serialVersionUID = 1L;

        Crash(String write) {
            super(write, null, false, false);
        }
    }

    /** Does {@code then} at one moment of one write, counted from 1, and nothing at any other. */
    static Interruption atWrite(int number, Moment when, Consumer<String> then) {
        return new Interruption() {
            private int writes;

            @Override
            public void at(Moment moment, String write) {
                if (moment == Moment.BEFORE) {
                    writes++;
                }
                if (writes == number && moment == when) {
                    then.accept(write);
                }
            }
        };
    }

    static Interruption crashAt(int number, Moment when) {
        return atWrite(number, when, write -> {
            throw new Crash(write);
        });
    }

    /** Only takes note of the writes, in their order. */
    static Interruption noting(List<String> writes) {
        return (moment, write) -> {
            if (moment == Moment.BEFORE) {
                writes.add(write);
            }
        };
    }
}
