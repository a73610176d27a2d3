package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.cli.ceremony.PayloadCheck;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.ceremony.TargetsPayload;
import dev.factorytrust.cli.ceremony.TargetsVersion;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.PublicationPlan;
import dev.factorytrust.tuf.repository.TargetsDiff;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of a rotation that comes when its root is signed and devices don't see it yet: a version of targets that holds
 * under both roots, for which the holder signs with the keys that he has, old and new.
 *
 * <p>It is to list what devices are served. Where it lists anything else, as it does when somebody has declared a change
 * meanwhile, a person has to look at it.
 */
final class KeyRotationTargets {

    /** How long the operator offers a version at the most. */
    private static final Duration OFFERED = Duration.ofDays(7);

    /** Each change uses one up. Who makes holders sign the last number that there is keeps them from ever signing again. */
    private static final long VERSIONS = 1000;

    private KeyRotationTargets() {}

    /** Empty where the root doesn't wait for the holder. */
    static Optional<KeyRotationStep> step(KeyRotationState state, KeyRotationRequest request) {
        return state.targets()
                .filter(targets -> targets.areMissing(state.roots().root()))
                .map(targets -> Boolean.TRUE.equals(state.factory().getSpec().paused())
                        ? new KeyRotationStep.Refuse(KeyRotationPreconditions.paused(request.factory()))
                        : offered(state, targets)
                                .map(offer -> step(state, request, targets, offer))
                                .orElseGet(() -> new KeyRotationStep.Wait(
                                        "root version " + state.roots().root().version()
                                                + " is signed; the operator has yet to offer the targets that hold under it",
                                        false)));
    }

    /** Rather one that changes nothing, than the newest. */
    private static Optional<AwaitedTargets.Offer> offered(KeyRotationState state, AwaitedTargets targets) {
        var open = targets.offers().stream()
                .filter(offer -> offer.payload().isPresent())
                .filter(offer -> targets.served()
                        .filter(served ->
                                served.metadata().version() >= offer.status().version())
                        .isEmpty())
                .toList();
        return open.stream()
                .filter(offer -> targets.served()
                        .filter(served -> offer.lists(
                                state.roots().dialect(), served.metadata().targets()))
                        .isPresent())
                .findFirst()
                .or(() -> open.stream().findFirst());
    }

    private static KeyRotationStep step(
            KeyRotationState state, KeyRotationRequest request, AwaitedTargets targets, AwaitedTargets.Offer offer) {
        var lacking = lacking(state, offer.status());
        if (lacking.isEmpty()) {
            var others = TargetsVersion.missing(offer.status());
            return new KeyRotationStep.Wait(
                    "targets version " + offer.status().version()
                            + (others.isEmpty()
                                    ? " is signed, and being published"
                                    : " waits for " + String.join(", ", others) + ", until "
                                            + offer.status().signBefore()),
                    true);
        }
        var payload = checked(state, request, targets, offer);
        return lacking.values().stream()
                .map(key -> SignatureSecret.name(payload, key.publicKey()))
                .flatMap(secret -> offer.status().signatures().rejected().stream()
                        .filter(rejection -> rejection.secret().equals(secret)))
                .map(RootRotationStatus.RejectedSignature::secret)
                .<KeyRotationStep>map(secret -> new KeyRotationStep.Refuse("Secret " + secret
                        + ", where a signature of yours belongs, is no good. Have it deleted, and run this again"))
                .findFirst()
                .orElseGet(() -> new KeyRotationStep.Sign(payload, lacking, unasked(state, request, targets, payload)));
    }

    /** The holder's keys whose signatures either root still asks for. */
    private static SortedMap<KeyId, SoftwareKey> lacking(KeyRotationState state, OfferedTargets offer) {
        var missing = Stream.of(offer.signatures().current(), offer.signatures().next())
                .filter(Objects::nonNull)
                .filter(side -> side.signed().size() < side.threshold())
                .flatMap(side -> side.missing().stream())
                .map(KeyRef::keyid)
                .collect(Collectors.toSet());
        var lacking = new TreeMap<>(state.targetsKeys(state.roots().visible().metadata()));
        lacking.putAll(state.targetsKeys(state.roots().root()));
        lacking.keySet().removeIf(keyid -> !missing.contains(keyid.value()));
        return lacking;
    }

    private static TargetsPayload checked(
            KeyRotationState state, KeyRotationRequest request, AwaitedTargets targets, AwaitedTargets.Offer offer) {
        var bytes = offer.payload().orElseThrow();
        var name = "targets version " + offer.status().version();
        if (!bytes.sha256().equals(offer.status().sha256())) {
            throw PayloadCheck.refused(
                    name,
                    "its sha256 is %s, and status.targets.payloads says %s"
                            .formatted(bytes.sha256(), offer.status().sha256()));
        }
        var newest = state.roots().newest();
        var payload = TargetsPayload.read(
                new InputFile("ConfigMap " + offer.status().configMap(), bytes),
                new InputFile("root version " + newest.metadata().version(), newest.file()),
                targets.served().map(served -> new InputFile("the targets that devices have", served.file())));
        if (!(payload.namespace() + '/' + payload.factory()).equals(request.namespace() + '/' + request.factory())
                || payload.next().version() != offer.status().version()) {
            throw PayloadCheck.refused(name, "it is " + payload.subject() + " of " + payload.namespace());
        }
        targets.served().map(Signed::metadata).ifPresent(served -> requireToFollow(state, name, served, payload));
        PayloadCheck.requireExpiry(name, payload.next().expires(), Optional.empty(), OFFERED, state.now());
        return payload;
    }

    /** All but what is listed is the operator's to choose within bounds, and a person looks at what is listed. */
    private static void requireToFollow(KeyRotationState state, String name, Targets served, TargetsPayload payload) {
        var next = payload.next();
        if (next.version() > served.version() + VERSIONS) {
            throw PayloadCheck.refused(
                    name, "devices have version " + served.version() + ", and it would use up all between");
        }
        var expected = PublicationPlan.newTargets(Optional.of(served), next.version(), next.targets(), next.expires());
        if (!state.roots().dialect().canonical(expected).equals(payload.bytes())) {
            throw PayloadCheck.refused(name, "its delegations or fields that no client knows are others");
        }
    }

    /** What a person has to look at, though he has said yes to all that he asked for. */
    private static List<String> unasked(
            KeyRotationState state, KeyRotationRequest request, AwaitedTargets targets, TargetsPayload payload) {
        var next = payload.next();
        var changed = targets.served()
                .map(served -> served.metadata().targets().equals(next.targets())
                        ? Optional.<String>empty()
                        : Optional.of("it changes what devices are offered, which goes beyond an exchange of keys"))
                .orElseGet(() -> Optional.of("devices would refuse what they are served (" + targets.refusal()
                        + "), so nothing tells what it changes"));
        var notes = Stream.of(changed, PayloadCheck.unusualExpiry(next.expires(), life(state), OFFERED, state.now()))
                .flatMap(Optional::stream)
                .map("note that "::concat);
        return Stream.concat(notes, published(request, next)).toList();
    }

    /** What devices are served says nothing where whoever stole the old key may have had it published. */
    private static Stream<String> published(KeyRotationRequest request, Targets next) {
        return !request.compromise() || next.targets().isEmpty()
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(
                                "note that the new key vouches for all that it lists, also for what a thief of the old one had published:"),
                        TargetsDiff.between(Optional.empty(), next).stream().map("  "::concat));
    }

    private static Duration life(KeyRotationState state) {
        return Optional.ofNullable(state.factory().getSpec().targets())
                .map(FactorySpec.TargetsPolicy::expiresAfter)
                .map(Durations::parse)
                .orElse(Durations.TARGETS_EXPIRES_AFTER);
    }
}
