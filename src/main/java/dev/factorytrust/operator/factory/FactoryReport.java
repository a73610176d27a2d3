package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.FactoryStatus.RoleStatus;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.rotation.Ceremony;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.repository.Schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a Factory's status says, from the same state and decision that the operator acts on. */
final class FactoryReport {

    private static final String CLOCK_SKEWED = "ClockSkewed";
    private static final String FIELDS_IGNORED = "FieldsIgnored";
    private static final String KEYS_IGNORED = "KeysIgnored";

    private FactoryReport() {}

    /** @param failure what went wrong when the decision was carried out; nothing is lost, and it is tried again */
    static FactoryStatus status(
            Situation situation, Decision decision, Optional<String> failure, Optional<String> publicUrl) {
        var state = situation.state();
        var rotations = situation.rotations();
        var before = state.status();
        var published = state.reading().published();
        var ceremony = ceremony(rotations);
        var targets = TargetsReport.of(situation);
        var conditions = new ArrayList<Condition>();
        conditions.addAll(readiness(
                state, decision, ceremony.map(RootRotationReport::message).or(targets::awaited)));
        conditions.addAll(targets.conditions());
        conditions.addAll(notices(state, decision, ceremony, failure));
        if (ceremony.isEmpty()) {
            overlapping(rotations)
                    .map(rotation -> overlapping(state, rotation))
                    .or(() -> orphaned(situation))
                    .or(() -> withoutRotation(state))
                    .ifPresent(conditions::add);
        }
        return new FactoryStatus(
                state.factory().getMetadata().getGeneration(),
                Conditions.merge(
                        before.map(FactoryStatus::conditions).orElse(null),
                        conditions,
                        state.factory().getMetadata().getGeneration(),
                        state.now()),
                // Status is what remembers the versions that devices saw, so it never goes back to older ones.
                published
                        .filter(repository -> repository.timestamp().metadata().version() >= Repairs.reported(state))
                        .map(repository -> roles(state, repository))
                        .or(() -> before.map(FactoryStatus::roles))
                        .orElse(null),
                targets.summary().or(() -> before.map(FactoryStatus::targets)).orElse(null),
                ceremony.map(Ceremony::rotationName)
                        .or(() -> overlapping(rotations).map(Map.Entry::getKey))
                        .orElse(null),
                state.roots()
                        .oldest()
                        .map(root -> root.file().sha256())
                        .or(() -> before.map(FactoryStatus::trustedRootSha256))
                        .orElse(null),
                erasedAt(state),
                publicUrl
                        .map(url -> url
                                + '/'
                                + state.ref().namespace()
                                + '/'
                                + state.ref().name())
                        .orElse(null));
    }

    private static Optional<Ceremony> ceremony(Map<String, Standing> rotations) {
        return rotations.values().stream()
                .flatMap(standing -> standing instanceof Standing.Turn(var ceremony)
                        ? Stream.of(ceremony)
                        : Stream.<Ceremony>empty())
                .findFirst();
    }

    /** The rotation whose online keys are on their way, if one's are. */
    private static Optional<Map.Entry<String, Standing.Stored>> overlapping(Map<String, Standing> rotations) {
        return rotations.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Standing.Stored stored
                        && (stored.progress() == Standing.Progress.OVERLAPPING
                                || stored.progress() == Standing.Progress.PUBLISHED_OVERLAPPING))
                .map(entry -> Map.entry(entry.getKey(), (Standing.Stored) entry.getValue()))
                .findFirst();
    }

    private static Condition overlapping(FactoryState state, Map.Entry<String, Standing.Stored> rotation) {
        return Conditions.isTrue(
                Conditions.ROTATION_PENDING,
                "Overlapping",
                "RootRotation " + rotation.getKey() + ": " + RootRotationReport.overlapping(rotation.getValue())
                        + whilePaused(state));
    }

    /** Its RootRotation is gone, but a stored root is rolled forward whatever happens to that. */
    private static Optional<Condition> withoutRotation(FactoryState state) {
        return state.stored()
                .overlapSince()
                .map(_ -> Conditions.isTrue(
                        Conditions.ROTATION_PENDING,
                        "Overlapping",
                        "Old and new online keys both sign"
                                + OverlapSteps.until(state)
                                        .map(until -> " until " + until.truncatedTo(ChronoUnit.SECONDS))
                                        .orElse("")
                                + whilePaused(state)
                                + ". The RootRotation that exchanged them was deleted, which takes nothing back"));
    }

    private static String whilePaused(FactoryState state) {
        return Defaults.paused(state.spec()) ? ", if it weren't paused: the wait begins anew after that" : "";
    }

    private static Optional<Condition> orphaned(Situation situation) {
        return situation.orphans().stream()
                .filter(orphan -> orphan.hold() == Orphans.Hold.CURRENT_SIDE)
                .findFirst()
                .map(orphan -> Conditions.isTrue(
                        Conditions.ROTATION_PENDING,
                        Orphans.SIGNED_AND_DELETED,
                        "RootRotation " + orphan.rotation()
                                + " was deleted after the present root's holders had signed its"
                                + " payload: who holds both can complete it. To be sure that it never is the next root, have"
                                + " another published"));
    }

    private static List<Condition> readiness(FactoryState state, Decision decision, Optional<String> awaited) {
        if (Deletion.isUnderWay(state)) {
            var held = Deletion.held(state);
            var message = "What the operator wrote for this Factory is being deleted, as deletionPolicy says"
                    + (held.isEmpty() ? "" : "; a finalizer holds " + String.join(", ", held));
            return List.of(
                    Conditions.isFalse(Conditions.READY, "Deleting", message),
                    Conditions.isTrue(Conditions.RECONCILING, "Deleting", message));
        }
        if (decision instanceof Decision.Stall(var reason, var message) && !reason.equals(CLOCK_SKEWED)) {
            return stalled(reason, message);
        }
        if (state.reading() instanceof Reading.Faulty faulty) {
            var tampered = BootstrapSteps.tampered(faulty);
            return stalled(tampered.reason(), tampered.message());
        }
        var published = state.reading().published();
        if (published.isEmpty() && state.lastPublished(RoleName.TIMESTAMP).isPresent()) {
            return stalled(
                    "MetadataMissing",
                    "The metadata that was published is gone from the cluster; it is put back as soon as the operator"
                            + " may write again");
        }
        if (published.isEmpty()) {
            var message = awaited.orElse("Making keys and the first metadata");
            return List.of(
                    Conditions.unknown(Conditions.READY, "Bootstrapping", message),
                    Conditions.isTrue(Conditions.RECONCILING, "Bootstrapping", message));
        }
        var expired = Stream.of(RoleName.values())
                .filter(role -> published.get().role(role).metadata().isExpired(state.now()))
                .map(RoleName::value)
                .toList();
        if (!expired.isEmpty()) {
            return stalled(
                    "Expired",
                    "Devices refuse to update: " + String.join(", ", expired) + " expired"
                            + (expired.contains("root")
                                    ? "; declare a RootRotation with expiresAfter and have root's holders sign it. Where fewer keys"
                                            + " are left than root's threshold asks for, no root can follow this one:"
                                            + " devices need another Factory's root (docs/lost-keys.md)"
                                    : "; see the other conditions and the operator's log for why it wasn't renewed"));
        }
        return List.of(Conditions.isTrue(
                Conditions.READY, "Published", "Devices can update; every role is signed and current"));
    }

    private static List<Condition> stalled(String reason, String message) {
        return List.of(
                Conditions.isFalse(Conditions.READY, reason, message),
                Conditions.isTrue(Conditions.STALLED, reason, message));
    }

    private static List<Condition> notices(
            FactoryState state, Decision decision, Optional<Ceremony> ceremony, Optional<String> failure) {
        var notices = new ArrayList<Condition>();
        if (decision instanceof Decision.Stall(var reason, var message) && reason.equals(CLOCK_SKEWED)) {
            notices.add(Conditions.isTrue(Conditions.DEGRADED, reason, message));
        } else {
            failure.ifPresent(message -> notices.add(Conditions.isTrue(
                    Conditions.DEGRADED,
                    switch (decision) {
                        case Decision.AddFinalizer _, Decision.RemoveFinalizer _, Decision.DeleteOwned _ ->
                            "DeletionFailed";
                        default -> "PublicationFailed";
                    },
                    message)));
        }
        Deletion.blocked(state).ifPresent(notices::add);
        if (Defaults.paused(state.spec())) {
            notices.add(Conditions.isTrue(
                    Conditions.PAUSED, "Paused", "spec.paused is true: nothing is signed, and what is served expires"));
        }
        ceremony.ifPresent(waiting -> notices.add(Conditions.isTrue(
                Conditions.ROTATION_PENDING,
                RootRotationReport.reason(waiting),
                "RootRotation " + waiting.rotationName() + ": " + RootRotationReport.message(waiting))));
        state.rootKeys()
                .ifPresent(secret ->
                        notices.add(rootKeys(state, secret.getMetadata().getName())));
        refusedKeys(state).ifPresent(notices::add);
        Support.ignored(state.factory(), state.now())
                .ifPresent(fields -> notices.add(Conditions.isTrue(FIELDS_IGNORED, "NotSupported", fields)));
        return notices;
    }

    /** Somebody put them there. They sign nothing, and whoever waits for one to be used should know why. */
    private static Optional<Condition> refusedKeys(FactoryState state) {
        var refused = state.onlineKeys().stream()
                .flatMap(key -> key
                        .refused()
                        .map(type -> "Secret " + key.secret().getMetadata().getName() + " (" + type.id() + ')')
                        .stream())
                .toList();
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of(Conditions.isTrue(
                        KEYS_IGNORED,
                        "UnsupportedKeyType",
                        String.join(", ", refused) + ": a key of a type that devices of dialect "
                                + state.dialect().id() + " refuse, so it is used for nothing. Delete it"));
    }

    private static Condition rootKeys(FactoryState state, String secret) {
        return RootKeys.wrongDigest(state)
                ? Conditions.isTrue(
                        Conditions.ROOT_KEYS_IN_CLUSTER,
                        "WrongDigest",
                        "The digest handed in is not that of the archive in Secret " + secret
                                + ", so nothing was erased: compute it from the file that you stored"
                                + " (sha256sum root-keys.tgz)")
                : Conditions.isTrue(
                        Conditions.ROOT_KEYS_IN_CLUSTER,
                        "NotRetrieved",
                        "Whoever can read Secret " + secret
                                + " can replace the root: store its root-keys.tgz offline, then"
                                + " set spec.rootKeysRetrieved to the SHA-256 of your file, and it is erased here");
    }

    /** Erased is what was here when last reported, and is gone; the moment is remembered in status alone. */
    private static String erasedAt(FactoryState state) {
        var before = state.status();
        var known = before.map(FactoryStatus::rootKeysErasedAt);
        var wasHere = before.map(FactoryStatus::conditions)
                .filter(conditions -> Conditions.holds(conditions, Conditions.ROOT_KEYS_IN_CLUSTER))
                .isPresent();
        return known.orElseGet(() -> wasHere && state.rootKeys().isEmpty()
                ? state.now().truncatedTo(ChronoUnit.SECONDS).toString()
                : null);
    }

    private static FactoryStatus.Roles roles(FactoryState state, Repository published) {
        return new FactoryStatus.Roles(
                role(
                        published,
                        RoleName.ROOT,
                        published
                                .root()
                                .metadata()
                                .expires()
                                .minus(state.policy().rootRenewBefore()),
                        Optional.empty()),
                online(state, published, RoleName.TARGETS),
                online(state, published, RoleName.SNAPSHOT),
                online(state, published, RoleName.TIMESTAMP));
    }

    private static RoleStatus online(FactoryState state, Repository published, RoleName role) {
        return role(
                published,
                role,
                Schedule.refreshAt(
                        state.uid(),
                        published.role(role).metadata(),
                        state.policy().of(role)),
                Proposals.keyAge(state, published.root().metadata(), role));
    }

    private static RoleStatus role(
            Repository published, RoleName name, Instant refreshAt, Optional<Proposals.KeyAge> keys) {
        var metadata = published.role(name).metadata();
        var role = published.root().metadata().role(name);
        return new RoleStatus(
                metadata.version(),
                metadata.expires().toString(),
                refreshAt.toString(),
                role.keyids().stream().map(KeyId::value).toList(),
                role.threshold(),
                keys.map(age -> age.since().toString()).orElse(null),
                keys.map(age -> age.due().toString()).orElse(null));
    }
}
