package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.factory.History.Happening;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Many histories that begin alike, as a tree: whatever can follow on one moment follows on a copy of the same cluster,
 * with the same devices in the field. Each path from the root to a leaf is a history that came to its own end; what they
 * have in common happens once.
 */
final class Family {

    private static final int GENERATIONS = 3;
    private static final int CHILDREN = 8;

    /** How many histories a family has. */
    static final int HISTORIES = (int) Math.pow(CHILDREN, GENERATIONS);

    /** How many things happen in all of them together, but for what they have in common. */
    static final int BRANCHES = IntStream.rangeClosed(1, GENERATIONS)
            .map(generation -> (int) Math.pow(CHILDREN, generation))
            .sum();

    private final Supplier<Happening> happenings;
    private final Consumer<InMemoryStory> atTheEnd;
    private final Deque<Happening> path = new ArrayDeque<>();

    Family(Supplier<Happening> happenings, Consumer<InMemoryStory> atTheEnd) {
        this.happenings = happenings;
        this.atTheEnd = atTheEnd;
    }

    /** @param inCommon how many happenings all of them begin with */
    void live(InMemoryStory begin, int inCommon) {
        try (var story = begin.fork()) {
            story.changeFactory("targets: {allowEmpty: true}");
            for (var count = 0; count < inCommon; count++) {
                happen(story);
            }
            branch(story, GENERATIONS);
        }
    }

    private void branch(InMemoryStory story, int generations) {
        if (generations == 0) {
            toldOnFailure(story::endsWell);
            atTheEnd.accept(story);
            return;
        }
        for (var child = 1; child < CHILDREN; child++) {
            try (var fork = story.fork()) {
                grow(fork, generations);
            }
        }
        // The last one goes on with the process that has been running all the time.
        grow(story, generations);
    }

    private void grow(InMemoryStory story, int generations) {
        happen(story);
        branch(story, generations - 1);
        path.removeLast();
    }

    private void happen(InMemoryStory story) {
        path.addLast(happenings.get());
        toldOnFailure(() -> History.live(story, path.size(), path.getLast()));
    }

    private void toldOnFailure(Runnable step) {
        try {
            step.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    path.stream().map(Happening::toString).collect(Collectors.joining("\n", "in the history\n", "")),
                    e);
        }
    }
}
