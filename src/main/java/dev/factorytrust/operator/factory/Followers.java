package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.target.TargetReport;
import dev.factorytrust.operator.target.TargetReport.Committed;
import dev.factorytrust.operator.target.TargetReport.FactoryFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What the last look at each Factory means for its RootRotations and Targets. Their reconcilers write their status from
 * here; only those are woken whose status would change, so that one of five thousand Targets costs one write.
 */
public final class Followers {

    private record Seen(Map<String, Standing> standings, FactoryFacts facts) {}

    private final Map<FactoryRef, Seen> seen = new ConcurrentHashMap<>();
    private final Consumer<HasMetadata> wake;

    /** @param wake has an object's own reconciler look at it */
    public Followers(Consumer<HasMetadata> wake) {
        this.wake = wake;
    }

    /**
     * Where the Factory's rotations stand, by UID; empty while there is no such Factory. Not by name: one that is declared
     * anew under the name of one that ended would be told that it has ended, and that is final.
     */
    public Optional<Map<String, Standing>> standings(FactoryRef factory) {
        return Optional.ofNullable(seen.get(factory)).map(Seen::standings);
    }

    /** What is known of the Factory; empty while there is no such Factory. */
    public Optional<FactoryFacts> facts(FactoryRef factory) {
        return Optional.ofNullable(seen.get(factory)).map(Seen::facts);
    }

    void look(Situation situation, Decision decision) {
        var state = situation.state();
        var standings = situation.rotations();
        var facts = facts(situation, decision);
        seen.put(state.ref(), new Seen(byUid(state, standings), facts));
        state.rotations().stream()
                .filter(rotation -> news(state, rotation, standings))
                .forEach(wake);
        state.targets().stream().filter(target -> news(state, target, facts)).forEach(wake);
    }

    private static Map<String, Standing> byUid(FactoryState state, Map<String, Standing> standings) {
        return state.rotations().stream()
                .map(RootRotation::getMetadata)
                .filter(rotation -> standings.containsKey(rotation.getName()))
                .collect(Collectors.toUnmodifiableMap(
                        ObjectMeta::getUid, rotation -> standings.get(rotation.getName())));
    }

    /** The Factory is gone: whatever still names it is told so. */
    public void forget(FactoryRef factory, Collection<? extends HasMetadata> followers) {
        seen.remove(factory);
        followers.forEach(wake);
    }

    private static boolean news(FactoryState state, RootRotation rotation, Map<String, Standing> standings) {
        return Optional.ofNullable(standings.get(rotation.getMetadata().getName()))
                .map(standing -> RootRotationReport.status(rotation, standing, state.now()))
                .filter(status -> !Objects.equals(status, rotation.getStatus()))
                .isPresent();
    }

    private static boolean news(FactoryState state, Target target, FactoryFacts facts) {
        return !Objects.equals(
                TargetReport.of(target, Optional.ofNullable(target.getStatus()), Optional.of(facts), state.now()),
                target.getStatus());
    }

    private static FactoryFacts facts(Situation situation, Decision decision) {
        var state = situation.state();
        var wishes = state.wishes();
        return new FactoryFacts(
                state.dialect(),
                state.uid(),
                state.reading()
                        .published()
                        .map(repository -> repository.targets().metadata())
                        .map(role ->
                                new Committed(role.version(), role.targets(), Optional.of(wishes.publishedRecord()))),
                wishes.plan().conflicts(),
                wishes.crowded(),
                problems(state, decision),
                TargetsReport.of(situation).awaited());
    }

    private static List<String> problems(FactoryState state, Decision decision) {
        var problems = new ArrayList<String>();
        if (decision instanceof Decision.Stall(var _, var message)) {
            problems.add(message);
        }
        if (Defaults.paused(state.spec())) {
            problems.add("the Factory is paused");
        }
        if (state.reading().published().isEmpty() && state.roots().newest().isEmpty()) {
            problems.add("the Factory has published nothing yet");
        }
        return problems;
    }
}
