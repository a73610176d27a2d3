package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.OnlineKeys;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code deletionPolicy: Delete} means: a finalizer holds the Factory until all is gone that the operator wrote for
 * it. Under Retain there is none, and nothing is removed.
 *
 * <p>The order makes every moment in between a state that is known and safe, for the process may end at any of them, and
 * so may the wish: who sets Retain then keeps what is left. The commit point goes first: from there on nothing is
 * published, where otherwise a replica that starts just then would find a timestamp and only half of what it names; and a
 * Factory made again under the name stalls, where it would sign on. Private keys go next. Roots go last, the newest
 * first: as long as one is there nobody begins at version 1 anew, and what is left is a chain that holds.
 */
final class Deletion {

    /** The kinds that {@link #isOwned} knows. */
    static final List<Class<? extends HasMetadata>> KINDS = List.of(ConfigMap.class, Secret.class, RootRotation.class);

    /** The order in which objects go. */
    private enum Place {
        TIMESTAMP,
        KEY,
        PAYLOAD,
        METADATA,
        DECLARATION,
        ROOT
    }

    private static final Pattern VERSION = Pattern.compile("-([0-9]{1,15})(-part-[0-9]+)?$");

    private Deletion() {}

    /** Empty where the Factory lives on. */
    static Optional<Decision> plan(FactoryState state) {
        if (!isDeleted(state)) {
            return Optional.empty();
        }
        if (!isAskedFor(state)) {
            return isGuarded(state) ? Optional.of(new Decision.RemoveFinalizer()) : Optional.empty();
        }
        if (keysNotRetrieved(state).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(owned(state)
                .filter(object -> !object.isMarkedForDeletion())
                .min(Comparator.<HasMetadata, Place>comparing(object -> place(state.ref(), object))
                        .thenComparing(Deletion::version, Comparator.reverseOrder())
                        .thenComparing(object -> object.getMetadata().getName()))
                .<Decision>map(Decision.DeleteOwned::new)
                .orElseGet(() -> isGuarded(state) && held(state).isEmpty()
                        ? new Decision.RemoveFinalizer()
                        // Somebody else's finalizer holds it: nothing is begun anew for a Factory that is going.
                        : new Decision.Wait(state.now().plus(FactoryPlanner.LONGEST_SLEEP))));
    }

    /** Of a Factory that lives on: the finalizer comes and goes with the policy. */
    static Optional<Decision> guard(FactoryState state) {
        if (isDeleted(state) || isAskedFor(state) == isGuarded(state)) {
            return Optional.empty();
        }
        return Optional.of(isAskedFor(state) ? new Decision.AddFinalizer() : new Decision.RemoveFinalizer());
    }

    /** What has been deleted, and stays because of a finalizer of somebody else's. */
    static List<String> held(FactoryState state) {
        return owned(state)
                .filter(HasMetadata::isMarkedForDeletion)
                .map(object -> object.getKind() + ' ' + object.getMetadata().getName())
                .sorted()
                .toList();
    }

    /** Whether what the Factory has is being taken away: what it says of its followers means nothing any more. */
    static boolean isUnderWay(FactoryState state) {
        return isAskedFor(state) && isDeleted(state) && keysNotRetrieved(state).isEmpty();
    }

    /**
     * Everything else that goes is public, or its root's holders can replace it. Root keys can't be had again from anywhere,
     * and without them no device can ever be helped.
     */
    static Optional<Condition> blocked(FactoryState state) {
        return isAskedFor(state) && isDeleted(state)
                ? keysNotRetrieved(state)
                        .map(
                                secret -> Conditions.isTrue(
                                        Conditions.DELETION_BLOCKED,
                                        "RootKeysNotRetrieved",
                                        "Nothing is deleted yet, and devices are served as before: Secret "
                                                + secret.getMetadata().getName()
                                                + " has the only copy of the root keys that"
                                                + " anybody has shown to hold. Download and erase it (kubectl factory keys"
                                                + " download " + state.ref().name()
                                                + " --archive keys.tgz --erase), or, if no"
                                                + " device will ever need them, delete the Secret; or set deletionPolicy: Retain"))
                : Optional.empty();
    }

    private static Optional<Secret> keysNotRetrieved(FactoryState state) {
        return state.rootKeys().filter(_ -> isTrusted(state)).filter(_ -> !RootKeys.areRetrieved(state));
    }

    /** Whether devices may trust a root of this Factory, also where it has been lost since. */
    private static boolean isTrusted(FactoryState state) {
        return state.roots().newest().isPresent()
                || state.lastGood().isPresent()
                || state.stored().rootVersion() > 0
                || state.status().map(FactoryStatus::trustedRootSha256).isPresent();
    }

    static boolean isAskedFor(FactoryState state) {
        return state.spec().deletionPolicy() == FactorySpec.DeletionPolicy.DELETE;
    }

    private static boolean isDeleted(FactoryState state) {
        return state.factory().isMarkedForDeletion();
    }

    private static boolean isGuarded(FactoryState state) {
        return state.factory().hasFinalizer(Names.DELETION_FINALIZER);
    }

    private static Stream<? extends HasMetadata> owned(FactoryState state) {
        return Stream.of(
                        state.stored().everything(),
                        state.onlineKeys().stream().map(OnlineKeys.StoredKey::secret),
                        state.rootKeys().stream(),
                        state.rotations().stream())
                .flatMap(objects -> objects)
                .filter(object -> isOwned(state.ref(), object));
    }

    /**
     * What the operator wrote for the Factory, as far as label, name and type tell. What people wrote is theirs: Targets,
     * RootRotations, signatures, what was imported from.
     */
    static boolean isOwned(FactoryRef factory, HasMetadata object) {
        var name = object.getMetadata().getName();
        return FactoryCache.byLabel(object).equals(Optional.of(factory))
                && switch (object) {
                    case ConfigMap _ -> Names.isOurs(factory.name(), name) || isPayload(object.getMetadata());
                    case Secret secret ->
                        Names.ONLINE_KEY_TYPE.equals(secret.getType())
                                || Names.ROOT_KEYS_TYPE.equals(secret.getType())
                                        && name.equals(Names.rootKeys(factory.name()));
                    case RootRotation _ ->
                        name.equals(Names.firstRootRotation(factory.name())) || Names.isProposal(factory.name(), name);
                    default -> false;
                };
    }

    private static boolean isPayload(ObjectMeta metadata) {
        return Optional.ofNullable(metadata.getLabels().get(Names.ROOT_ROTATION))
                .map(Names::payload)
                .filter(metadata.getName()::equals)
                .isPresent();
    }

    private static Place place(FactoryRef factory, HasMetadata object) {
        var name = object.getMetadata().getName();
        return switch (object) {
            case Secret _ -> Place.KEY;
            case RootRotation _ -> Place.DECLARATION;
            default -> {
                if (name.equals(Names.timestamp(factory.name()))) {
                    yield Place.TIMESTAMP;
                }
                if (name.equals(Names.payload(Names.rotationOf(name)))) {
                    yield Place.PAYLOAD;
                }
                yield name.startsWith(factory.name() + "-root-") ? Place.ROOT : Place.METADATA;
            }
        };
    }

    /** A part goes after its head. A keyid may be all digits, and is no version. */
    private static long version(HasMetadata object) {
        if (!(object instanceof ConfigMap)) {
            return 0;
        }
        var version = VERSION.matcher(object.getMetadata().getName());
        return version.find() ? Long.parseLong(version.group(1)) : 0;
    }
}
