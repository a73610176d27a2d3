package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.target.TargetWishes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.Coalescing;
import dev.factorytrust.tuf.repository.KeyOverlap;
import dev.factorytrust.tuf.repository.RefreshPlanner;
import dev.factorytrust.tuf.repository.RefreshPlanner.FreeVersions;
import dev.factorytrust.tuf.repository.Repository;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps what is published fresh, and brings changed Targets to devices. */
final class PublicationSteps {

    static final List<RoleName> ONLINE = List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP);

    private PublicationSteps() {}

    /** @param step of the overlap of online keys: it may force a publication, and says who signs */
    static Optional<Decision> plan(Situation situation, KeyOverlap.Step step) {
        var state = situation.state();
        return FactoryPlanner.first(
                () -> lostKey(state, state.roots().newest().orElseThrow().metadata()), () -> publish(situation, step));
    }

    /** A missing key stalls at once, not when its role falls due: there is more time to mend it, and nothing is replaced. */
    static Optional<Decision> lostKey(FactoryState state, Root root) {
        return ONLINE.stream()
                .filter(role -> !state.signers().sufficeWithHolders(root, role))
                .flatMap(role -> state.signers().missing(root, role).stream()
                        .map(keyid -> secret(state, role, keyid, root.keys().get(keyid))))
                .findFirst()
                .map(
                        secret -> new Decision.Stall(
                                "OnlineKeyMissing",
                                secret
                                        + " is missing or doesn't hold the key that root names; restore it. What is"
                                        + " published stays served until it expires; no key is replaced without root's holders"));
    }

    /** Named after our keyid, which an imported root need not use. */
    private static String secret(FactoryState state, RoleName role, KeyId keyid, Key key) {
        return Optional.ofNullable(key)
                .flatMap(Key::publicKey)
                .map(publicKey -> "Secret " + ImportSteps.secretName(state, role, publicKey))
                .orElse("The key " + keyid + " of " + role + ", which is of a kind that can't be used here,");
    }

    private static Optional<Decision> publish(Situation situation, KeyOverlap.Step step) {
        return situation
                .targets()
                .map(ceremonies -> HeldTargets.publish(situation.state(), step, ceremonies))
                .orElseGet(() -> publishAlone(situation.state(), step));
    }

    private static Optional<Decision> publishAlone(FactoryState state, KeyOverlap.Step step) {
        var published = state.reading().published().orElseThrow();
        var wishes = state.wishes();
        var desired = Optional.of(wishes.plan())
                .filter(_ -> changeDue(state)
                        .filter(due -> !state.now().isBefore(due))
                        .isPresent())
                .map(plan -> plan.content());
        return RefreshPlanner.plan(
                        published,
                        desired,
                        forced(state, step),
                        free(state, published),
                        state.policy(),
                        state.uid(),
                        state.now())
                .map(plan -> new Decision.Publish(
                        plan,
                        plan.targets()
                                .map(_ -> desired.isPresent() ? wishes.plan().record() : wishes.publishedRecord()),
                        OverlapSteps.commit(state, step)));
    }

    /** The roles that are published anew though none is due. */
    static Set<RoleName> forced(FactoryState state, KeyOverlap.Step step) {
        var published = state.reading().published().orElseThrow();
        return Stream.of(
                        OverlapSteps.forced(step),
                        Repairs.belowFloor(state, published),
                        RefreshRequest.due(state, published))
                .flatMap(Set::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** When the next thing falls due by itself. */
    static Optional<Instant> nextDue(FactoryState state) {
        return state.reading().published().map(published -> Stream.of(
                        Optional.of(RefreshPlanner.nextDue(published, state.policy(), state.uid())),
                        changeDue(state),
                        RefreshRequest.awaited(state))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .orElseThrow());
    }

    /** When what is declared has stood for long enough; empty where it is what is published. */
    static Optional<Instant> changeDue(FactoryState state) {
        var quiet = state.quiet();
        return Optional.of(state.wishes())
                .map(TargetWishes::plan)
                .filter(plan -> plan.changed() && !plan.held())
                .flatMap(_ ->
                        quiet.first().flatMap(first -> quiet.last().map(last -> Coalescing.publishAt(first, last))));
    }

    static FreeVersions free(FactoryState state, Repository published) {
        return new FreeVersions(
                state.stored().freeVersion(RoleName.TARGETS, above(state, published, RoleName.TARGETS)),
                state.stored().freeVersion(RoleName.SNAPSHOT, above(state, published, RoleName.SNAPSHOT)),
                above(state, published, RoleName.TIMESTAMP) + 1);
    }

    private static long above(FactoryState state, Repository published, RoleName role) {
        var highest = seen(state, published, role);
        return role == RoleName.TARGETS ? Math.max(highest, HeldTargets.highestOffered(state)) : highest;
    }

    /** The highest version that devices may have seen. */
    static long seen(FactoryState state, Repository published, RoleName role) {
        return Math.max(published.role(role).metadata().version(), Repairs.floor(state, role));
    }
}
