package dev.factorytrust.stories;

import dev.factorytrust.stories.Flow.Stage;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ApiWrite;
import dev.factorytrust.testing.TestClock;
import org.awaitility.Awaitility;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** A flow that was played once without a disturbance: what the operator writes in it is known, and how it ends. */
public final class Rehearsal {

    /** Longer than the second after which the operator looks whether a write of its own has taken effect. */
    private static final Duration QUIET = Duration.ofMillis(1500);

    private final Flow flow;
    private final RotationStory people = RotationStory.withoutOperator();
    private final NamespaceImage beginning;
    private final List<String> writes;
    private final List<String> end;
    private volatile int updates;

    Rehearsal(Flow flow) {
        this.flow = flow;
        try (var operator = new Recording()) {
            flow.before().accept(new Stage(people, operator.clock));
            operator.settle();
        }
        beginning = NamespaceImage.of(people.client(), people.namespace());
        try (var operator = new Recording();
                var witness = new Witness(people.client(), people.namespace(), operator.clock)) {
            perform(operator.clock);
            operator.settle();
            writes = List.copyOf(operator.writes);
            end = NormalForm.of(people.client(), people.namespace());
            satisfied(witness);
        }
    }

    public Flow flow() {
        return flow;
    }

    /** What the operator wrote, in order. */
    public List<String> writes() {
        return writes;
    }

    /** How many updates of devices there were, in all performances. */
    public int updates() {
        return updates;
    }

    RotationStory people() {
        return people;
    }

    /** Brings back the beginning, and plays the flow once more under what {@code disturbance} does to the operator. */
    public void play(Disturbance disturbance) {
        beginning.restore();
        var clock = TestClock.start();
        try (var witness = new Witness(people.client(), people.namespace(), clock);
                var operators = disturbance.start(this, clock)) {
            perform(clock);
            RotationStory.eventually(
                    RotationStory.SOON, () -> assertThat(NormalForm.of(people.client(), people.namespace()))
                            .isEqualTo(end));
            satisfied(witness);
            assertThat(operators).isNotNull();
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("what the operators said: " + since(clock)));
            throw e;
        }
    }

    /** To its end and a little longer: a key that was made twice, and that no root names, goes after ten minutes. */
    private void perform(TestClock clock) {
        var stage = new Stage(people, clock);
        flow.act().accept(stage);
        stage.pass(Duration.ofMinutes(11));
    }

    private String since(TestClock clock) {
        return people.events().stream()
                .filter(event -> Instant.parse(event.getLastTimestamp()).isAfter(clock.started()))
                .map(event -> event.getLastTimestamp() + ' ' + event.getReason() + ": " + event.getMessage())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** A run of operators, to be ended. */
    public interface Operators extends AutoCloseable {
        @Override
        void close();
    }

    /** What is done to the operator, and how many of them there are. */
    public interface Disturbance {
        Operators start(Rehearsal rehearsal, TestClock clock);
    }

    private void satisfied(Witness witness) {
        RotationStory.eventually(RotationStory.SOON, () -> assertThat(people.client()
                        .configMaps()
                        .inNamespace(people.namespace())
                        .list()
                        .getItems())
                .allMatch(witness::sees));
        assertThat(witness.complaints()).isEmpty();
        updates += witness.updates();
    }

    private final class Recording implements AutoCloseable {

        private final TestClock clock = TestClock.start();
        private final Queue<String> writes = new ConcurrentLinkedQueue<>();
        private final AtomicLong last = new AtomicLong(System.nanoTime());
        private final Supervisor supervisor;

        private Recording() {
            Function<ApiWrite, Fate> record = write -> {
                writes.add(write.toString());
                last.set(System.nanoTime());
                return Fate.PASS;
            };
            supervisor = new Supervisor(people.namespace(), clock, record, Duration.ZERO);
        }

        private void settle() {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> System.nanoTime() - last.get() > QUIET.toNanos());
        }

        @Override
        public void close() {
            supervisor.close();
        }
    }
}
