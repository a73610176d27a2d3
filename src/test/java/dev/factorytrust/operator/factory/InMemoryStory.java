package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Factory {@code acme} with its people, its devices and its operator, all in memory. Nothing happens by itself: people
 * act, then the operator is run until it rests.
 */
final class InMemoryStory extends People implements AutoCloseable {

    private static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");

    /** An operator that sleeps no longer than this is waited for: it gathers changes of Targets for 5 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Many times what the longest of the flows takes: whoever goes on after that goes round in circles. */
    private static final int STEPS = 300;

    /** Moves by hand only. It may be put back, which takes back nothing of the time that has passed. */
    private static final class Clock implements InstantSource {

        private Instant now;
        private Duration passed;

        private Clock(Instant now, Duration passed) {
            this.now = now;
            this.passed = passed;
        }

        private void set(Instant next) {
            var step = Duration.between(now, next);
            passed = step.isPositive() ? passed.plus(step) : passed;
            now = next;
        }

        private Duration passed() {
            return passed;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final Clock clock;
    private final Optional<Field> field;
    private final Optional<Ledger> ledger;
    private Optional<Instant> serverTime = Optional.empty();
    private InMemoryOperator operator;
    private Reading read;
    private long readAt = -1;

    private InMemoryStory(
            Clock clock, InMemoryCluster cluster, Dialect dialect, Optional<Field> field, Optional<Ledger> ledger) {
        super(cluster, dialect);
        this.clock = clock;
        this.field = field;
        this.ledger = ledger;
        operator = newOperator(Interruption.NONE);
    }

    /** In dialect TUF; likewise {@link #unwatched()}. */
    static InMemoryStory begin() {
        return begin(TestMetadata.TUF);
    }

    /** Kept by a {@link Ledger}, and in front of a {@link Field}. */
    static InMemoryStory begin(Dialect dialect) {
        var clock = new Clock(BEGIN, Duration.ZERO);
        var cluster = new InMemoryCluster(clock);
        return new InMemoryStory(
                clock,
                cluster,
                dialect,
                Optional.of(new Field(cluster, ACME, dialect, clock::passed, Optional.empty())),
                Optional.of(new Ledger(cluster, ACME.name(), dialect, Optional.empty())));
    }

    static InMemoryStory unwatched() {
        return unwatched(TestMetadata.TUF);
    }

    /** Somebody tampers with what is stored, which no ledger would allow. */
    static InMemoryStory unwatched(Dialect dialect) {
        var clock = new Clock(BEGIN, Duration.ZERO);
        return new InMemoryStory(clock, new InMemoryCluster(clock), dialect, Optional.empty(), Optional.empty());
    }

    /** How it might go on from here: the same objects at the same time, and an operator that has just started. */
    InMemoryStory fork() {
        var sameTime = new Clock(clock.now, clock.passed);
        var copy = cluster.copy(sameTime);
        return new InMemoryStory(
                sameTime,
                copy,
                dialect,
                field.map(before -> new Field(copy, ACME, dialect, sameTime::passed, Optional.of(before))),
                ledger.map(before -> new Ledger(copy, ACME.name(), dialect, Optional.of(before))));
    }

    InMemoryOperator newOperator(Interruption interruption) {
        return new InMemoryOperator(
                cluster, ACME, clock, () -> serverTime.or(() -> Optional.of(clock.now)), interruption);
    }

    /** A new process takes over, which has no memory of the old one's. */
    void restart(Interruption interruption) {
        operator = newOperator(interruption);
    }

    InMemoryOperator operator() {
        return operator;
    }

    InMemoryCluster cluster() {
        return cluster;
    }

    /** What the operator decides now, without doing it. */
    InMemoryOperator.Look look() {
        operator.sync();
        return operator.look();
    }

    /** The API server's clock shows something else than the operator's. */
    void serverTime(Instant time) {
        serverTime = Optional.of(time);
    }

    Instant now() {
        return clock.now;
    }

    /** @param time if it is negative, the clock is put back */
    void pass(Duration time) {
        clock.set(clock.now.plus(time));
    }

    /** Runs the operator until it has nothing to do, or the Factory is gone; if it crashes on the way, another goes on in its place. */
    void settle() {
        try {
            settle(operator);
        } catch (Interruption.Crash crash) {
            restart(Interruption.NONE);
            settle(operator);
        }
    }

    void settle(InMemoryOperator runs) {
        var decisions = new ArrayList<String>();
        for (var steps = 0; steps < STEPS; steps++) {
            if (!isDeclared()) {
                return;
            }
            var before = cluster.revision();
            var decision = runs.step().decision();
            decisions.add(decision.getClass().getSimpleName());
            if (cluster.revision() == before) {
                switch (decision) {
                    case Decision.Stall _ -> {
                        return;
                    }
                    case Decision.Wait(var until) -> {
                        if (until.isAfter(clock.now.plus(PATIENCE))) {
                            return;
                        }
                        clock.set(until);
                    }
                    default -> {}
                }
            }
        }
        throw new AssertionError("the operator doesn't come to rest: " + decisions.subList(STEPS - 10, STEPS));
    }

    /** All that is there once all is quiet; every device updates by the clock, too. */
    List<String> end() {
        rest();
        return EndState.of(cluster, ACME);
    }

    /** The same without what is kept of the past. */
    List<String> endMeaning() {
        rest();
        return EndState.meaning(cluster, ACME);
    }

    /** A root that has expired can be renewed by its holders alone, and they don't sign in every history. */
    private void rest() {
        settle();
        var rootHasExpired = reading()
                .published()
                .filter(repository -> !repository.root().metadata().expires().isAfter(clock.now))
                .isPresent();
        field.filter(_ -> !rootHasExpired).ifPresent(devices -> devices.allUpdate(clock.now));
    }

    /** Once nothing disturbs it any more, what was asked for is what devices have. */
    void endsWell() {
        cluster.all(ConfigMap.class)
                .flatMap(object -> StoredMetadata.annotation(object, Names.SIGNED_AT).stream())
                .map(Instant::parse)
                .filter(clock.now::isBefore)
                .findFirst()
                .ifPresent(clock::set);
        settle();
        if (reading().published().isEmpty()) {
            History.sign(this, History.EVERYBODY);
            settle();
        }
        holdersOfTargetsSign();
        rest();
        assertThat(look().decision()).as("what it rests on").isInstanceOf(Decision.Wait.class);
        assertThat(published().targets().metadata().targets().keySet())
                .as("what devices are offered")
                .containsExactlyInAnyOrderElementsOf(cluster.all(Target.class)
                        .map(target -> target.getMetadata().getName())
                        .toList());
    }

    /** Where people sign targets, what was asked for takes them; and what they signed may make room for more. */
    private void holdersOfTargetsSign() {
        for (var before = -1L; before != cluster.revision(); ) {
            before = cluster.revision();
            History.signTargets(this, History.EVERYBODY);
            settle();
        }
    }

    long newestTimestamp() {
        return published().timestamp().metadata().version();
    }

    long newestRoot() {
        return published().root().metadata().version();
    }

    Repository published() {
        return reading().published().orElseThrow();
    }

    /** What is stored is read once for as long as it stays the same. */
    private Reading reading() {
        if (readAt != cluster.revision()) {
            readAt = cluster.revision();
            read = EndState.reading(cluster, ACME);
        }
        return read;
    }

    /** So many times over, two act on what both have seen: what the first has written, the second must not write. */
    void stalePlans() {
        stalePlans(8);
    }

    void stalePlans(int times) {
        restart(Interruption.NONE);
        var other = newOperator(Interruption.NONE);
        for (var time = 0; time < times; time++) {
            operator.sync();
            other.sync();
            var look = operator.look();
            var sameLook = other.look();
            operator.act(look);
            if (look.isCommitment()) {
                assertThatThrownBy(() -> other.act(sameLook))
                        .as("invariant 2: the second to act on %s", look.decision())
                        .isInstanceOf(PlanOutdatedException.class);
            } else {
                other.act(sameLook);
            }
        }
    }

    /** See {@link Field#mayBeHurried}. */
    void mayBeHurried() {
        field.ifPresent(Field::mayBeHurried);
    }

    /** See {@link Ledger#rootsMayComeTogether}. */
    void rootsMayComeTogether() {
        ledger.ifPresent(Ledger::rootsMayComeTogether);
    }

    /** Of the keys that were made for a rotation, the one for this role. */
    void loseKeyOf(String rotation, String role) {
        cluster.all(Secret.class)
                .filter(secret -> Optional.ofNullable(secret.getMetadata().getLabels())
                        .filter(labels ->
                                rotation.equals(labels.get(Names.ROOT_ROTATION)) && role.equals(labels.get(Names.ROLE)))
                        .isPresent())
                .toList()
                .forEach(cluster::delete);
    }

    void loseOnlineKey(String role) {
        cluster.all(Secret.class)
                .filter(secret ->
                        role.equals(Optional.ofNullable(secret.getMetadata().getLabels())
                                .map(labels -> labels.get(Names.ROLE))
                                .orElse("")))
                .findFirst()
                .ifPresent(secret -> remove(Secret.class, secret.getMetadata().getName()));
    }

    /** Status, reason and message of a condition of the Factory. */
    private String condition(String type) {
        return cluster.find(Factory.class, ACME.name()).orElseThrow().getStatus().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(condition -> condition.status() + ' ' + condition.reason() + ": " + condition.message())
                .collect(Collectors.joining());
    }

    String readiness() {
        return condition(Conditions.READY);
    }

    String rotationPending() {
        return condition(Conditions.ROTATION_PENDING);
    }

    /** The name of the RootRotation that the operator itself has declared. */
    String proposal() {
        return cluster.all(RootRotation.class)
                .map(rotation -> rotation.getMetadata().getName())
                .filter(name -> Names.isProposal("acme", name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        field.ifPresent(Field::close);
    }
}
