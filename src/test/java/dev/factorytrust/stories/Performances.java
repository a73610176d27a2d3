package dev.factorytrust.stories;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** All flows, rehearsed, and told again in whatever way. */
public final class Performances implements AutoCloseable {

    /** Flows that are played at a time, each in a namespace of its own: they wait for most of their time. */
    private static final int AT_A_TIME = 3;

    /** Which flows to play, as a part of their names. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("crash.flows", ""));

    private final ExecutorService stages = Executors.newFixedThreadPool(AT_A_TIME);
    private final List<Rehearsal> rehearsed = new ArrayList<>();

    /**
     * One telling of a flow.
     *
     * @param name how it is told
     * @param play what is to be done and checked
     */
    public record Performance(String name, Runnable play) {}

    /** Plays every flow once, undisturbed. */
    public Performances() throws ExecutionException, InterruptedException {
        var rehearsals = Flows.all().stream()
                .filter(flow -> ONLY.matcher(flow.name()).find())
                .map(flow -> stages.submit(() -> new Rehearsal(flow)))
                .toList();
        for (Future<Rehearsal> rehearsal : rehearsals) {
            rehearsed.add(rehearsal.get());
        }
    }

    public List<Rehearsal> rehearsed() {
        return rehearsed;
    }

    /** Plays one flow's performances one after the other, and those of several flows at a time. */
    public Stream<DynamicContainer> played(Function<Rehearsal, List<Performance>> programme) {
        return rehearsed.stream()
                .map(rehearsal -> {
                    var tests = new ArrayList<DynamicTest>();
                    CompletableFuture<?> before = CompletableFuture.completedFuture(null);
                    for (var performance : programme.apply(rehearsal)) {
                        var played = before.handle((_, _) -> null).thenRunAsync(performance.play(), stages);
                        tests.add(dynamicTest(performance.name(), () -> await(played)));
                        before = played;
                    }
                    return dynamicContainer(rehearsal.flow().name(), tests);
                })
                .toList()
                .stream();
    }

    /** What failed in another thread fails here. */
    public static void await(Future<?> played) throws Throwable {
        try {
            played.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        stages.shutdownNow();
        rehearsed.forEach(rehearsal -> System.out.printf(
                "%s: %d write points, %d updates of devices%n",
                rehearsal.flow(), rehearsal.writes().size(), rehearsal.updates()));
    }
}
