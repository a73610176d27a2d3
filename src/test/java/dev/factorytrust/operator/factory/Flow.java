package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.crypto.KeyType;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Something that the operator does in several writes.
 *
 * @param given how it comes to that, undisturbed
 * @param steps what people do; the operator runs until it rests after each
 */
record Flow(String name, Consumer<InMemoryStory> given, List<Consumer<InMemoryStory>> steps) {

    static final Person ALICE = Person.withKey("alice", KeyType.ED25519);
    static final Person BOB = Person.withKey("bob", KeyType.ED25519);

    static final List<Flow> ALL = List.of(
            new Flow("bootstrap with generated root keys", _ -> {}, List.of(Flow::generated)),
            new Flow(
                    "bootstrap with offline root keys",
                    _ -> {},
                    List.of(
                            story -> story.declareFactory("offline: {threshold: 2, keys: [%s]}"
                                    .formatted(InMemoryStory.declared(ALICE, BOB))),
                            story -> story.sign("acme-root-1", ALICE),
                            story -> story.sign("acme-root-1", BOB))),
            new Flow("refresh of the timestamp", Flow::generated, List.of(story -> story.pass(Duration.ofHours(23)))),
            new Flow(
                    "refresh of every role after a long rest",
                    Flow::generated,
                    List.of(story -> story.pass(Duration.ofDays(89)))),
            new Flow(
                    "change of targets",
                    Flow::generated,
                    List.of(
                            story -> {
                                story.addTarget("lmp-1", 1);
                                story.addTarget("lmp-2", 1);
                            },
                            story -> story.changeTarget("lmp-1", 2),
                            story -> story.remove(Target.class, "lmp-2"))),
            new Flow(
                    "root rotation with two holders",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.declare(
                                    "bob-joins",
                                    "root: {threshold: 2, addKeys: [%s]}".formatted(InMemoryStory.declared(BOB))),
                            story -> story.sign("bob-joins", ALICE),
                            story -> story.sign("bob-joins", BOB))),
            new Flow("erasure of the archive", Flow::generated, List.of(InMemoryStory::handInArchiveDigest)));

    private static void generated(InMemoryStory story) {
        story.declareFactory("generate: {}");
    }

    static void ownedByAlice(InMemoryStory story) {
        story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(ALICE)));
        story.settle();
        story.sign("acme-root-1", ALICE);
    }

    /** The story up to where the flow begins. */
    InMemoryStory begin() {
        var story = InMemoryStory.begin();
        given.accept(story);
        if (story.isDeclared()) {
            story.settle();
        }
        return story;
    }

    /** Goes through it to the end. */
    List<String> run(InMemoryStory story) {
        for (var step : steps) {
            step.accept(story);
            story.settle();
        }
        return story.end();
    }

    @Override
    public String toString() {
        return name;
    }
}
