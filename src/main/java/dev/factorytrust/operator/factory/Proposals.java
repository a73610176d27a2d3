package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.OnlineKeys;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the Factory's policy asks root's holders for: a root before it expires, an online key before it is too old, a key
 * of another type where the spec names one. One proposal at a time, and one for all that falls due within two months:
 * holders meet seldom, and root versions are a budget.
 */
final class Proposals {

    private static final Duration JOINS = Duration.ofDays(60);

    /** @param keyType whether it is due because another type is wanted, and not by age */
    private record AgedKey(RoleName role, Instant due, boolean keyType) {}

    private Proposals() {}

    static Optional<Decision> plan(Situation situation) {
        var state = situation.state();
        if (state.reading().published().isEmpty()
                || situation.rotations().values().stream().anyMatch(Proposals::isOpen)) {
            return Optional.empty();
        }
        var root = state.roots().newest().orElseThrow().metadata();
        var renewal = renewal(state, root);
        var keys = PublicationSteps.ONLINE.stream()
                .flatMap(role -> aged(state, root, role).stream())
                .toList();
        if (renewal.isAfter(state.now())
                && keys.stream().allMatch(key -> key.due().isAfter(state.now()))) {
            return Optional.empty();
        }
        var joining = keys.stream()
                .filter(key -> !key.due().isAfter(state.now().plus(JOINS)))
                .toList();
        return Optional.of(
                new Decision.Declare(rotation(state, root, message(state, root, renewal, joining), joining)));
    }

    /** When something falls due by itself that only a new root can change; moments that have passed are among them. */
    static Stream<Instant> due(FactoryState state) {
        return state.reading().published().isEmpty()
                ? Stream.empty()
                : state.roots().newest().map(Signed::metadata).stream()
                        .flatMap(root -> Stream.concat(
                                Stream.of(renewal(state, root)),
                                PublicationSteps.ONLINE.stream()
                                        .flatMap(role -> aged(state, root, role).stream())
                                        .map(AgedKey::due)));
    }

    private static Instant renewal(FactoryState state, Root root) {
        return root.expires().minus(state.policy().rootRenewBefore());
    }

    /** A change of root that is wanted already makes a new root: what is due joins the next proposal after it. */
    private static boolean isOpen(Standing standing) {
        return switch (standing) {
            case Standing.Turn _, Standing.NeedsKeys _, Standing.Overtaken _ -> true;
            case Standing.Queued(var reason, var _) -> reason.equals("WaitsForTurn");
            case Standing.Stored stored -> stored.progress() != Standing.Progress.COMPLETED;
            case Standing.Rejected _, Standing.Superseded _ -> false;
        };
    }

    private static Optional<AgedKey> aged(FactoryState state, Root root, RoleName role) {
        return isOfAnotherType(state, root, role)
                ? Optional.of(new AgedKey(role, Instant.MIN, true))
                : since(state, root, role)
                        .map(made -> new AgedKey(role, made.plus(state.policy().onlineKeyMaxAge()), false));
    }

    /** @param due when their exchange is proposed: from the start, where the spec asks for keys of another type */
    record KeyAge(Instant since, Instant due) {}

    /** Of the oldest key that the root names for an online role; empty where none of them is stored. */
    static Optional<KeyAge> keyAge(FactoryState state, Root root, RoleName role) {
        return since(state, root, role)
                .map(since -> new KeyAge(
                        since,
                        isOfAnotherType(state, root, role)
                                ? since
                                : since.plus(state.policy().onlineKeyMaxAge())));
    }

    private static boolean isOfAnotherType(FactoryState state, Root root, RoleName role) {
        var wanted = state.policy().of(role).keyType();
        var holders = state.signers().holders(root, role);
        return root.role(role).keyids().stream()
                .filter(keyid -> !holders.contains(keyid))
                .anyMatch(keyid ->
                        type(root, keyid).filter(type -> type != wanted).isPresent());
    }

    private static Optional<Instant> since(FactoryState state, Root root, RoleName role) {
        var named = root.role(role).keyids();
        return state.onlineKeys().stream()
                .filter(stored -> stored.key()
                        .map(SoftwareKey::publicKey)
                        .filter(material -> named.stream().anyMatch(keyid -> Optional.ofNullable(
                                        root.keys().get(keyid))
                                .flatMap(Key::publicKey)
                                .filter(material::equals)
                                .isPresent()))
                        .isPresent())
                .map(OnlineKeys.StoredKey::secret)
                .map(secret -> Instant.parse(secret.getMetadata().getCreationTimestamp()))
                .min(Instant::compareTo);
    }

    private static Optional<KeyType> type(Root root, KeyId keyid) {
        return Optional.ofNullable(root.keys().get(keyid))
                .flatMap(Key::publicKey)
                .map(PublicKey::type);
    }

    private static String message(FactoryState state, Root root, Instant renewal, List<AgedKey> keys) {
        var why = new ArrayList<String>();
        if (!renewal.isAfter(state.now())) {
            why.add("root version " + root.version() + " expires " + root.expires());
        }
        var types = roles(keys.stream().filter(AgedKey::keyType).toList());
        if (!types.isEmpty()) {
            why.add("the spec asks for keys of another type for " + types);
        }
        var old = roles(keys.stream().filter(key -> !key.keyType()).toList());
        if (!old.isEmpty()) {
            why.add("the online keys of " + old + " reach rotationPolicy.onlineKeys.maxAge");
        }
        return "Proposed by the operator: " + String.join("; ", why);
    }

    private static String roles(List<AgedKey> keys) {
        return keys.stream().map(key -> key.role().value()).collect(Collectors.joining(", "));
    }

    private static RootRotation rotation(FactoryState state, Root root, String message, List<AgedKey> keys) {
        var spec = new RootRotationSpec(
                state.ref().name(),
                root.version(),
                null,
                message,
                null,
                null,
                keys.isEmpty()
                        ? null
                        : keys.stream().map(key -> online(key.role())).toList(),
                null);
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name(state, root, spec))
                .withNamespace(state.ref().namespace())
                .addToLabels(Names.FACTORY, state.ref().name())
                .build());
        rotation.setSpec(spec);
        return rotation;
    }

    /**
     * The same for everybody who sees the same state, so that two leaders declare one proposal; and another than those
     * that ended unsigned, for what ended is final.
     */
    private static String name(FactoryState state, Root root, RootRotationSpec spec) {
        var next = root.version() + 1;
        var ended = state.rotations().stream()
                .map(rotation -> rotation.getMetadata().getName())
                .filter(name -> Names.isProposal(state.ref().name(), name))
                .sorted()
                .collect(Collectors.joining(","));
        var seed = state.uid() + '/' + next + '/' + spec.sha256() + '/' + ended;
        return Names.proposal(state.ref().name(), next, Bytes.utf8(seed).sha256());
    }

    private static OnlineRole online(RoleName role) {
        return switch (role) {
            case TARGETS -> OnlineRole.TARGETS;
            case SNAPSHOT -> OnlineRole.SNAPSHOT;
            case TIMESTAMP -> OnlineRole.TIMESTAMP;
            case ROOT -> throw new IllegalArgumentException("root has no online key");
        };
    }
}
