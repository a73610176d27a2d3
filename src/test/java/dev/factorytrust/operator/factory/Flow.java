package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.Dialect;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Something that the operator does in several writes.
 *
 * @param given how it comes to that, undisturbed
 * @param steps what people do; the operator runs until it rests after each
 * @param goal a line of the {@link EndState} that says that it was done
 */
record Flow(String name, Consumer<InMemoryStory> given, List<Consumer<InMemoryStory>> steps, String goal) {

    static final Person ALICE = Person.withKey("alice", KeyType.ED25519);
    static final Person BOB = Person.withKey("bob", KeyType.ED25519);

    static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    static final Person TOM = Person.withKey("tom", KeyType.ED25519);

    static final String OWNED_BY_ALICE = "offline: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(ALICE));

    static final List<Flow> ALL = List.of(
            new Flow(
                    "bootstrap with generated root keys",
                    _ -> {},
                    List.of(Flow::generated),
                    "root 1 of 1 of [generated-1]"),
            new Flow(
                    "bootstrap with offline root keys",
                    _ -> {},
                    List.of(
                            story -> story.declareFactory("offline: {threshold: 2, keys: [%s]}"
                                    .formatted(InMemoryStory.declared(ALICE, BOB))),
                            story -> story.sign("acme-root-1", ALICE),
                            story -> story.sign("acme-root-1", BOB)),
                    "root 1 of 2 of [alice, bob]"),
            new Flow(
                    "bootstrap with a holder who comes too late",
                    story -> story.declareFactory(OWNED_BY_ALICE),
                    List.of(story -> story.pass(Duration.ofDays(31)), story -> story.sign("acme-root-1", ALICE)),
                    "root 1 of 1 of [alice]"),
            new Flow(
                    "refresh of the timestamp",
                    Flow::generated,
                    List.of(story -> story.pass(Duration.ofHours(23))),
                    "timestamp 2"),
            new Flow(
                    "refresh of every role after a long rest",
                    Flow::generated,
                    List.of(story -> story.pass(Duration.ofDays(89))),
                    "timestamp 2"),
            new Flow(
                    "refresh that somebody asks for",
                    Flow::generated,
                    List.of(story -> {
                        story.pass(Duration.ofMinutes(1));
                        story.requestRefresh(story.now().toString());
                    }),
                    "timestamp 2"),
            new Flow(
                    "change of targets",
                    Flow::generated,
                    List.of(
                            story -> {
                                story.addTarget("lmp-1", 1);
                                story.addTarget("lmp-2", 1);
                            },
                            story -> story.changeTarget("lmp-1", 2),
                            story -> story.remove(Target.class, "lmp-2")),
                    "targets lmp-1 release 2"),
            new Flow(
                    "change of targets that one object can't hold",
                    Flow::generated,
                    List.of(
                            story -> IntStream.rangeClosed(10, 45).forEach(i -> story.addTarget("lmp-" + i, 1)),
                            story -> {
                                isInParts(story);
                                story.changeTarget("lmp-10", 2);
                            },
                            story -> {
                                // Until the first large version is out of use, and its parts with it.
                                story.pass(Duration.ofHours(25));
                                IntStream.rangeClosed(12, 45).forEach(i -> story.remove(Target.class, "lmp-" + i));
                            }),
                    "targets lmp-10 release 2, lmp-11 release 1"),
            new Flow(
                    "root rotation with two holders",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.declare(
                                    "bob-joins",
                                    "root: {threshold: 2, addKeys: [%s]}".formatted(InMemoryStory.declared(BOB))),
                            story -> story.sign("bob-joins", ALICE),
                            story -> story.sign("bob-joins", BOB)),
                    "root 2 of 2 of [alice, bob]"),
            new Flow(
                    "erasure of the archive",
                    Flow::generated,
                    List.of(InMemoryStory::handInArchiveDigest),
                    "root keys erased"),
            new Flow(
                    "exchange of all online keys and a root key",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.declare(
                                    "all",
                                    "rotateOnlineKeys: [timestamp, snapshot, targets], root: {addKeys: [%s], removeKeys: [alice]}"
                                            .formatted(InMemoryStory.declared(BOB))),
                            story -> story.sign("all", BOB),
                            story -> story.sign("all", ALICE),
                            story -> story.addTarget("meanwhile", 1),
                            Flow::overlapEnds,
                            Flow::overlapEnds,
                            Flow::keysRetire),
                    "root 2 of 1 of [bob]"),
            new Flow(
                    "compromise in an overlap",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.declare("calm", "rotateOnlineKeys: [snapshot]"),
                            story -> story.sign("calm", ALICE),
                            story -> {
                                story.mayBeHurried();
                                story.declare("stolen", "reason: Compromise");
                            },
                            story -> story.sign("stolen", ALICE),
                            Flow::keysRetire),
                    "root 3 of 1 of [alice]"),
            new Flow(
                    "a lost online key",
                    Flow::ownedByAlice,
                    List.of(
                            story -> {
                                story.mayBeHurried();
                                story.loseOnlineKey("timestamp");
                            },
                            story -> story.declare("recovery", "rotateOnlineKeys: [timestamp]"),
                            story -> story.sign("recovery", ALICE)),
                    "root 2 of 1 of [alice]"),
            new Flow(
                    "a rotation deleted before it is signed",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.declare("regretted", "rotateOnlineKeys: [targets]"),
                            story -> story.remove(RootRotation.class, "regretted"),
                            Flow::keysRetire),
                    "root 1 of 1 of [alice]"),
            new Flow(
                    "import of a fleet with all of its online keys",
                    story -> OldServer.handsOver(story, "targets", "snapshot", "timestamp"),
                    List.of(
                            story -> story.declareFactory(OldServer.IMPORT.formatted(1)),
                            story -> story.pass(Duration.ofHours(23)),
                            story -> story.addTarget("lmp-2", 2),
                            story -> story.declare(
                                    "bob-joins", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(BOB))),
                            story -> story.sign("bob-joins", BOB),
                            story -> story.sign("bob-joins", OldServer.HOLDER)),
                    "targets lmp-2 release 2, old release 1"),
            new Flow(
                    "import of a fleet with targets that one object can't hold",
                    story -> {
                        OldServer.files(story, OldServer.filesWithLargeTargets(new InDialect(story.dialect)));
                        OldServer.keys(story, "targets", "snapshot", "timestamp");
                    },
                    List.of(story -> story.declareFactory(OldServer.IMPORT.formatted(1)), Flow::isInParts),
                    "root 3 of 1 of []"),
            new Flow(
                    "import of a fleet from its second root, with an online key that nobody has",
                    _ -> {},
                    List.of(
                            story -> story.declareFactory(OldServer.IMPORT.formatted(2)),
                            story -> OldServer.handsOver(story, "targets", "snapshot"),
                            story -> {
                                story.mayBeHurried();
                                story.declare("recovery", "rotateOnlineKeys: [timestamp]");
                            },
                            story -> story.sign("recovery", OldServer.HOLDER)),
                    "root 4 of 1 of []"),
            new Flow(
                    "bootstrap with offline targets, and a change of them",
                    _ -> {},
                    List.of(
                            story -> story.declareFactory(
                                    OWNED_BY_ALICE
                                            + ", targets: {threshold: 2, keys: [%s]}"
                                                    .formatted(InMemoryStory.declared(TINA, TOM)),
                                    "{custody: Offline}"),
                            story -> signAll(story, "acme-root-1", ALICE, TINA, TOM),
                            story -> signAll(story, "acme-targets-1", TINA, TOM),
                            story -> story.addTarget("lmp-1", 1),
                            story -> signAll(story, "acme-targets-2", TINA, TOM)),
                    "targets lmp-1 release 1"),
            new Flow(
                    "a generated root and shared targets",
                    _ -> {},
                    List.of(
                            story -> story.declareFactory(
                                    "generate: {}, targets: {threshold: 1, keys: [%s]}"
                                            .formatted(InMemoryStory.declared(TINA)),
                                    "{custody: Shared}"),
                            story -> story.sign("acme-root-1", TINA),
                            story -> story.sign("acme-targets-1", TINA)),
                    "online [2, 1, 1]"),
            new Flow(
                    "holders of targets hand over",
                    Flow::ownedByTina,
                    List.of(
                            story -> story.declare(
                                    "hand-over",
                                    "targets: {removeKeys: [tina], addKeys: [%s]}"
                                            .formatted(InMemoryStory.declared(TOM))),
                            story -> signAll(story, "hand-over", ALICE, TOM),
                            story -> signAll(story, "acme-targets-2", TOM, TINA),
                            Flow::overlapEnds,
                            Flow::overlapEnds,
                            story -> story.addTarget("lmp-1", 1),
                            story -> story.sign("acme-targets-3", TOM)),
                    "targets lmp-1 release 1"),
            new Flow(
                    "a proposal",
                    Flow::ownedByAlice,
                    List.of(
                            story -> story.pass(Duration.ofDays(306)),
                            story -> story.sign(story.proposal(), ALICE),
                            Flow::overlapEnds,
                            Flow::overlapEnds,
                            Flow::keysRetire),
                    "root 2 of 1 of [alice]"));

    private static void isInParts(InMemoryStory story) {
        assertThat(story.cluster().all(ConfigMap.class).map(object -> object.getMetadata()
                        .getName()))
                .anyMatch(name -> name.matches("acme-targets-[0-9]+-part-2"));
    }

    static void ownedByTina(InMemoryStory story) {
        story.declareFactory(
                OWNED_BY_ALICE + ", targets: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(TINA)),
                "{custody: Offline}");
        story.settle();
        signAll(story, "acme-root-1", ALICE, TINA);
        story.settle();
        story.sign("acme-targets-1", TINA);
    }

    private static void signAll(InMemoryStory story, String payload, Person... people) {
        for (var person : people) {
            story.sign(payload, person);
        }
    }

    private static void overlapEnds(InMemoryStory story) {
        story.pass(Duration.ofMinutes(61));
    }

    private static void keysRetire(InMemoryStory story) {
        story.pass(Duration.ofMinutes(11));
    }

    private static void generated(InMemoryStory story) {
        story.declareFactory("generate: {}");
    }

    static void ownedByAlice(InMemoryStory story) {
        story.declareFactory(OWNED_BY_ALICE);
        story.settle();
        story.sign("acme-root-1", ALICE);
    }

    /** The story up to where the flow begins. */
    InMemoryStory begin(Dialect dialect) {
        var story = InMemoryStory.begin(dialect);
        given.accept(story);
        if (story.isDeclared()) {
            story.settle();
        }
        return story;
    }

    /** Goes through it to the end. */
    List<String> run(InMemoryStory story) {
        return run(story, _ -> {});
    }

    /** @param disturbance what happens right after each step, before the operator has seen to it */
    List<String> run(InMemoryStory story, Consumer<InMemoryStory> disturbance) {
        for (var step : steps) {
            step.accept(story);
            disturbance.accept(story);
            story.settle();
        }
        return story.end();
    }

    @Override
    public String toString() {
        return name;
    }
}
