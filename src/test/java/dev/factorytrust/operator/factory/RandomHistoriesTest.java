package dev.factorytrust.operator.factory;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.statistics.Statistics;

import java.time.Duration;
import java.util.List;

/**
 * Whatever happens, in whatever order: after every single write each device updates, no version has two contents and
 * none goes back; and in the end the operator rests. {@code -Dhistories=N} runs more of them, or fewer; jqwik prints the
 * seed.
 */
class RandomHistoriesTest {

    private static final List<Duration> TIMES = List.of(
            Duration.ofSeconds(1),
            Duration.ofMinutes(6),
            Duration.ofMinutes(20),
            Duration.ofMinutes(61),
            Duration.ofHours(25),
            Duration.ofDays(8),
            Duration.ofDays(100),
            Duration.ofMinutes(-5),
            Duration.ofDays(-2));

    private static final List<String> CHANGES = List.of(
            "root: {addKeys: [%s]}".formatted(MemoryHistory.holder(2)),
            "root: {removeKeys: [p1]}",
            "root: {threshold: 2}",
            "root: {addKeys: [%s], removeKeys: [p0], threshold: 1}".formatted(MemoryHistory.holder(3)),
            "rotateOnlineKeys: [timestamp]",
            "rotateOnlineKeys: [snapshot, targets]",
            "rotateOnlineKeys: [timestamp, snapshot, targets], root: {addKeys: [%s]}"
                    .formatted(MemoryHistory.holder(3)),
            "reason: Compromise",
            "reason: Compromise, rotateOnlineKeys: [timestamp], root: {threshold: 1}");

    enum What {
        TARGET,
        TIME,
        ROTATION,
        SIGNED_ROTATION,
        DELETION,
        SIGNATURE,
        SIGNATURES,
        CRASH_BEFORE,
        CRASH_AFTER,
        OTHER_OPERATOR,
        SLEEP
    }

    record Happening(What what, int choice) {

        void in(MemoryHistory history) {
            switch (what) {
                case TARGET -> history.target(choice % 3);
                case TIME -> history.passes(TIMES.get(choice % TIMES.size()));
                case ROTATION -> history.rotation(CHANGES.get(choice % CHANGES.size()));
                case SIGNED_ROTATION -> {
                    history.rotation(CHANGES.get(choice % CHANGES.size()));
                    history.rest();
                    history.everybodySigns();
                }
                case DELETION -> history.rotationIsDeleted(choice);
                case SIGNATURE ->
                    history.signs(choice % MemoryHistory.PEOPLE.size(), choice / MemoryHistory.PEOPLE.size());
                case SIGNATURES -> history.everybodySigns();
                case CRASH_BEFORE -> history.crashes(choice % 6, false);
                case CRASH_AFTER -> history.crashes(choice % 6, true);
                case OTHER_OPERATOR -> history.anotherOperator();
                case SLEEP -> history.deviceFallsAsleep();
            }
            history.rest();
        }
    }

    /** As many as asked for: the annotation's own number can't be. */
    static final class Tries implements AroundPropertyHook {

        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            context.attributes().setTries(Integer.getInteger("histories", 40));
            return property.execute();
        }
    }

    @Property
    @AddLifecycleHook(Tries.class)
    void no_history_strands_a_device(
            @ForAll @IntRange(max = 9) int beginning, @ForAll("histories") List<Happening> happenings) {
        var history = beginning == 9 ? MemoryHistory.declared() : MemoryHistory.published();
        happenings.forEach(happening -> happening.in(history));
        history.endsWell();
        Statistics.label("newest root").collect(history.newestRoot());
    }

    @Provide
    Arbitrary<List<Happening>> histories() {
        var what = Arbitraries.frequency(
                Tuple.of(2, What.TARGET),
                Tuple.of(4, What.TIME),
                Tuple.of(2, What.ROTATION),
                Tuple.of(5, What.SIGNED_ROTATION),
                Tuple.of(1, What.DELETION),
                Tuple.of(2, What.SIGNATURE),
                Tuple.of(2, What.SIGNATURES),
                Tuple.of(2, What.CRASH_BEFORE),
                Tuple.of(2, What.CRASH_AFTER),
                Tuple.of(1, What.OTHER_OPERATOR),
                Tuple.of(1, What.SLEEP));
        return Combinators.combine(what, Arbitraries.integers().between(0, 71))
                .as(Happening::new)
                .list()
                .ofMinSize(4)
                .ofMaxSize(12);
    }
}
