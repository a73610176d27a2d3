package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.PublicationPlan;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * From nothing to the first publication: the commit point, keys, root 1, and then targets, snapshot and timestamp in one
 * commit. Where root 1 exists, only the last is left to do: while any root exists, no root is made.
 */
final class BootstrapSteps {

    private BootstrapSteps() {}

    static Optional<Decision> plan(Situation situation) {
        var state = situation.state();
        if (state.reading() instanceof Reading.Faulty faulty) {
            return Optional.of(tampered(faulty));
        }
        if (state.stored().timestamp().isEmpty()) {
            return Optional.of(new Decision.OpenCommitPoint(0));
        }
        return state.roots()
                .newest()
                .map(root -> FactoryPlanner.first(
                        () -> PublicationSteps.lostKey(state, root.metadata()), () -> firstPublication(situation)))
                .orElseGet(() -> FactoryPlanner.first(
                        () -> rootsLost(state),
                        () -> custodyMismatch(state),
                        () -> rootKeys(state),
                        () -> onlineKeys(state),
                        () -> firstRoot(situation)));
    }

    static Decision.Stall tampered(Reading.Faulty faulty) {
        return new Decision.Stall(
                "MetadataTampered",
                faulty.object() + ": " + faulty.problem()
                        + ". Devices are served the last state that held; restore the object from a backup");
    }

    /** Everything anew, above every version that a device may have seen, with what targets listed before. */
    private static Optional<Decision> firstPublication(Situation situation) {
        var state = situation.state();
        var root = state.roots().newest().orElseThrow().metadata();
        return situation
                .targets()
                .map(ceremonies -> HeldTargets.publishFirst(state, root, ceremonies))
                .orElseGet(() -> publishAlone(state, root));
    }

    private static Optional<Decision> publishAlone(FactoryState state, Root root) {
        var wishes = state.wishes();
        return Optional.of(new Decision.Publish(
                new PublicationPlan(
                        Optional.of(wishes.plan().content()),
                        highest(state, RoleName.TARGETS),
                        OptionalLong.of(highest(state, RoleName.SNAPSHOT)),
                        Repairs.floor(state) + 1,
                        Optional.empty()),
                Optional.of(wishes.plan().record()),
                new Decision.Commit(List.of(root), root.version(), Optional.empty())));
    }

    /** The first version of an online role that nothing has taken, above all that devices may have seen. */
    static long highest(FactoryState state, RoleName role) {
        var floor = seen(state, role);
        return state.stored()
                .freeVersion(
                        role, role == RoleName.TARGETS ? Math.max(floor, HeldTargets.highestOffered(state)) : floor);
    }

    /** The highest version that devices may have seen. */
    static long seen(FactoryState state, RoleName role) {
        // A planted version that leaves no room above it was never published: devices could not have read it.
        var stored = state.stored().versions(role).headMap(Repairs.HIGHEST_FLOOR, true);
        return Math.max(stored.isEmpty() ? 0 : stored.lastKey(), Repairs.floor(state, role));
    }

    /** Nothing is generated for a fleet that has roots, wherever they are. */
    private static Optional<Decision> rootsLost(FactoryState state) {
        return state.spec().bootstrap().import_() == null
                ? Optional.empty()
                : Optional.of(new Decision.Stall(
                        "RootMissing",
                        "The imported roots are gone from the cluster, and devices have passed the metadata that the"
                                + " sources hold; restore the Factory's ConfigMaps from a backup, or import a newer"
                                + " export under another name"));
    }

    /** Before anything is made: a fleet whose targets are to be signed by people must not begin with a key in the cluster. */
    private static Optional<Decision> custodyMismatch(FactoryState state) {
        var online = Defaults.custody(state.spec()) == FactorySpec.Custody.ONLINE;
        var holders = Optional.ofNullable(state.spec().bootstrap().targets()).isPresent();
        if (online != holders) {
            return Optional.empty();
        }
        return Optional.of(new Decision.Stall(
                "CustodyMismatch",
                online
                        ? "spec.bootstrap.targets names holders of targets, and spec.targets.custody is Online: set Offline,"
                                + " or Shared where the cluster is to sign too"
                        : "spec.targets.custody is not Online, and spec.bootstrap.targets names nobody who is to sign"
                                + " targets: make the Factory again with it, or set Online and let holders join by a"
                                + " RootRotation later"));
    }

    private static Optional<Decision> rootKeys(FactoryState state) {
        return generate(state).filter(_ -> state.rootKeys().isEmpty()).map(_ -> new Decision.CreateRootKeys());
    }

    private static Optional<Decision> onlineKeys(FactoryState state) {
        var lacking = PublicationSteps.ONLINE.stream()
                .filter(role ->
                        role != RoleName.TARGETS || Defaults.custody(state.spec()) != FactorySpec.Custody.OFFLINE)
                .filter(role -> !state.firstOnlineKeys().containsKey(role))
                .collect(Collectors.toUnmodifiableSet());
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of(new Decision.CreateOnlineKeys(lacking, Optional.empty()));
    }

    private static Optional<Decision> firstRoot(Situation situation) {
        var state = situation.state();
        if (generate(state).isPresent() && state.spec().bootstrap().targets() == null) {
            return FirstRoot.generated(state);
        }
        var name = Names.firstRootRotation(state.ref().name());
        if (!situation.rotations().containsKey(name)) {
            return Optional.of(new Decision.Declare(declaration(state, name)));
        }
        return state.rotations().stream()
                .filter(rotation -> rotation.getMetadata().getName().equals(name))
                .filter(rotation -> situation.rotations().get(name) instanceof Standing.Superseded
                        || isOfOtherKeys(state, rotation))
                .<Decision>map(rotation ->
                        new Decision.WithdrawFirstRoot(rotation, state.stored().find(Names.payload(name))))
                .findFirst();
    }

    /** The archive was lost before it has signed anything, and another was made. */
    private static boolean isOfOtherKeys(FactoryState state, RootRotation rotation) {
        return generate(state).isPresent()
                && !FirstRoot.holders(state).equals(rotation.getSpec().root().addKeys());
    }

    private static RootRotation declaration(FactoryState state, String name) {
        var bootstrap = state.spec().bootstrap();
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(state.ref().namespace())
                .addToLabels(Names.FACTORY, state.ref().name())
                .build());
        rotation.setSpec(new RootRotationSpec(
                state.ref().name(),
                null,
                null,
                "the first root of Factory " + state.ref().name(),
                generate(state)
                        .map(generate -> new RootRotationSpec.RoleChange(
                                FirstRoot.holders(state), null, FirstRoot.threshold(generate)))
                        .orElseGet(() -> new RootRotationSpec.RoleChange(
                                bootstrap.offline().keys(),
                                null,
                                bootstrap.offline().threshold())),
                Optional.ofNullable(bootstrap.targets())
                        .map(holders -> new RootRotationSpec.RoleChange(holders.keys(), null, holders.threshold()))
                        .orElse(null),
                null,
                null));
        return rotation;
    }

    private static Optional<Bootstrap.Generate> generate(FactoryState state) {
        return Optional.ofNullable(state.spec().bootstrap().generate());
    }
}
