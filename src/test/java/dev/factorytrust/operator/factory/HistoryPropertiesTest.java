package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.factory.History.Act;
import dev.factorytrust.operator.factory.History.Disturbance;
import dev.factorytrust.operator.factory.History.Happening;
import dev.factorytrust.operator.factory.Interruption.Moment;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random histories, disturbed at random: the {@link Ledger} is kept after every write, every device of the
 * {@link Field} polls at every flip, and the end is that of the same history undisturbed.
 */
@Label("invariants 1, 2, 3, 4, 11: whatever happens")
class HistoryPropertiesTest {

    private static final int TRIES = 50;

    /** {@code -Dfactorytrust.histories=10000} for a long night; the default takes less than a minute. */
    private static final int HISTORIES = Integer.getInteger("factorytrust.histories", 2 * TRIES);

    private static final InMemoryStory BEGIN = new Flow("", Flow::ownedByAlice, List.of(), "").begin();

    @Property(tries = TRIES)
    @Label("no disturbance changes how a history ends, or strands a device")
    void no_disturbance_changes_how_a_history_ends(@ForAll("histories") List<History> histories) {
        histories.forEach(history -> {
            try (var undisturbed = BEGIN.fork();
                    var disturbed = BEGIN.fork()) {
                var end = history.live(undisturbed, false);
                assertThat(history.live(disturbed, true)).isEqualTo(end);
                Statistics.label("newest root")
                        .collect(end.stream()
                                .filter(line -> line.startsWith("root "))
                                .map(line -> line.substring(0, 6))
                                .findFirst()
                                .orElse("none"));
            }
        });
    }

    @Provide
    Arbitrary<List<History>> histories() {
        return happenings()
                .list()
                .ofMinSize(4)
                .ofMaxSize(16)
                .map(History::new)
                .list()
                .ofSize(Math.max(1, HISTORIES / TRIES));
    }

    private static Arbitrary<Happening> happenings() {
        return Combinators.combine(acts(), disturbances().optional(0.6)).as(Happening::new);
    }

    private static Arbitrary<Act> acts() {
        var holder = Arbitraries.integers().between(0, History.PEOPLE.size() - 1);
        var targets = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 2))
                .as(Act.SetTarget::new);
        // No sum of these comes near the 30 days of a payload, or the lives of roles.
        var times =
                Arbitraries.of("PT5S", "PT20M", "PT7H", "P3D", "P11D").map(text -> new Act.Pass(Duration.parse(text)));
        var rotations = Combinators.combine(
                        holder.optional(0.8), Arbitraries.of(true, true, false), Arbitraries.of(1, 1, 1, 2, 3))
                .as(Act.Declare::new);
        return Arbitraries.frequencyOf(
                Tuple.of(3, targets),
                Tuple.of(2, times),
                Tuple.of(5, rotations),
                Tuple.of(2, holder.set().ofMinSize(1).ofMaxSize(2).map(Act.Sign::new)),
                Tuple.of(8, Arbitraries.just(new Act.Sign(Set.of(0, 1, 2, 3)))));
    }

    private static Arbitrary<Disturbance> disturbances() {
        return Combinators.combine(
                        Arbitraries.of(History.Kind.class),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.of(Moment.class))
                .as(Disturbance::new);
    }
}
