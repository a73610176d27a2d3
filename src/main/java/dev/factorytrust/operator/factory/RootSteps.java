package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.Ceremony;
import dev.factorytrust.operator.rotation.Orphans;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.Optional;

/** The steps that bring the next root to devices: offer, store once all have signed, flip. */
final class RootSteps {

    private RootSteps() {}

    static Optional<Decision> plan(Situation situation) {
        var state = situation.state();
        return FactoryPlanner.first(
                () -> planted(state),
                () -> situation.overlap().flatMap(step -> OverlapSteps.flip(state, step)),
                () -> orphan(situation),
                () -> situation.rotations().values().stream()
                        .flatMap(standing -> advance(state, standing).stream())
                        .findFirst());
    }

    private static Optional<Decision> planted(FactoryState state) {
        return state.roots()
                .stray()
                .map(object -> new Decision.Remove(
                        object,
                        StoredMetadata.file(object, Names.metadataEntry(RoleName.ROOT))
                                        .isEmpty()
                                ? "it has no readable binaryData root.json (a root that is put back belongs there)"
                                : "it is not a root that all have signed who must sign the next one",
                        true));
    }

    /** Whoever read its payload and signatures holds the next root: deleting a RootRotation takes that back from nobody. */
    private static Optional<Decision> orphan(Situation situation) {
        return situation.orphans().stream()
                .filter(orphan -> orphan.hold() == Orphans.Hold.BINDING)
                .findFirst()
                .map(orphan -> new Decision.StoreRoot(
                        orphan.root().orElseThrow(), Optional.empty(), isCompromise(orphan.payload())));
    }

    private static Optional<Decision> advance(FactoryState state, Standing standing) {
        return switch (standing) {
            case Standing.NeedsKeys(var rotation, var roles) ->
                Optional.of(new Decision.CreateOnlineKeys(roles, Optional.of(rotation)));
            case Standing.Turn(var ceremony) -> advance(state, ceremony);
            case Standing.Stored _,
                    Standing.Rejected _,
                    Standing.Superseded _,
                    Standing.Queued _,
                    Standing.Overtaken _ -> Optional.empty();
        };
    }

    private static Optional<Decision> advance(FactoryState state, Ceremony ceremony) {
        if (!ceremony.offered()) {
            var name = ceremony.payload().getMetadata().getName();
            return Optional.of(state.stored()
                    .find(name)
                    .<Decision>map(object -> makeWay(object, ceremony))
                    .orElseGet(() -> new Decision.OfferPayload(ceremony.payload())));
        }
        if (!ceremony.isBinding()) {
            return FirstRoot.signedByHolders(state, ceremony);
        }
        var root = state.dialect()
                .assemble(Root.class, ceremony.canonical(), ceremony.tally().accepted());
        return Optional.of(
                new Decision.StoreRoot(root, Optional.of(ceremony.rotation()), isCompromise(ceremony.payload())));
    }

    private static Decision makeWay(ConfigMap object, Ceremony ceremony) {
        var ours = StoredMetadata.annotation(object, Names.OWNER_UID)
                .filter(ceremony.rotation().getMetadata().getUid()::equals)
                .isPresent();
        return new Decision.Remove(
                object,
                ours
                        ? "another root was published first, so RootRotation " + ceremony.rotationName()
                                + " is offered for the one after it"
                        : "it is not the payload of RootRotation " + ceremony.rotationName(),
                true);
    }

    private static boolean isCompromise(ConfigMap payload) {
        return StoredMetadata.annotation(payload, Names.REASON)
                .filter(Names.COMPROMISE::equals)
                .isPresent();
    }
}
