package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.PublicationPlan;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * From nothing to the first publication: the commit point, keys, root 1, and then targets, snapshot and timestamp in one
 * commit. Where root 1 exists, only the last is left to do: while any root exists, no root is made.
 */
final class BootstrapSteps {

    private BootstrapSteps() {}

    static Optional<Decision> plan(FactoryState state, Map<String, Standing> rotations) {
        if (state.reading() instanceof Reading.Faulty faulty) {
            return Optional.of(tampered(faulty));
        }
        if (state.stored().timestamp().isEmpty()) {
            return Optional.of(new Decision.OpenCommitPoint(0));
        }
        return state.roots()
                .newest()
                .map(root -> FactoryPlanner.first(
                        () -> PublicationSteps.lostKey(state, root.metadata()), () -> firstPublication(state)))
                .orElseGet(() -> FactoryPlanner.first(
                        () -> rootsLost(state),
                        () -> rootKeys(state),
                        () -> onlineKeys(state),
                        () -> firstRoot(state, rotations)));
    }

    static Decision.Stall tampered(Reading.Faulty faulty) {
        return new Decision.Stall(
                "MetadataTampered",
                faulty.object() + ": " + faulty.problem()
                        + ". Devices are served the last state that held; restore the object from a backup");
    }

    /** Everything anew, above every version that a device may have seen, with what targets listed before. */
    private static Optional<Decision> firstPublication(FactoryState state) {
        var wishes = state.wishes();
        var root = state.roots().newest().orElseThrow().metadata();
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

    private static long highest(FactoryState state, RoleName role) {
        // A planted version that leaves no room above it was never published: devices could not have read it.
        var stored = state.stored().versions(role).headMap(Repairs.HIGHEST_FLOOR, true);
        return state.stored()
                .freeVersion(role, Math.max(stored.isEmpty() ? 0 : stored.lastKey(), Repairs.floor(state, role)));
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

    private static Optional<Decision> rootKeys(FactoryState state) {
        return generate(state).filter(_ -> state.rootKeys().isEmpty()).map(_ -> new Decision.CreateRootKeys());
    }

    private static Optional<Decision> onlineKeys(FactoryState state) {
        var lacking = PublicationSteps.ONLINE.stream()
                .filter(role -> !state.firstOnlineKeys().containsKey(role))
                .collect(Collectors.toUnmodifiableSet());
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of(new Decision.CreateOnlineKeys(lacking, Optional.empty()));
    }

    private static Optional<Decision> firstRoot(FactoryState state, Map<String, Standing> rotations) {
        if (generate(state).isPresent()) {
            return FirstRoot.generated(state);
        }
        var name = Names.firstRootRotation(state.ref().name());
        if (!rotations.containsKey(name)) {
            return Optional.of(new Decision.Declare(declaration(state, name)));
        }
        return state.rotations().stream()
                .filter(rotation -> rotation.getMetadata().getName().equals(name))
                .filter(_ -> rotations.get(name) instanceof Standing.Superseded)
                .<Decision>map(rotation ->
                        new Decision.WithdrawFirstRoot(rotation, state.stored().find(Names.payload(name))))
                .findFirst();
    }

    private static RootRotation declaration(FactoryState state, String name) {
        var offline = state.spec().bootstrap().offline();
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
                new RootRotationSpec.RoleChange(offline.keys(), null, offline.threshold()),
                null,
                null,
                null));
        return rotation;
    }

    private static Optional<Bootstrap.Generate> generate(FactoryState state) {
        return Optional.ofNullable(state.spec().bootstrap().generate());
    }
}
