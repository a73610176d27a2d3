package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A version of targets that holders sign, by the name that its payload begins with. No RootRotation may be called so. */
public record TargetsVersion(String namespace, String factory, long version) {

    private static final Pattern NAME = Pattern.compile("(?<factory>.+)-targets-(?<version>[1-9][0-9]{0,9})");

    /** @return empty where it is a RootRotation's name */
    static Optional<TargetsVersion> of(String namespace, String subject) {
        var name = NAME.matcher(subject);
        return name.matches()
                ? Optional.of(
                        new TargetsVersion(namespace, name.group("factory"), Long.parseLong(name.group("version"))))
                : Optional.empty();
    }

    /** What status says of it while it may be signed. */
    Optional<OfferedTargets> offered(Cluster cluster) {
        return offered(status(cluster));
    }

    private Optional<FactoryStatus> status(Cluster cluster) {
        return cluster.look(Factory.class, namespace, factory).map(Factory::getStatus);
    }

    private Optional<OfferedTargets> offered(Optional<FactoryStatus> status) {
        return payloads(status)
                .filter(payload -> payload.version() == version && payload.signatures() != null)
                .findFirst();
    }

    /**
     * What has become of signatures on it.
     *
     * @param state one word
     * @param missing who may still sign to some effect
     */
    record Outcome(String state, List<String> missing) {}

    /**
     * Waits until status says of each whether it counts.
     *
     * @throws Failure naming each that doesn't count, and why; and where status says nothing in time
     */
    Outcome awaitCounted(Cluster cluster, List<SignatureSecret> signatures, Waiting waiting) {
        return waiting.until(() -> outcome(status(cluster), signatures))
                .orElseThrow(() -> Failure.unreachable(
                        "the operator has said nothing of these signatures within "
                                + waiting.timeout().toSeconds()
                                + " s. Nothing is lost: run it again, or wait longer with --timeout",
                        null));
    }

    Optional<Outcome> outcome(Optional<FactoryStatus> status, List<SignatureSecret> signatures) {
        var published = status.map(FactoryStatus::roles)
                .map(roles -> roles.targets().version())
                .orElse(0L);
        if (published >= version) {
            return Optional.of(new Outcome(published == version ? "Published" : "Overtaken", List.of()));
        }
        if (isTakenBack(status)) {
            throw Failure.refused(
                    "version %d of %s/%s's targets is not offered any more: a change in it was taken back, or its time is over. What is still wanted is offered under another version (kubectl factory status); signatures of this one count again only if it is declared again before that"
                            .formatted(version, namespace, factory));
        }
        return offered(status).flatMap(payload -> outcome(payload, signatures));
    }

    private boolean isTakenBack(Optional<FactoryStatus> status) {
        return payloads(status).anyMatch(payload -> payload.version() == version && payload.signatures() == null);
    }

    private static Stream<OfferedTargets> payloads(Optional<FactoryStatus> status) {
        return status
                .map(FactoryStatus::targets)
                .map(FactoryStatus.TargetsSummary::payloads)
                .orElse(List.of())
                .stream();
    }

    private static Optional<Outcome> outcome(OfferedTargets payload, List<SignatureSecret> signatures) {
        var refused = payload.signatures().rejected().stream()
                .filter(rejection ->
                        signatures.stream().anyMatch(secret -> secret.name().equals(rejection.secret())))
                .toList();
        var signed = sides(payload)
                .flatMap(side -> side.signed().stream())
                .map(KeyRef::keyid)
                .collect(Collectors.toSet());
        var open = signatures.stream()
                .filter(secret -> !signed.containsAll(secret.keyids()))
                .filter(secret -> refused.stream()
                        .noneMatch(rejection -> rejection.secret().equals(secret.name())))
                .toList();
        if (!open.isEmpty()) {
            return Optional.empty();
        }
        if (!refused.isEmpty()) {
            throw Failure.refused(refused.stream()
                            .map(rejection -> "Secret " + rejection.secret() + " doesn't count: " + rejection.reason())
                            .collect(Collectors.joining(". "))
                    + ". It does no harm there; attach the right one in a Secret of another name");
        }
        return Optional.of(new Outcome("AwaitingSignatures", missing(payload)));
    }

    /** Whoever may still sign to some effect, by name. */
    public static List<String> missing(OfferedTargets payload) {
        return sides(payload)
                .filter(side -> side.signed().size() < side.threshold())
                .flatMap(side -> side.missing().stream())
                .map(key -> key.name() == null ? key.keyid() : key.name())
                .distinct()
                .toList();
    }

    private static Stream<Side> sides(OfferedTargets payload) {
        return Stream.of(payload.signatures().current(), payload.signatures().next())
                .filter(Objects::nonNull);
    }
}
