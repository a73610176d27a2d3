package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.SignatureTally;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a RootRotation's status says: who signed, who is missing, and what to do next. */
public final class RootRotationReport {

    private static final String PUBLISHING = "Publishing";
    private static final String OVERLAPPING = "Overlapping";

    private RootRotationReport() {}

    public static RootRotationStatus status(RootRotation rotation, Standing standing, Instant now) {
        var before = Optional.ofNullable(rotation.getStatus());
        return switch (standing) {
            case Standing.Turn(var ceremony) -> waiting(rotation, ceremony, now);
            case Standing.Queued(var reason, var message) ->
                ended(rotation, Phase.QUEUED, before, queued(reason, message), now);
            case Standing.NeedsKeys(var _, var roles) ->
                ended(
                        rotation,
                        Phase.QUEUED,
                        Optional.empty(),
                        queued("PreparingKeys", "New online keys are being made for " + names(roles)),
                        now);
            case Standing.Overtaken(var ceremony, var by) -> overtaken(rotation, ceremony, by, now);
            case Standing.Rejected(var reason, var message) ->
                ended(rotation, Phase.REJECTED, before, failed(reason, message), now);
            case Standing.Superseded(var reason, var message) ->
                ended(
                        rotation,
                        Phase.SUPERSEDED,
                        before,
                        List.of(Conditions.isFalse(Conditions.COMPLETE, reason, message)),
                        now);
            case Standing.Stored stored ->
                told(rotation, stored).orElseGet(() -> stored(rotation, before, stored, now));
        };
    }

    /** Of what is completed nothing changes any more: a Factory's whole history isn't verified again at every look. */
    private static Optional<RootRotationStatus> told(RootRotation rotation, Standing.Stored stored) {
        return Optional.ofNullable(rotation.getStatus())
                .filter(_ -> stored.progress() == Standing.Progress.COMPLETED)
                .filter(status -> status.phase() == Phase.COMPLETED
                        && Objects.equals(status.toVersion(), stored.version())
                        && Objects.equals(
                                status.observedGeneration(),
                                rotation.getMetadata().getGeneration()));
    }

    /** From the root itself, not from what was reported before: that may lack the signature which came last. */
    private static RootRotationStatus stored(
            RootRotation rotation, Optional<RootRotationStatus> before, Standing.Stored stored, Instant now) {
        var version = stored.version();
        return new RootRotationStatus(
                rotation.getMetadata().getGeneration(),
                phase(stored.progress()),
                version == 1 ? null : version - 1,
                version,
                before.map(RootRotationStatus::payload).orElse(null),
                stored.diff(),
                signatures(
                        stored.tally(),
                        before.map(RootRotationStatus::signatures)
                                .map(RootRotationStatus.Signatures::rejected)
                                .orElse(List.of())),
                merged(rotation, List.of(complete(stored)), now));
    }

    private static Phase phase(Standing.Progress progress) {
        return switch (progress) {
            case STORED -> Phase.PUBLISHING;
            case OVERLAPPING, PUBLISHED_OVERLAPPING -> Phase.OVERLAPPING;
            case COMPLETED -> Phase.COMPLETED;
        };
    }

    private static Condition complete(Standing.Stored stored) {
        var version = stored.version();
        return switch (stored.progress()) {
            case STORED -> Conditions.isFalse(Conditions.COMPLETE, PUBLISHING, publishing(version));
            case OVERLAPPING, PUBLISHED_OVERLAPPING ->
                Conditions.isFalse(Conditions.COMPLETE, OVERLAPPING, overlapping(stored));
            case COMPLETED ->
                Conditions.isTrue(Conditions.COMPLETE, "Published", "Root version " + version + " is published");
        };
    }

    /** For condition RotationPending of the Factory too: what happens when, while old and new online keys both sign. */
    public static String overlapping(Standing.Stored stored) {
        var until = stored.overlapUntil()
                .map(moment -> moment.truncatedTo(ChronoUnit.SECONDS).toString())
                .orElse("soon");
        return stored.progress() == Standing.Progress.OVERLAPPING
                ? "Old and new online keys both sign; root version " + stored.version() + " is published at " + until
                : "Root version " + stored.version() + " is published; the old online keys sign until " + until;
    }

    /** Its payload can be signed still, until another root is there. */
    private static RootRotationStatus overtaken(RootRotation rotation, Ceremony ceremony, String by, Instant now) {
        var waiting = waiting(rotation, ceremony, now);
        return new RootRotationStatus(
                waiting.observedGeneration(),
                Phase.QUEUED,
                waiting.fromVersion(),
                waiting.toVersion(),
                waiting.payload(),
                waiting.diff(),
                waiting.signatures(),
                merged(
                        rotation,
                        List.of(Conditions.isFalse(
                                Conditions.COMPLETE,
                                "Overtaken",
                                by + " comes first. " + message(ceremony)
                                        + ". If all sign it before the other is published, it is published first")),
                        now));
    }

    /** Of one that ended, what was known of its payload stays, so that its story can be read. */
    private static RootRotationStatus ended(
            RootRotation rotation,
            Phase phase,
            Optional<RootRotationStatus> before,
            List<Condition> conditions,
            Instant now) {
        return new RootRotationStatus(
                rotation.getMetadata().getGeneration(),
                phase,
                before.map(RootRotationStatus::fromVersion).orElse(null),
                before.map(RootRotationStatus::toVersion).orElse(null),
                before.map(RootRotationStatus::payload).orElse(null),
                before.map(RootRotationStatus::diff).orElse(null),
                before.map(RootRotationStatus::signatures).orElse(null),
                merged(rotation, conditions, now));
    }

    private static RootRotationStatus waiting(RootRotation rotation, Ceremony ceremony, Instant now) {
        var version = ceremony.next().version();
        var tally = ceremony.tally();
        return new RootRotationStatus(
                rotation.getMetadata().getGeneration(),
                ceremony.isBinding() ? Phase.PUBLISHING : Phase.AWAITING_SIGNATURES,
                version == 1 ? null : version - 1,
                version,
                new RootRotationStatus.Payload(
                        ceremony.payload().getMetadata().getName(),
                        ceremony.canonical().sha256(),
                        ceremony.signBefore().truncatedTo(ChronoUnit.SECONDS).toString()),
                ceremony.diff(),
                signatures(
                        tally,
                        Stream.concat(ceremony.refused().stream(), tally.rejected().stream())
                                .map(rejection -> new RootRotationStatus.RejectedSignature(
                                        rejection.source(), rejection.reason()))
                                .sorted(java.util.Comparator.comparing(RootRotationStatus.RejectedSignature::secret))
                                .toList()),
                merged(
                        rotation,
                        List.of(Conditions.isFalse(Conditions.COMPLETE, reason(ceremony), message(ceremony))),
                        now));
    }

    /** For condition RotationPending of the Factory too: what is waited for, from whom. */
    public static String message(Ceremony ceremony) {
        if (ceremony.isBinding()) {
            return publishing(ceremony.next().version());
        }
        var tally = ceremony.tally();
        var waits = new ArrayList<String>();
        tally.current()
                .filter(side -> !side.met())
                .ifPresent(side -> waits.add(lacking(side) + " of the present root"));
        if (!tally.next().met()) {
            waits.add(lacking(tally.next()) + " of the next root");
        }
        if (!tally.addedMissing().isEmpty()) {
            waits.add("each new key's own: " + HolderNames.names(tally.addedMissing()));
        }
        if (tally.current().isPresent() && tally.currentSideMet()) {
            waits.add(
                    "the present root's holders have signed, so it can no longer be taken back: whoever holds payload and"
                            + " signatures can complete it, unless another root version "
                            + ceremony.next().version() + " is published first");
        }
        var rejected = ceremony.refused().size() + tally.rejected().size();
        return "Root version " + ceremony.next().version() + " waits for signatures on ConfigMap "
                + ceremony.payload().getMetadata().getName() + ": " + String.join("; ", waits)
                + (rejected == 0 ? "" : ". " + rejected + " attached and not usable, see status.signatures.rejected");
    }

    /** The reason that goes with {@link #message}. */
    public static String reason(Ceremony ceremony) {
        if (ceremony.isBinding()) {
            return PUBLISHING;
        }
        return ceremony.refused().isEmpty() && ceremony.tally().rejected().isEmpty()
                ? "AwaitingSignatures"
                : "InvalidSignature";
    }

    private static String publishing(long version) {
        return "All have signed; root version " + version + " is being published";
    }

    private static String lacking(SignatureTally.Side side) {
        return (side.threshold() - side.signed().size()) + " more of " + HolderNames.names(side.missing());
    }

    private static String names(Set<RoleName> roles) {
        return roles.stream().map(RoleName::value).sorted().collect(Collectors.joining(", "));
    }

    private static RootRotationStatus.Signatures signatures(
            SignatureTally tally, List<RootRotationStatus.RejectedSignature> rejected) {
        return new RootRotationStatus.Signatures(
                tally.current().map(HolderNames::side).orElse(null),
                HolderNames.side(tally.next()),
                new RootRotationStatus.Added(HolderNames.refs(tally.addedMissing())),
                rejected);
    }

    private static List<Condition> queued(String reason, String message) {
        var waiting = Conditions.isFalse(Conditions.COMPLETE, reason, message);
        return reason.equals(CustodyChange.MISMATCH) || reason.equals(Ceremonies.SHARED_ROOT_KEY)
                ? List.of(waiting, Conditions.isTrue(Conditions.STALLED, reason, message))
                : List.of(waiting);
    }

    private static List<Condition> failed(String reason, String message) {
        return List.of(
                Conditions.isFalse(Conditions.COMPLETE, reason, message),
                Conditions.isTrue(Conditions.STALLED, reason, message));
    }

    private static List<Condition> merged(RootRotation rotation, List<Condition> wanted, Instant now) {
        var old = rotation.getStatus() == null ? null : rotation.getStatus().conditions();
        return Conditions.merge(old, wanted, rotation.getMetadata().getGeneration(), now);
    }
}
