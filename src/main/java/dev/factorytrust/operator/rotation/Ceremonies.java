package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootProposal;
import dev.factorytrust.tuf.repository.RootProposal.Proposed;
import dev.factorytrust.tuf.repository.RootProposal.Refused;
import dev.factorytrust.tuf.repository.SignatureTally;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the payload of the rotation whose turn it is, or finds the offered one, and counts the signatures on it. */
final class Ceremonies {

    private static final Duration SIGN_WITHIN = Duration.ofDays(30);

    private Ceremonies() {}

    static Standing begin(CeremonyInputs inputs, RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        var offered = inputs.stored().find(Names.payload(name)).filter(object -> isMeantFor(object, rotation));
        var promised = Optional.ofNullable(rotation.getStatus()).filter(status -> status.payload() != null);
        var offeredRoot = offered.flatMap(object -> root(inputs, object));
        var version = offeredRoot.map(Root::version).or(() -> promised.map(RootRotationStatus::toVersion));
        if (version.filter(made -> made <= inputs.newestVersion()).isPresent()) {
            return new Standing.Superseded(
                    "Overtaken",
                    "root version " + inputs.newestVersion() + " was published by another change after this one's"
                            + " payload was made; declare it anew if it is still wanted");
        }
        var life = RotationSpecs.expiresAfter(rotation.getSpec(), inputs.expiresAfter());
        var expires = offeredRoot
                .map(Root::expires)
                .or(() -> promised.map(status -> Instant.parse(status.payload().signBefore())
                        .minus(signWithin(life))
                        .plus(life)))
                .orElseGet(() -> inputs.now().plus(life));
        return switch (propose(inputs, rotation, expires)) {
            case Refused(var reason, var message) -> new Standing.Rejected(reason, message);
            case Proposed proposed -> turn(inputs, rotation, offered, proposed, life);
        };
    }

    private static RootProposal.Result propose(CeremonyInputs inputs, RootRotation rotation, Instant expires) {
        try {
            var change = RotationSpecs.change(
                    inputs.factory(),
                    rotation.getMetadata().getName(),
                    rotation.getSpec(),
                    inputs.newest().isEmpty() ? inputs.firstOnlineKeys() : Map.of(),
                    expires);
            return RootProposal.propose(inputs.dialect(), inputs.newest(), change);
        } catch (InvalidKeyException e) {
            return new Refused("InvalidKey", "a public key in addKeys can't be used: " + e.getMessage());
        }
    }

    private static Standing turn(
            CeremonyInputs inputs,
            RootRotation rotation,
            Optional<ConfigMap> offered,
            Proposed proposed,
            Duration life) {
        var canonical = inputs.dialect().canonical(proposed.next());
        var ours = offered.filter(object -> isOurs(object, rotation, canonical));
        var signBefore = ours.flatMap(Ceremonies::signBefore)
                .orElseGet(() -> proposed.next().expires().minus(life).plus(signWithin(life)));
        if (ours.isEmpty() && inputs.newest().isPresent() && isLost(rotation, canonical)) {
            return new Standing.Superseded(
                    "PayloadLost",
                    "its payload was deleted after it was offered, and can't be made again byte for byte; declare the"
                            + " change anew if it is still wanted");
        }
        var payload = ours.orElseGet(() -> payload(inputs, rotation, proposed.next(), canonical, signBefore));
        var offers = new ArrayList<SignatureTally.Offer>();
        var refused = new ArrayList<SignatureTally.Rejection>();
        for (var secret : inputs.signatures().getOrDefault(Names.payload(name(rotation)), List.of())) {
            switch (SignatureSecrets.parse(inputs.dialect(), secret)) {
                case SignatureSecrets.Offers(var found) -> offers.addAll(found);
                case SignatureSecrets.Refusal(var reason) ->
                    refused.add(
                            new SignatureTally.Rejection(secret.getMetadata().getName(), reason));
            }
        }
        var tally = SignatureTally.of(
                inputs.dialect(), canonical, inputs.newest(), proposed.next(), proposed.added(), offers);
        if (!tally.fullySigned() && !inputs.now().isBefore(signBefore)) {
            return new Standing.Superseded(
                    "PayloadExpired",
                    "not all signatures came before " + signBefore + "; declare the change anew, and sign sooner");
        }
        return new Standing.Turn(new Ceremony(
                rotation,
                payload,
                ours.isPresent(),
                canonical,
                proposed.next(),
                proposed.diff(),
                signBefore,
                tally,
                refused));
    }

    /** An offered payload is the rotation's own if it was made for this object and has the bytes that follow from it. */
    private static boolean isOurs(ConfigMap object, RootRotation rotation, Bytes canonical) {
        return isMeantFor(object, rotation)
                && StoredMetadata.file(object, Names.PAYLOAD_JSON)
                        .filter(canonical::equals)
                        .isPresent();
    }

    /** What somebody else put at a payload's name must not decide when the next root expires, or that it is too late. */
    private static boolean isMeantFor(ConfigMap object, RootRotation rotation) {
        return StoredMetadata.annotation(object, Names.OWNER_UID)
                .filter(rotation.getMetadata().getUid()::equals)
                .isPresent();
    }

    /** Status names a payload, and holders may have it in hand: no other may be offered under its name. */
    private static boolean isLost(RootRotation rotation, Bytes canonical) {
        return Optional.ofNullable(rotation.getStatus())
                .map(RootRotationStatus::payload)
                .filter(promised -> !canonical.sha256().equals(promised.sha256()))
                .isPresent();
    }

    /** In whole seconds, so that the expiry can be told from the moment that status names. */
    private static Duration signWithin(Duration life) {
        return shorter(SIGN_WITHIN, Duration.ofSeconds(life.toSeconds() / 3));
    }

    private static ConfigMap payload(
            CeremonyInputs inputs, RootRotation rotation, Root next, Bytes canonical, Instant signBefore) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(Names.payload(name(rotation)))
                .withNamespace(inputs.factory().namespace())
                .addToLabels(Names.FACTORY, inputs.factory().name())
                .addToLabels(Names.ROOT_ROTATION, name(rotation))
                .addToAnnotations(Names.OWNER_UID, rotation.getMetadata().getUid())
                .addToAnnotations(Names.SPEC_SHA256, RotationSpecs.sha256(rotation.getSpec()))
                .addToAnnotations(Names.ROOT_VERSION, Long.toString(next.version()))
                .addToAnnotations(
                        Names.SIGN_BEFORE,
                        signBefore.truncatedTo(ChronoUnit.SECONDS).toString())
                .endMetadata()
                .withImmutable(true)
                .withBinaryData(Map.of(Names.PAYLOAD_JSON, canonical.base64()))
                .build();
    }

    private static Optional<Root> root(CeremonyInputs inputs, ConfigMap payload) {
        try {
            return StoredMetadata.file(payload, Names.PAYLOAD_JSON)
                    .map(bytes -> inputs.dialect().decodeSigned(Root.class, bytes));
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> signBefore(ConfigMap payload) {
        try {
            return StoredMetadata.annotation(payload, Names.SIGN_BEFORE).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String name(RootRotation rotation) {
        return rotation.getMetadata().getName();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
