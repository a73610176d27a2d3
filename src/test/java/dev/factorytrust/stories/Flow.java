package dev.factorytrust.stories;

import dev.factorytrust.testing.TestClock;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A story that ends the same however often the operator is interrupted.
 *
 * @param before what has long happened when it begins
 * @param act what people do, and what they wait for; its end is the story's
 */
public record Flow(String name, Consumer<Stage> before, Consumer<Stage> act) {

    /** Where it is played. */
    public record Stage(RotationStory people, TestClock clock) {

        /** Time goes by, and the operator looks again: its timers go by the machine's clock. */
        void pass(Duration time) {
            clock.advance(time);
            people.poke();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
