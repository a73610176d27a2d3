package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootProposal;
import dev.factorytrust.tuf.repository.RootProposal.Proposed;
import dev.factorytrust.tuf.repository.RootProposal.Refused;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the payload of the rotation whose turn it is, or finds the offered one, and counts the signatures on it. */
final class Ceremonies {

    /** Not final: the Factory's owner may allow it. */
    static final String SHARED_ROOT_KEY = "SharedRootKey";

    private static final Duration SIGN_WITHIN = Duration.ofDays(30);

    /**
     * What has been offered to holders under the rotation's name.
     *
     * @param payload as it is stored, made for this very RootRotation
     * @param promised what status says of it, which outlives the object
     */
    private record Offered(Optional<ConfigMap> payload, Optional<Root> root, Optional<RootRotationStatus> promised) {

        static Offered of(CeremonyInputs inputs, RootRotation rotation) {
            var payload = inputs.stored()
                    .find(Names.payload(name(rotation)))
                    .filter(object -> Payloads.isMeantFor(object, rotation));
            return new Offered(
                    payload,
                    payload.flatMap(object -> Payloads.root(inputs.dialect(), object)),
                    Optional.ofNullable(rotation.getStatus()).filter(status -> status.payload() != null));
        }

        static Offered nothing() {
            return new Offered(Optional.empty(), Optional.empty(), Optional.empty());
        }

        Optional<Long> version() {
            return root.map(Root::version).or(() -> promised.map(RootRotationStatus::toVersion));
        }
    }

    private Ceremonies() {}

    /** Whether holders may be signing something under the rotation's name. */
    static boolean isOffered(CeremonyInputs inputs, RootRotation rotation) {
        return Offered.of(inputs, rotation).version().isPresent();
    }

    static Standing begin(CeremonyInputs inputs, RootRotation rotation) {
        var offered = Offered.of(inputs, rotation);
        if (offered.version().filter(made -> made <= inputs.newestVersion()).isPresent()) {
            if (!RotationSpecs.isCompromise(rotation)) {
                return new Standing.Superseded(
                        "Overtaken",
                        "root version " + inputs.newestVersion() + " was published by another change after this one's"
                                + " payload was made; declare it anew if it is still wanted");
            }
            // What was compromised is compromised still: it is offered again, for the root that came in between.
            offered = Offered.nothing();
        }
        var custody = new CustodyChange(inputs, rotation, offered.root());
        var rotated = custody.rotated();
        var keys = custody.keys(newOnlineKeys(inputs, rotation, rotated, offered));
        var refusal = custody.refusal(keys);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        var lacking = rotated.stream().filter(role -> !keys.containsKey(role)).collect(Collectors.toUnmodifiableSet());
        if (!lacking.isEmpty() && inputs.newest().isPresent()) {
            return offered.version().isEmpty()
                    ? new Standing.NeedsKeys(rotation, lacking)
                    : keyLost(lacking.toString());
        }
        var life = RotationSpecs.expiresAfter(rotation.getSpec(), inputs.expiresAfter());
        var promisedUntil = offered.promised()
                .map(status -> Instant.parse(status.payload().signBefore()))
                .map(signBefore -> signBefore.minus(signWithin(life)).plus(life));
        var expires = offered.root().map(Root::expires).or(() -> promisedUntil).orElseGet(() -> inputs.now()
                .plus(life));
        try {
            var change = custody.withThreshold(
                    RotationSpecs.change(inputs.factory(), name(rotation), rotation.getSpec(), keys, expires));
            var made = offered;
            return shared(inputs, change)
                    .or(() -> custody.mismatch(change))
                    .orElseGet(() -> propose(inputs, rotation, change, made, life));
        } catch (InvalidKeyException e) {
            return new Standing.Rejected("InvalidKey", "a public key in addKeys can't be used: " + e.getMessage());
        }
    }

    private static Standing propose(
            CeremonyInputs inputs, RootRotation rotation, RootChange change, Offered offered, Duration life) {
        return switch (RootProposal.propose(inputs.dialect(), inputs.newest(), change)) {
            case Refused(var reason, var message) -> new Standing.Rejected(reason, message);
            case Proposed proposed -> turn(inputs, rotation, offered, proposed, life);
        };
    }

    private static Standing keyLost(String what) {
        return new Standing.Rejected(
                "OnlineKeyLost",
                "a new online key that its payload names is gone from the cluster (" + what
                        + "), so that root could never be signed for; declare the change under a new name");
    }

    /**
     * The keys that the next root is to name anew: those made for this rotation, or for root 1 those that are there. Two
     * leaders may have made two for a role; then it is the one that the offered payload names, else the oldest.
     */
    private static Map<RoleName, List<PublicKey>> newOnlineKeys(
            CeremonyInputs inputs, RootRotation rotation, Set<RoleName> roles, Offered offered) {
        var first = inputs.newest().isEmpty();
        var made = first
                ? inputs.firstOnlineKeys()
                : inputs.newOnlineKeys().getOrDefault(rotation.getMetadata().getUid(), Map.of());
        return made.entrySet().stream()
                .filter(entry -> roles.contains(entry.getKey()))
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> List.of(choose(inputs, entry.getKey(), entry.getValue(), offered))));
    }

    private static PublicKey choose(CeremonyInputs inputs, RoleName role, List<PublicKey> made, Offered offered) {
        return made.stream()
                .filter(key -> offered.root()
                        .filter(root -> root.role(role)
                                .keyids()
                                .contains(
                                        inputs.dialect().keyId(inputs.dialect().key(key))))
                        .isPresent())
                .findFirst()
                .orElseGet(made::getFirst);
    }

    /** Roots carry no repository name: a root that one Factory's holders sign would be believed by the other's devices. */
    private static Optional<Standing> shared(CeremonyInputs inputs, RootChange change) {
        return change.root().map(RoleEdit::add).orElse(List.of()).stream()
                .flatMap(holder -> inputs
                        .sharedWith()
                        .apply(holder.key())
                        .map(other -> "the key of " + holder.name() + " is a root key of Factory " + other + " too")
                        .stream())
                .findFirst()
                .map(what -> new Standing.Queued(
                        SHARED_ROOT_KEY,
                        what
                                + ", so what is signed for one could be fed to the other's devices. Declare the change with a"
                                + " key of its own, or set spec.allowSharedRootKeys on this Factory"));
    }

    private static Standing turn(
            CeremonyInputs inputs, RootRotation rotation, Offered offered, Proposed proposed, Duration life) {
        var canonical = inputs.dialect().canonical(proposed.next());
        var ours = offered.payload().filter(object -> Payloads.isOurs(object, rotation, canonical));
        var signBefore = ours.flatMap(Payloads::signBefore)
                .orElseGet(() -> proposed.next().expires().minus(life).plus(signWithin(life)));
        var lost = offered.promised()
                .filter(status -> !canonical.sha256().equals(status.payload().sha256()))
                .isPresent();
        if (ours.isEmpty() && inputs.newest().isPresent() && lost) {
            return new Standing.Superseded(
                    "PayloadLost",
                    "its payload was deleted after it was offered, and can't be made again byte for byte; declare the"
                            + " change anew if it is still wanted");
        }
        var payload = ours.orElseGet(() -> Payloads.of(inputs, rotation, proposed.next(), canonical, signBefore));
        var attached = Attached.to(Names.payload(name(rotation)), canonical, proposed.next(), proposed.added(), inputs);
        if (!attached.tally().fullySigned() && !inputs.now().isBefore(signBefore)) {
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
                attached.tally(),
                attached.refused()));
    }

    /** In whole seconds, so that the expiry can be told from the moment that status names. */
    private static Duration signWithin(Duration life) {
        var third = Duration.ofSeconds(life.toSeconds() / 3);
        return SIGN_WITHIN.compareTo(third) <= 0 ? SIGN_WITHIN : third;
    }

    private static String name(RootRotation rotation) {
        return rotation.getMetadata().getName();
    }
}
