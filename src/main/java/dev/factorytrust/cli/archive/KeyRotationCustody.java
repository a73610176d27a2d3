package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.cli.ceremony.PayloadCheck;
import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootExtras;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Who holds the keys of the newest root, and what becomes of that with a rotation: people, the cluster, or both. */
final class KeyRotationCustody {

    private KeyRotationCustody() {}

    /** What the Factory declares; it takes effect with the first change of the holders of targets. */
    static Custody declared(FactorySpec spec) {
        return Optional.ofNullable(spec.targets())
                .map(FactorySpec.TargetsPolicy::custody)
                .orElse(Custody.ONLINE);
    }

    /** What root says. */
    static Custody inForce(KeyRotationState state) {
        return holders(state).isEmpty()
                ? Custody.ONLINE
                : hasOnlineKey(state, RoleName.TARGETS) ? Custody.SHARED : Custody.OFFLINE;
    }

    /** The holders of targets, by name; the keyid where root gives none. */
    static List<String> holders(KeyRotationState state) {
        var root = state.roots().root();
        var names = RootExtras.of(root).holders();
        return root.role(RoleName.TARGETS).keyids().stream()
                .filter(keyid -> !isOnline(state, names, RoleName.TARGETS, keyid))
                .map(keyid -> Optional.ofNullable(names.get(keyid)).orElse(keyid.value()))
                .toList();
    }

    private static boolean hasOnlineKey(KeyRotationState state, RoleName role) {
        var root = state.roots().root();
        var names = RootExtras.of(root).holders();
        return root.role(role).keyids().stream().anyMatch(keyid -> isOnline(state, names, role, keyid));
    }

    /** What nobody holds is the cluster's; an imported root gives no names, and there it is where the operator says so. */
    private static boolean isOnline(KeyRotationState state, Map<KeyId, String> names, RoleName role, KeyId keyid) {
        return !names.containsKey(keyid)
                && !state.active(role).containsKey(keyid)
                && (role != RoleName.TARGETS || !isOffline(state.factory()));
    }

    /** Whether the operator, who knows which keys the cluster has, finds that people alone hold targets. */
    private static boolean isOffline(Factory factory) {
        return declared(factory.getSpec()) == Custody.OFFLINE
                && Reports.status(factory)
                        .map(FactoryStatus::observedGeneration)
                        .filter(seen -> seen.equals(factory.getMetadata().getGeneration()))
                        .isPresent()
                && Reports.holds(Reports.conditions(factory), "CustodyPending").isEmpty();
    }

    /** As the RootRotation says it: whoever asks for all means all that the cluster holds. */
    static Optional<List<OnlineRole>> online(KeyRotationState state, KeyRotationRequest request) {
        var all = List.of(OnlineRole.values());
        return request.online()
                .map(roles -> roles.containsAll(all)
                        ? roles.stream()
                                .filter(role -> hasOnlineKey(state, role(role)))
                                .toList()
                        : roles);
    }

    /** Whose online keys are asked for, in words or by a Compromise. */
    static List<OnlineRole> wanted(KeyRotationState state, KeyRotationRequest request) {
        return online(state, request)
                .orElseGet(() -> request.compromise()
                        ? Arrays.stream(OnlineRole.values())
                                .filter(role -> hasOnlineKey(state, role(role)))
                                .toList()
                        : List.of());
    }

    /** The roles that get a new online key. */
    private static Set<RoleName> rotated(KeyRotationState state, KeyRotationRequest request) {
        var rotated = wanted(state, request).stream()
                .map(KeyRotationCustody::role)
                .collect(Collectors.toCollection(HashSet::new));
        if (goesOffline(state)) {
            rotated.remove(RoleName.TARGETS);
        }
        return rotated;
    }

    /** Whether the online key of targets is taken out of root. */
    private static boolean goesOffline(KeyRotationState state) {
        return !state.fresh(RoleName.TARGETS).isEmpty()
                && declared(state.factory().getSpec()) == Custody.OFFLINE
                && hasOnlineKey(state, RoleName.TARGETS);
    }

    /** The threshold of targets that the next root has to have; empty where it stays. */
    static OptionalInt threshold(KeyRotationState state) {
        var threshold = state.roots().root().role(RoleName.TARGETS).threshold();
        return declared(state.factory().getSpec()) == Custody.SHARED
                ? OptionalInt.of(Math.max(2, threshold)) // the cluster's key and a holder's at the least
                : OptionalInt.empty();
    }

    /**
     * The online keys that change, as the payload has them: new ones are the operator's to make.
     *
     * @param name what to call the payload
     * @throws dev.factorytrust.cli.console.Failure where a role has other new keys than the one that was asked for
     */
    static Map<RoleName, List<PublicKey>> newOnlineKeys(
            String name, KeyRotationState state, KeyRotationRequest request, Root next) {
        var keys = new EnumMap<RoleName, List<PublicKey>>(RoleName.class);
        rotated(state, request).forEach(role -> keys.put(role, List.of(newOnlineKey(name, role, state, next))));
        if (goesOffline(state)) {
            keys.put(RoleName.TARGETS, List.of());
        }
        return keys;
    }

    private static PublicKey newOnlineKey(String name, RoleName role, KeyRotationState state, Root next) {
        var current = state.roots().root();
        var own = state.fresh().values().stream().map(SoftwareKey::publicKey).toList();
        var fresh = next.role(role).keyids().stream()
                .filter(keyid -> !current.role(role).keyids().contains(keyid))
                .map(keyid -> next.keys().get(keyid).publicKey())
                .flatMap(Optional::stream)
                .filter(key -> !own.contains(key))
                .toList();
        if (fresh.size() != 1) {
            throw PayloadCheck.refused(
                    name, "it has %d new keys for %s instead of one".formatted(fresh.size(), role.value()));
        }
        if (current.keys().values().stream().map(Key::publicKey).anyMatch(Optional.of(fresh.getFirst())::equals)) {
            throw PayloadCheck.refused(name, "what it calls a new key for " + role.value() + " is an old one");
        }
        return fresh.getFirst();
    }

    private static RoleName role(OnlineRole role) {
        return switch (role) {
            case TIMESTAMP -> RoleName.TIMESTAMP;
            case SNAPSHOT -> RoleName.SNAPSHOT;
            case TARGETS -> RoleName.TARGETS;
        };
    }
}
