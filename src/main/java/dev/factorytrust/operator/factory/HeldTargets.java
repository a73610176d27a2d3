package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.custody.Left;
import dev.factorytrust.operator.custody.TargetsCeremonies;
import dev.factorytrust.operator.custody.TargetsCeremony;
import dev.factorytrust.operator.custody.TargetsInputs;
import dev.factorytrust.operator.custody.TargetsPayload;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.KeyOverlap;
import dev.factorytrust.tuf.repository.ManagedPaths;
import dev.factorytrust.tuf.repository.PublicationPlan;
import dev.factorytrust.tuf.repository.RefreshPlanner;
import dev.factorytrust.tuf.repository.Schedule;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Targets that people hold keys of: offered, and published once they have signed. Until then the last signed ones stay
 * served, and what vouches for them is kept fresh.
 */
final class HeldTargets {

    static final String NEVER_OFFERED = "it isn't the payload of a version of targets that was offered to be signed";

    /** Nobody is offered more between two publications, and what a stranger puts far above takes no version. */
    private static final long OFFERED_AT_MOST = 10_000;

    /** Targets as holders have signed them, or as a publication that was cut off has left them. */
    private record Ready(TargetsPayload payload, Signed<Targets> signed) {}

    private HeldTargets() {}

    /** What holders are asked for; empty where the cluster signs targets alone, or there is no root yet. */
    static Optional<TargetsCeremonies> look(FactoryState state, Optional<KeyOverlap.Step> overlap) {
        var roots = overlap.map(step -> roots(state, step))
                .orElseGet(() ->
                        state.roots().newest().stream().map(Signed::metadata).toList());
        return roots.stream().anyMatch(root -> state.signers().needHolders(root, RoleName.TARGETS))
                ? Optional.of(TargetsCeremonies.of(
                        inputs(state, overlap.map(step -> isDue(state, step)).orElse(true)), roots))
                : Optional.empty();
    }

    private static boolean isDue(FactoryState state, KeyOverlap.Step step) {
        var published = state.reading().published().orElseThrow();
        return PublicationSteps.forced(state, step).contains(RoleName.TARGETS)
                || Schedule.isDue(
                        state.uid(),
                        published.targets().metadata(),
                        state.policy().targets(),
                        state.now());
    }

    /** No version up to this one is used again. */
    static long highestOffered(FactoryState state) {
        return TargetsCeremonies.highestOffered(inputs(state, false));
    }

    /** Also where the cluster signs targets alone: they use up versions. */
    static List<ConfigMap> planted(FactoryState state) {
        return TargetsCeremonies.planted(inputs(state, false));
    }

    /** The payloads that status names. */
    static List<OfferedTargets> reported(FactoryState state) {
        if (state.status().isEmpty()) {
            return forgotten(state);
        }
        return state.status()
                .map(FactoryStatus::targets)
                .map(FactoryStatus.TargetsSummary::payloads)
                .orElse(List.of());
    }

    /**
     * Where there is no status, the Factory was declared anew beside what is stored. Whether the operator made a payload
     * nobody knows any more, so none is believed but what would be offered now; people may have signed it, though, so the
     * newest one's version is taken.
     */
    private static List<OfferedTargets> forgotten(FactoryState state) {
        var published = state.lastPublished(RoleName.TARGETS).orElse(0L);
        return TargetsCeremonies.planted(inputs(state, false, List.of())).stream()
                .map(object -> object.getMetadata().getName())
                .map(name -> new OfferedTargets(
                        name,
                        Names.targetsPayloadVersion(state.ref().name(), name).orElseThrow(),
                        null,
                        null,
                        null,
                        null))
                .filter(payload -> payload.version() > published && payload.version() <= published + OFFERED_AT_MOST)
                .max(Comparator.comparingLong(OfferedTargets::version))
                .stream()
                .toList();
    }

    /** Before such a payload is removed, status has to know of it. */
    static Optional<Decision> remember(FactoryState state) {
        return state.status().isEmpty() && !forgotten(state).isEmpty()
                ? Optional.of(new Decision.Wait(state.now().plusSeconds(1)))
                : Optional.empty();
    }

    private static TargetsInputs inputs(FactoryState state, boolean wanted) {
        return inputs(state, wanted, reported(state));
    }

    private static TargetsInputs inputs(FactoryState state, boolean wanted, List<OfferedTargets> reported) {
        var above = state.reading()
                .published()
                .map(published -> PublicationSteps.seen(state, published, RoleName.TARGETS))
                .orElseGet(() -> BootstrapSteps.seen(state, RoleName.TARGETS));
        return new TargetsInputs(
                state.ref(),
                state.dialect(),
                state.stored(),
                state.targetsPayloads(),
                state.signers(),
                state.signatures(),
                reported,
                state.reading().published().map(published -> published.targets().metadata()),
                above,
                state.wishes().plan(),
                PublicationSteps.changeDue(state)
                        .filter(due -> due.isAfter(state.now()))
                        .isEmpty(),
                wanted,
                state.policy().targets(),
                state.now());
    }

    /**
     * What the cluster can sign alone goes first: it is there only when it is due, and must not wait for what may not be
     * possible to store. Unless the next root needs both in one commit.
     */
    static Optional<Decision> publish(FactoryState state, KeyOverlap.Step step, TargetsCeremonies ceremonies) {
        var published = state.reading().published().orElseThrow();
        var ready = ready(state, ceremonies);
        var possible = ready.isEmpty() && OverlapSteps.forced(step).contains(RoleName.TARGETS)
                ? new KeyOverlap.Hold(List.of(published.root().metadata()), Optional.empty())
                : step;
        var commit = OverlapSteps.commit(state, possible);
        var free = PublicationSteps.free(state, published);
        var publication = ready.map(targets -> new Decision.Publish(
                PublicationPlan.of(targets.signed(), free.snapshot(), free.timestamp(), Optional.of(published)),
                targets.payload().record(),
                commit));
        return FactoryPlanner.first(
                () -> removal(state, ceremonies),
                () -> publication.filter(_ -> OverlapSteps.forced(step).contains(RoleName.TARGETS)),
                () -> refresh(state, possible, commit),
                () -> publication,
                () -> ceremonies.offer().map(payload -> new Decision.OfferPayload(payload.object())));
    }

    /** Targets version 1; where the commit point was lost, those that devices had, or the first above them. */
    static Optional<Decision> publishFirst(FactoryState state, Root root, TargetsCeremonies ceremonies) {
        return FactoryPlanner.first(
                () -> removal(state, ceremonies),
                () -> ready(state, ceremonies)
                        .map(targets -> publishFirst(
                                state, root, targets.signed(), targets.payload().record())),
                () -> lost(state).map(targets -> publishFirst(state, root, targets, Optional.empty())),
                () -> ceremonies.offer().map(payload -> new Decision.OfferPayload(payload.object())));
    }

    private static Decision publishFirst(
            FactoryState state, Root root, Signed<Targets> targets, Optional<ManagedPaths> record) {
        return new Decision.Publish(
                PublicationPlan.of(
                        targets,
                        BootstrapSteps.highest(state, RoleName.SNAPSHOT),
                        Repairs.floor(state) + 1,
                        Optional.empty()),
                record,
                new Decision.Commit(List.of(root), root.version(), Optional.empty()));
    }

    /**
     * The newest stored targets, where devices may still be served them: nobody has to sign those again. What is newer than
     * all that is known to be published may have been taken back before it was, so that has to be what is wanted.
     */
    private static Optional<Signed<Targets>> lost(FactoryState state) {
        return FactoryGatherer.newestStored(state.dialect(), state.stored(), state.roots())
                .filter(targets -> targets.metadata().version() >= Repairs.floor(state, RoleName.TARGETS)
                        && targets.metadata().version() > Repairs.told(state)
                        && !targets.metadata().isExpired(state.now()))
                .filter(targets -> state.lastPublished(RoleName.TARGETS)
                                .filter(version -> version == targets.metadata().version())
                                .isPresent()
                        || !state.wishes().plan().held()
                                && targets.metadata()
                                        .targets()
                                        .equals(state.wishes().plan().content()));
    }

    private static Optional<Decision> refresh(FactoryState state, KeyOverlap.Step step, Decision.Commit commit) {
        var published = state.reading().published().orElseThrow();
        var canSign = commit.signers().stream()
                .allMatch(root -> state.signers().suffice(root, RoleName.SNAPSHOT)
                        && state.signers().suffice(root, RoleName.TIMESTAMP));
        return canSign
                ? RefreshPlanner.planWithoutTargets(
                                published,
                                PublicationSteps.forced(state, step),
                                PublicationSteps.free(state, published),
                                state.policy(),
                                state.uid(),
                                state.now())
                        .map(plan -> new Decision.Publish(plan, Optional.empty(), commit))
                : Optional.empty();
    }

    /** What stands where holders look for their payload, or where what they have signed is to be stored. */
    private static Optional<Decision> removal(FactoryState state, TargetsCeremonies ceremonies) {
        var planted = ceremonies.planted().stream().map(object -> new Decision.Remove(object, NEVER_OFFERED, true));
        var inTheWay = ceremonies.open().stream()
                .flatMap(ceremony ->
                        ceremony.left() instanceof Left.InTheWay(var object) ? Stream.of(object) : Stream.empty())
                .map(object -> new Decision.Remove(
                        object, "it isn't the version of targets that holders are asked to sign", true));
        var strayParts = ceremonies.open().stream()
                .limit(1)
                .flatMap(newest -> state.stored()
                        .strayParts(RoleName.TARGETS, newest.payload().version()))
                .map(part -> new Decision.Remove(part, "no head lists it", false));
        return Stream.of(planted, inTheWay, strayParts)
                .flatMap(removals -> removals)
                .map(Decision.class::cast)
                .findFirst();
    }

    private static Optional<Ready> ready(FactoryState state, TargetsCeremonies ceremonies) {
        return ceremonies.open().stream()
                .flatMap(ceremony -> ready(state, ceremony).stream())
                .findFirst();
    }

    /** A name is taken once: what a publication has stored that was cut off is published as it stands there. */
    private static Optional<Ready> ready(FactoryState state, TargetsCeremony ceremony) {
        var payload = ceremony.payload();
        return switch (ceremony.left()) {
            case Left.Whole(var targets) -> Optional.of(new Ready(payload, targets));
            case Left.Nothing _
            when ceremony.tally().isComplete() ->
                Optional.of(new Ready(
                        payload,
                        state.dialect()
                                .assemble(
                                        Targets.class,
                                        payload.canonical(),
                                        ceremony.tally().accepted())));
            case Left.Nothing _, Left.Outdated _, Left.InTheWay _ -> Optional.empty();
        };
    }

    /** The roots under which targets must hold that are published in this step, the older first. */
    static List<Root> roots(FactoryState state, KeyOverlap.Step step) {
        var all =
                switch (step) {
                    case KeyOverlap.Hold(var roots, var _) -> roots;
                    case KeyOverlap.SignWithBoth(var _, var roots) -> roots;
                    case KeyOverlap.Flip(var root, var _) -> List.of(root.metadata());
                    case KeyOverlap.FlipAtOnce(var root, var _) -> List.of(root.metadata());
                    case KeyOverlap.DropOld _ ->
                        List.of(state.reading().published().orElseThrow().root().metadata());
                };
        return all.stream().sorted(Comparator.comparingLong(Root::version)).toList();
    }

    /** From then on something has to be offered anew. */
    static Stream<Instant> due(Situation situation) {
        return situation.targets().stream()
                .flatMap(ceremonies -> ceremonies.open().stream())
                .map(ceremony -> ceremony.payload().signBefore());
    }
}
