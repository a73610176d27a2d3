package dev.factorytrust;

import dev.factorytrust.stories.Disturbances;
import dev.factorytrust.stories.Performances;
import dev.factorytrust.stories.Performances.Performance;
import dev.factorytrust.stories.Rehearsal;
import dev.factorytrust.stories.Rehearsal.Disturbance;
import dev.factorytrust.testing.ControlPlane;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** However else the operator is disturbed, it ends where it would have ended, and no device has been refused on the way. */
class DisturbanceIT {

    private static final Duration STALE = Duration.ofSeconds(2);

    private static Performances performances;

    @BeforeAll
    static void rehearse() throws Exception {
        performances = new Performances();
    }

    @TestFactory
    @DisplayName("invariants 1, 2 and 3: two leaders, conflicts, cut watches and stale caches change no flow's end")
    Stream<DynamicContainer> an_operator_that_is_disturbed_ends_where_it_would_have_ended() {
        return performances.played(rehearsal -> List.of(
                disturbed(rehearsal, "two operators at once", Disturbances.twoAtOnce()),
                disturbed(rehearsal, "a conflict at every write", Disturbances.conflicts()),
                disturbed(rehearsal, "watches cut in the middle", Disturbances.watchesCut()),
                disturbed(rehearsal, "caches stale by " + STALE.toSeconds() + " s", Disturbances.stale(STALE))));
    }

    private static Performance disturbed(Rehearsal rehearsal, String how, Disturbance disturbance) {
        return new Performance(rehearsal.flow() + ", " + how, () -> rehearsal.play(disturbance));
    }

    @Test
    @DisplayName("invariants 1, 2 and 3: the API server restarted in the middle of each flow changes no flow's end")
    void an_operator_whose_api_server_is_restarted_ends_where_it_would_have_ended() throws Throwable {
        var middle = new CyclicBarrier(performances.rehearsed().size(), DisturbanceIT::restart);
        try (var stages = Executors.newVirtualThreadPerTaskExecutor()) {
            var playing = performances.rehearsed().stream()
                    .map(rehearsal ->
                            stages.submit(() -> rehearsal.play(Disturbances.inTheMiddle(() -> arrive(middle)))))
                    .toList();
            for (var played : playing) {
                Performances.await(played);
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
            middle.await(3, TimeUnit.MINUTES);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterAll
    static void close() {
        performances.close();
    }
}
