package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.Ceremony;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.runtime.Events;
import dev.factorytrust.operator.runtime.FactoryMetrics;
import dev.factorytrust.operator.runtime.FactoryMetrics.Pending;
import dev.factorytrust.operator.runtime.FactoryMetrics.Result;
import dev.factorytrust.operator.runtime.FactoryMetrics.RoleReport;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.verify.VerificationException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells people what happened: Events on transitions, metrics, the log. A refresh is no news, or an idle fleet would
 * write an Event an hour for each of its Factories.
 */
public final class FactoryNews {

    private static final Logger LOG = LoggerFactory.getLogger(FactoryNews.class);

    private final Events events;
    private final FactoryMetrics metrics;

    public FactoryNews(Events events, FactoryMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    void done(FactoryState state, Decision decision) {
        LOG.info("{}: {}", state.ref(), describe(decision));
        var factory = state.factory();
        switch (decision) {
            case Decision.Wait _,
                    Decision.Stall _,
                    Decision.CreateOnlineKeys _,
                    Decision.SignFirstRoot _,
                    Decision.StoreRoot _,
                    Decision.RestartOverlap _,
                    Decision.AddFinalizer _ -> {}
            case Decision.DeleteOwned(var object) -> {
                if (object.getMetadata()
                        .getName()
                        .equals(Names.timestamp(state.ref().name()))) {
                    events.normal(
                            factory,
                            "Deleting",
                            "Nothing is published any more, as deletionPolicy says; keys, payloads and metadata follow");
                }
            }
            case Decision.RemoveFinalizer _ -> {
                if (Deletion.isUnderWay(state)) {
                    events.normal(factory, "Deleted", "All that the operator wrote for this Factory is deleted");
                }
            }
            case Decision.Declare(var rotation) -> {
                if (rotation.getSpec().fromVersion() != null) {
                    events.normal(
                            factory,
                            "RotationProposed",
                            "RootRotation " + rotation.getMetadata().getName() + ": "
                                    + rotation.getSpec().message());
                }
            }
            case Decision.Adopt(var adoption, var _, var sources) -> {
                metrics.published(state.ref(), Result.PUBLISHED);
                adopted(factory, adoption, sources);
            }
            case Decision.RemoveKey(var key, var why) ->
                events.normal(
                        factory, "KeyRemoved", "Secret " + key.getMetadata().getName() + " was removed: " + why);
            case Decision.CreateRootKeys _ ->
                events.warning(
                        factory,
                        "RootKeysInCluster",
                        "Root keys were made in the cluster: download the archive, then have it erased");
            case Decision.WithdrawFirstRoot(var rotation, var _) ->
                events.warning(
                        factory,
                        "SignaturesLate",
                        "RootRotation " + rotation.getMetadata().getName()
                                + " was not signed in time; it is declared anew, and its new payload waits for everybody");
            case Decision.OpenCommitPoint(var floor) -> {
                if (floor > 0) {
                    events.warning(
                            factory,
                            "TimestampMissing",
                            "The timestamp was gone; versions go on above " + floor + ", the last that is known");
                }
            }
            case Decision.OfferPayload(var payload) ->
                events.normal(
                        factory,
                        "SignaturesWanted",
                        "ConfigMap " + payload.getMetadata().getName() + " waits for its signatures");
            case Decision.FlipRoot(var root, var _) -> {
                metrics.published(state.ref(), Result.PUBLISHED);
                rootPublished(factory, root.metadata().version());
            }
            case Decision.Publish(var plan, var _, var commit) -> {
                metrics.published(state.ref(), Result.PUBLISHED);
                if (plan.base().isPresent()
                        && commit.rootVersion() > state.stored().rootVersion()) {
                    rootPublished(factory, commit.rootVersion());
                }
                if (plan.base().isEmpty()) {
                    events.normal(factory, "Published", "The first metadata is published; devices can update");
                } else if (plan.renews(RoleName.TARGETS)) {
                    events.normal(
                            factory, "TargetsPublished", "Targets version " + plan.targetsVersion() + " is published");
                }
            }
            case Decision.PutBack(var original, var _) ->
                events.warning(
                        factory,
                        "PutBack",
                        "ConfigMap " + original.getMetadata().getName()
                                + " was deleted or replaced by somebody; it is back as it was");
            case Decision.PutBackTimestamp(var newest) ->
                events.warning(
                        factory,
                        "RolledBack",
                        "ConfigMap " + newest.getMetadata().getName()
                                + " had been put back to a version that devices have passed; the newest is there again");
            case Decision.Remove(var object, var why, var suspicious) -> {
                if (suspicious) {
                    events.warning(
                            factory,
                            "Removed",
                            "ConfigMap " + object.getMetadata().getName() + " was removed: " + why);
                }
            }
            case Decision.EraseRootKeys _ ->
                events.normal(factory, "RootKeysErased", "The root keys were erased from the cluster, for ever");
        }
    }

    private void adopted(Factory factory, Adoption.Adoptable adoption, List<String> sources) {
        var repository = adoption.repository();
        events.normal(
                factory,
                "Adopted",
                "Roots %d to %d, timestamp %d, snapshot %d and targets %d are served as they were received; versions go on from there. What they came from isn't needed any more and may be deleted: %s"
                        .formatted(
                                repository.roots().firstKey(),
                                repository.roots().lastKey(),
                                repository.timestamp().metadata().version(),
                                repository.snapshot().metadata().version(),
                                repository.targets().metadata().version(),
                                String.join(", ", sources)));
        if (!adoption.warnings().isEmpty()) {
            events.warning(
                    factory,
                    "ClientLimits",
                    "Adopted as it is, though not every TUF client can read it: "
                            + String.join("; ", adoption.warnings()));
        }
    }

    private void rootPublished(Factory factory, long version) {
        events.normal(factory, "RootPublished", "Root version " + version + " is published");
    }

    void outdated(FactoryState state, Decision decision) {
        if (isPublication(decision)) {
            metrics.published(state.ref(), Result.CONFLICT);
        }
    }

    void failed(FactoryState state, Decision decision, RuntimeException why) {
        LOG.warn("{}: {} failed: {}", state.ref(), describe(decision), why.getMessage());
        if (isPublication(decision)) {
            var refused = why instanceof UnpublishableException || why instanceof VerificationException;
            metrics.published(state.ref(), refused ? Result.REFUSED : Result.FAILED);
        }
    }

    /** An Event for each condition that began, or changed its reason. */
    void reported(Situation situation, Optional<FactoryStatus> before, FactoryStatus now) {
        var state = situation.state();
        var old = before.map(FactoryStatus::conditions).orElse(List.of());
        for (var condition : now.conditions()) {
            if (!condition.type().equals(Conditions.READY) && isNew(old, condition)) {
                if (isWarning(condition.type())) {
                    events.warning(state.factory(), condition.reason(), condition.message());
                } else {
                    events.normal(state.factory(), condition.reason(), condition.message());
                }
            }
        }
        var told = rejected(before);
        rejected(Optional.of(now)).stream()
                .filter(rejection -> !told.contains(rejection))
                .forEach(rejection -> events.warning(
                        state.factory(),
                        "SignatureRejected",
                        "Secret " + rejection.secret() + ": " + rejection.reason()));
        metrics.report(state.ref(), now.conditions(), roles(now), pending(situation));
    }

    private static List<RootRotationStatus.RejectedSignature> rejected(Optional<FactoryStatus> status) {
        return status.map(FactoryStatus::targets).map(FactoryStatus.TargetsSummary::payloads).orElse(List.of()).stream()
                .map(OfferedTargets::signatures)
                .filter(Objects::nonNull)
                .flatMap(signatures -> signatures.rejected().stream())
                .toList();
    }

    private static boolean isPublication(Decision decision) {
        return decision instanceof Decision.Publish
                || decision instanceof Decision.Adopt
                || decision instanceof Decision.FlipRoot;
    }

    private static boolean isNew(List<Condition> old, Condition condition) {
        return old.stream()
                .noneMatch(known -> known.type().equals(condition.type())
                        && known.reason().equals(condition.reason())
                        && known.status().equals(condition.status()));
    }

    private static boolean isWarning(String type) {
        return !List.of(
                        Conditions.RECONCILING,
                        Conditions.PAUSED,
                        Conditions.ROTATION_PENDING,
                        Conditions.TARGETS_PENDING)
                .contains(type);
    }

    private static Map<RoleName, RoleReport> roles(FactoryStatus status) {
        var reports = new EnumMap<RoleName, RoleReport>(RoleName.class);
        var roles = status.roles();
        if (roles != null) {
            reports.put(RoleName.ROOT, role(roles.root()));
            reports.put(RoleName.TARGETS, role(roles.targets()));
            reports.put(RoleName.SNAPSHOT, role(roles.snapshot()));
            reports.put(RoleName.TIMESTAMP, role(roles.timestamp()));
        }
        return reports;
    }

    private static RoleReport role(FactoryStatus.RoleStatus role) {
        return new RoleReport(role.version(), Instant.parse(role.expires()), Instant.parse(role.refreshAt()));
    }

    /** Counted from the offer of its payload: condition RotationPending may have begun with the rotation before. */
    static Optional<Pending> pending(Situation situation) {
        return situation.rotations().values().stream()
                .filter(Standing.Turn.class::isInstance)
                .map(standing -> ((Standing.Turn) standing).ceremony())
                .filter(Ceremony::offered)
                .findFirst()
                .map(ceremony -> new Pending(
                        ceremony.rotationName(),
                        RootRotationReport.reason(ceremony),
                        Optional.of(ceremony.lacking()),
                        offered(ceremony.payload())))
                .or(() -> situation.orphans().stream()
                        .filter(orphan -> orphan.hold() == Orphans.Hold.CURRENT_SIDE)
                        .findFirst()
                        .map(orphan -> new Pending(
                                orphan.rotation(),
                                Orphans.SIGNED_AND_DELETED,
                                Optional.empty(),
                                offered(orphan.payload()))));
    }

    private static Instant offered(ConfigMap payload) {
        return Instant.parse(payload.getMetadata().getCreationTimestamp());
    }

    private static String describe(Decision decision) {
        return decision instanceof Decision.DeleteOwned
                ? decision.toString()
                : decision.getClass().getSimpleName();
    }
}
