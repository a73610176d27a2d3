package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.factory.Interruption.Moment;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.api.model.HasMetadata;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What happens to a Factory, one thing after the other. The operator runs until it rests after each. */
record History(List<Happening> happenings) {

    /** What happens, and how the operator is disturbed while it sees to it. */
    record Happening(Act act, Optional<Disturbance> disturbance) {}

    sealed interface Act {

        /** Declares the Target, changes it, or takes it back where {@code release} is 0. */
        record SetTarget(int target, int release) implements Act {}

        record Pass(Duration time) implements Act {}

        /**
         * Declares a rotation; these holders sign it as soon as it is offered.
         *
         * @param change the spec but for {@code factory}, in flow style and without braces
         */
        record Declare(String change, Set<Integer> signers) implements Act {}

        /** These people sign whatever is offered to be signed by them. */
        record Sign(Set<Integer> holders) implements Act {}

        /** Takes back one of the rotations, whatever has become of it. */
        record Withdraw(int choice) implements Act {}
    }

    enum Kind {
        /** The process ends, and another goes on. */
        CRASH,
        /** Another leader goes to the end in the middle of a write. */
        ANOTHER_LEADER,
        /** Two leaders plan from the same state, and act one after the other. */
        STALE_PLANS
    }

    record Disturbance(Kind kind, int write, Moment moment) {}

    /** Holders of root, and then those of targets. */
    static final List<Person> PEOPLE = List.of(
            Flow.ALICE,
            Flow.BOB,
            Person.withKey("carol", KeyType.ED25519),
            Person.withKey("dave", KeyType.ED25519),
            Flow.TINA,
            Flow.TOM);

    static final int OF_ROOT = 4;

    /** Who signs targets, where people do. */
    static final List<String> CUSTODY = List.of(
            "targets: {addKeys: [%s]}".formatted(Flow.TOM.declared()),
            "targets: {addKeys: [%s], threshold: 2}".formatted(Flow.TOM.declared()),
            "targets: {removeKeys: [tina], addKeys: [%s]}".formatted(Flow.TOM.declared()),
            "targets: {removeKeys: [tom], threshold: 1}",
            "targets: {removeKeys: [tom], addKeys: [%s], threshold: 1}".formatted(Flow.TINA.declared()),
            "targets: {addKeys: [%s]}, rotateOnlineKeys: [timestamp]".formatted(Flow.TOM.declared()),
            "reason: Compromise, targets: {addKeys: [%s], removeKeys: [tina], threshold: 1}"
                    .formatted(Flow.TOM.declared()));

    static final Set<Integer> EVERYBODY = Set.of(0, 1, 2, 3, 4, 5);

    /** Each in its own second, so that rotations and Targets are of the same order of age in every run. */
    private static final Duration TICK = Duration.ofSeconds(1);

    /** Lives it through, disturbed or not. */
    List<String> live(InMemoryStory story, boolean disturbed) {
        IntStream.range(0, happenings.size()).forEach(number -> {
            var happening = happenings.get(number);
            live(story, number, disturbed ? happening : new Happening(happening.act(), Optional.empty()));
        });
        return story.endMeaning();
    }

    /** @param number which one of its history it is: rotations are named after that */
    static void live(InMemoryStory story, int number, Happening happening) {
        story.pass(TICK);
        happen(story, number, happening.act());
        happening.disturbance().ifPresent(disturbance -> disturb(story, disturbance));
        story.settle();
    }

    private static void happen(InMemoryStory story, int number, Act act) {
        switch (act) {
            case Act.SetTarget(var target, var release) -> setTarget(story, "lmp-" + target, release);
            case Act.Pass(var time) -> story.pass(time);
            case Act.Declare(var change, var signers) -> {
                if (change.contains("Compromise")) {
                    story.mayBeHurried();
                }
                story.declare("change-" + number, change);
                if (!signers.isEmpty()) {
                    story.settle();
                    sign(story, signers);
                }
            }
            case Act.Sign(var holders) -> sign(story, holders);
            case Act.Withdraw(var choice) -> {
                var rotations = story.cluster().all(RootRotation.class).toList();
                if (!rotations.isEmpty()) {
                    story.cluster().delete(rotations.get(choice % rotations.size()));
                }
            }
        }
    }

    /** Root is signed by holders of targets too where their keys change: who joins them proves that he has his. */
    static void sign(InMemoryStory story, Set<Integer> holders) {
        story.cluster().all(RootRotation.class).forEach(rotation -> holders.stream()
                .filter(holder -> holder < OF_ROOT || rotation.getSpec().targets() != null)
                .forEach(holder -> story.sign(rotation.getMetadata().getName(), PEOPLE.get(holder))));
        signTargets(story, holders);
    }

    static void signTargets(InMemoryStory story, Set<Integer> holders) {
        story.offeredTargets().forEach(version -> holders.stream()
                .filter(holder -> holder >= OF_ROOT)
                .forEach(holder -> story.sign(version, PEOPLE.get(holder))));
    }

    private static void setTarget(InMemoryStory story, String name, int release) {
        var there = story.cluster().find(Target.class, name).map(HasMetadata::getMetadata);
        if (release == 0) {
            story.remove(Target.class, name);
        } else if (there.isPresent()) {
            story.changeTarget(name, release);
        } else {
            story.addTarget(name, release);
        }
    }

    private static void disturb(InMemoryStory story, Disturbance disturbance) {
        switch (disturbance.kind()) {
            case CRASH -> story.restart(Interruption.crashAt(disturbance.write(), disturbance.moment()));
            case ANOTHER_LEADER ->
                story.restart(Interruption.atWrite(
                        disturbance.write(),
                        disturbance.moment(),
                        _ -> story.settle(story.newOperator(Interruption.NONE))));
            case STALE_PLANS -> story.stalePlans(disturbance.write());
        }
    }
}
