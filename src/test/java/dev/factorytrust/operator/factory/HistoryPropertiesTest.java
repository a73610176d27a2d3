package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.factory.History.Act;
import dev.factorytrust.operator.factory.History.Disturbance;
import dev.factorytrust.operator.factory.History.Happening;
import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.statistics.Statistics;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random histories, disturbed at random: the {@link Ledger} is kept after every write, and every device of the
 * {@link Field} polls at every flip. jqwik prints the seeds.
 */
@Label("invariants 1, 2, 3, 4, 11: whatever happens")
class HistoryPropertiesTest {

    /** {@code -Dfactorytrust.histories=1000000} for a long night. */
    private static final int HISTORIES = Integer.getInteger("factorytrust.histories", 10_000);

    /** Families that live side by side: one core alone would be the last to be done of all tests. */
    private static final int AT_A_TIME = 2;

    /** Families live in one dialect and in the other, by turns. */
    private static final List<Dialect> DIALECTS = Dialects.all();

    private static final List<InMemoryStory> PUBLISHED = begun(Flow::ownedByAlice);

    private static final List<InMemoryStory> DECLARED = begun(story -> story.declareFactory(Flow.OWNED_BY_ALICE));

    /** People sign targets. While a root waits for them, a Compromise may follow on it; both come together then. */
    private static final List<InMemoryStory> HELD = begun(story -> {
        Flow.ownedByTina(story);
        story.rootsMayComeTogether();
    });

    private static List<InMemoryStory> begun(Consumer<InMemoryStory> given) {
        return DIALECTS.stream()
                .map(dialect -> new Flow("", given, List.of(), "").begin(dialect))
                .toList();
    }

    private static final RandomGenerator<Happening> ANYTHING =
            happenings(anything(List.of())).generator(1000);

    private static final RandomGenerator<Happening> ANYTHING_WITH_HOLDERS =
            happenings(anything(History.CUSTODY)).generator(1000);

    /** As many as asked for: the annotation's own number is a constant. */
    static final class Families implements AroundPropertyHook {

        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            context.attributes().setTries(Math.ceilDiv(HISTORIES, AT_A_TIME * Family.HISTORIES));
            return property.execute();
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    @AddLifecycleHook(Families.class)
    @Label("no history strands a device, and what was asked for is published in the end")
    void no_history_strands_a_device(@ForAll Random random) throws Exception {
        var newestRoots = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            var families = IntStream.range(0, AT_A_TIME)
                    .mapToObj(number -> threads.submit(family(number % DIALECTS.size(), random, newestRoots)))
                    .toList();
            for (var family : families) {
                family.get();
            }
        }
        newestRoots.forEach(Statistics.label("newest root")::collect);
    }

    /** What happens is drawn here, since jqwik draws in its own thread only; it is lived through in another. */
    private static Runnable family(int dialect, Random random, Collection<Long> newestRoots) {
        var inCommon = random.nextInt(6);
        var kind = random.nextInt(10);
        var begin = (kind == 0 ? DECLARED : kind < 4 ? HELD : PUBLISHED).get(dialect);
        var anything = begin == HELD.get(dialect) ? ANYTHING_WITH_HOLDERS : ANYTHING;
        var happenings = Stream.generate(() -> anything.next(random).value())
                .limit(inCommon + Family.BRANCHES)
                .toList()
                .iterator();
        return () -> new Family(happenings::next, story -> newestRoots.add(story.newestRoot())).live(begin, inCommon);
    }

    @Property(tries = 50)
    @Label("no disturbance changes how a history ends")
    void no_disturbance_changes_how_a_history_ends(@ForAll("histories") History history, @ForAll boolean otherDialect) {
        var published = PUBLISHED.get(otherDialect ? 1 : 0);
        try (var undisturbed = published.fork();
                var disturbed = published.fork()) {
            assertThat(history.live(disturbed, true)).isEqualTo(history.live(undisturbed, false));
        }
    }

    @Provide
    Arbitrary<History> histories() {
        return happenings(reproducible()).list().ofMinSize(4).ofMaxSize(16).map(History::new);
    }

    private static Arbitrary<Happening> happenings(Arbitrary<Act> acts) {
        return Combinators.combine(acts, disturbances().optional(0.6)).as(Happening::new);
    }

    /** @param more what else may change */
    private static Arbitrary<Act> anything(List<String> more) {
        var times = Arbitraries.of("PT1S", "PT6M", "PT20M", "PT61M", "P1DT1H", "P8D", "P100D", "-PT5M", "-P2D")
                .map(text -> new Act.Pass(Duration.parse(text)));
        var always = List.of(
                addsAndRemoves("addKeys", 2, 1),
                "root: {removeKeys: [bob]}",
                "root: {threshold: 2}",
                "root: {addKeys: [%s], removeKeys: [alice], threshold: 1}"
                        .formatted(History.PEOPLE.get(3).declared()),
                "rotateOnlineKeys: [timestamp]",
                "rotateOnlineKeys: [snapshot, targets]",
                "rotateOnlineKeys: [timestamp, snapshot, targets], root: {addKeys: [%s]}"
                        .formatted(History.PEOPLE.get(3).declared()),
                "reason: Compromise",
                "reason: Compromise, rotateOnlineKeys: [timestamp], root: {threshold: 1}");
        var changes =
                Arbitraries.of(Stream.concat(always.stream(), more.stream()).toList());
        return Arbitraries.frequencyOf(
                Tuple.of(2, targets()),
                Tuple.of(4, times),
                Tuple.of(2, changes.map(change -> new Act.Declare(change, Set.of()))),
                Tuple.of(5, changes.map(change -> new Act.Declare(change, History.EVERYBODY))),
                Tuple.of(1, Arbitraries.integers().between(0, 7).map(Act.Withdraw::new)),
                Tuple.of(4, signatures()));
    }

    private static String addsAndRemoves(String verb, int person, int threshold) {
        return "root: {%s: [%s], threshold: %d}"
                .formatted(verb, History.PEOPLE.get(person).declared(), threshold);
    }

    /** What comes to the same end at every pace: no payload runs out, nobody is hurried. */
    private static Arbitrary<Act> reproducible() {
        // No sum of these comes near the 30 days of a payload, or the lives of roles.
        var times =
                Arbitraries.of("PT5S", "PT20M", "PT7H", "P3D", "P11D").map(text -> new Act.Pass(Duration.parse(text)));
        var rotations = Combinators.combine(
                        holder().optional(0.8), Arbitraries.of(true, true, false), Arbitraries.of(1, 1, 1, 2, 3))
                .as((holder, joins, threshold) -> new Act.Declare(
                        "root: {threshold: %d%s}"
                                .formatted(
                                        threshold,
                                        holder.map(History.PEOPLE::get)
                                                .map(person -> joins
                                                        ? ", addKeys: [" + person.declared() + ']'
                                                        : ", removeKeys: [" + person.name() + ']')
                                                .orElse("")),
                        Set.of()));
        return Arbitraries.frequencyOf(
                Tuple.of(3, targets()), Tuple.of(2, times), Tuple.of(5, rotations), Tuple.of(10, signatures()));
    }

    private static Arbitrary<Integer> holder() {
        return Arbitraries.integers().between(0, History.OF_ROOT - 1);
    }

    private static Arbitrary<Integer> anybody() {
        return Arbitraries.integers().between(0, History.PEOPLE.size() - 1);
    }

    private static Arbitrary<Act> targets() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 2))
                .as(Act.SetTarget::new);
    }

    private static Arbitrary<Act> signatures() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, anybody().set().ofMinSize(1).ofMaxSize(2).map(Act.Sign::new)),
                Tuple.of(4, Arbitraries.just(new Act.Sign(History.EVERYBODY))));
    }

    private static Arbitrary<Disturbance> disturbances() {
        return Combinators.combine(
                        Arbitraries.of(History.Kind.class),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.of(Moment.class))
                .as(Disturbance::new);
    }
}
