package dev.factorytrust.stories;

import dev.factorytrust.stories.Rehearsal.Disturbance;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ControlPlane;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** However the operator is interrupted, it ends where it would have ended, and no device has been refused on the way. */
class CrashIT {

    /** Flows that are played at a time, each in a namespace of its own: they wait for most of their time. */
    private static final int AT_A_TIME = 3;

    /** Which flows to play, as a part of their names. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("crash.flows", ""));

    private static final Duration STALE = Duration.ofSeconds(2);

    private static final ExecutorService STAGES = Executors.newFixedThreadPool(AT_A_TIME);
    private static final List<Rehearsal> REHEARSED = new ArrayList<>();

    @BeforeAll
    static void rehearse() throws Exception {
        var rehearsals = Flows.all().stream()
                .filter(flow -> ONLY.matcher(flow.name()).find())
                .map(flow -> STAGES.submit(() -> new Rehearsal(flow)))
                .toList();
        for (Future<Rehearsal> rehearsal : rehearsals) {
            REHEARSED.add(rehearsal.get());
        }
    }

    @TestFactory
    @DisplayName("invariants 1, 2 and 3: killed before and after every write, each flow ends as if it hadn't been")
    Stream<DynamicContainer> an_operator_that_is_killed_at_any_write_ends_where_it_would_have_ended() {
        return played(rehearsal -> {
            var performances = new ArrayList<Performance>();
            for (var point = 0; point < rehearsal.writes().size(); point++) {
                performances.add(killed(rehearsal, point, Fate.DIES_BEFORE));
                performances.add(killed(rehearsal, point, Fate.DIES_AFTER));
            }
            return performances;
        });
    }

    @TestFactory
    @DisplayName("invariants 1, 2 and 3: two leaders, conflicts, cut watches and stale caches change no flow's end")
    Stream<DynamicContainer> an_operator_that_is_disturbed_ends_where_it_would_have_ended() {
        return played(rehearsal -> List.of(
                disturbed(rehearsal, "two operators at once", Disturbances.twoAtOnce()),
                disturbed(rehearsal, "a conflict at every write", Disturbances.conflicts()),
                disturbed(rehearsal, "watches cut in the middle", Disturbances.watchesCut()),
                disturbed(rehearsal, "caches stale by " + STALE.toSeconds() + " s", Disturbances.stale(STALE))));
    }

    @Test
    @DisplayName("invariants 1, 2 and 3: the API server restarted in the middle of each flow changes no flow's end")
    void an_operator_whose_api_server_is_restarted_ends_where_it_would_have_ended() throws Throwable {
        var middle = new CyclicBarrier(REHEARSED.size(), CrashIT::restart);
        try (var stages = Executors.newVirtualThreadPerTaskExecutor()) {
            var playing = REHEARSED.stream()
                    .map(rehearsal ->
                            stages.submit(() -> rehearsal.play(Disturbances.inTheMiddle(() -> arrive(middle)))))
                    .toList();
            for (var played : playing) {
                await(played);
            }
        }
        assertThat(middle.isBroken()).isFalse();
    }

    /** When people have done what they had to do, and wait for operators that wait for the last of them. */
    private static void restart() {
        Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        ControlPlane.shared().restartApiServer();
    }

    private static void arrive(CyclicBarrier middle) {
        try {
            middle.await(1, TimeUnit.MINUTES);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One telling of a flow: how, and what is to be done and checked. */
    private record Performance(String name, Runnable play) {}

    private static Performance killed(Rehearsal rehearsal, int point, Fate fate) {
        var name = "%s, killed %s write %d: %s"
                .formatted(
                        rehearsal.flow(),
                        fate == Fate.DIES_BEFORE ? "before" : "after",
                        point + 1,
                        rehearsal.writes().get(point));
        return new Performance(name, () -> {
            var kill = new Kill(rehearsal.writes(), point, fate);
            rehearsal.play(Disturbances.at(kill));
            assertThat(kill.isDone()).as("the write was reached").isTrue();
        });
    }

    private static Performance disturbed(Rehearsal rehearsal, String how, Disturbance disturbance) {
        return new Performance(rehearsal.flow() + ", " + how, () -> rehearsal.play(disturbance));
    }

    /** Plays one flow's performances one after the other, and those of several flows at a time. */
    private static Stream<DynamicContainer> played(Function<Rehearsal, List<Performance>> programme) {
        return REHEARSED.stream()
                .map(rehearsal -> {
                    var tests = new ArrayList<DynamicTest>();
                    CompletableFuture<?> before = CompletableFuture.completedFuture(null);
                    for (var performance : programme.apply(rehearsal)) {
                        var played = before.handle((_, _) -> null).thenRunAsync(performance.play(), STAGES);
                        tests.add(dynamicTest(performance.name(), () -> await(played)));
                        before = played;
                    }
                    return dynamicContainer(rehearsal.flow().name(), tests);
                })
                .toList()
                .stream();
    }

    private static void await(Future<?> played) throws Throwable {
        try {
            played.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @AfterAll
    static void print_the_count() {
        STAGES.shutdownNow();
        REHEARSED.forEach(rehearsal -> System.out.printf(
                "%s: %d write points, %d updates of devices%n",
                rehearsal.flow(), rehearsal.writes().size(), rehearsal.updates()));
        System.out.printf(
                "crash harness: %d flows, %d write points, the operator killed before and after each%n",
                REHEARSED.size(),
                REHEARSED.stream()
                        .mapToInt(rehearsal -> rehearsal.writes().size())
                        .sum());
    }
}
