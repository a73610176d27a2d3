package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.rotation.Ceremony;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.Root;

import java.util.Map;
import java.util.Optional;

/** The steps that bring the next root to devices: offer, store once all have signed, flip. */
final class RootSteps {

    private RootSteps() {}

    static Optional<Decision> plan(FactoryState state, Map<String, Standing> rotations) {
        return FactoryPlanner.first(() -> planted(state), () -> rollForward(state), () -> rotations.values().stream()
                .filter(Standing.Turn.class::isInstance)
                .map(standing -> ((Standing.Turn) standing).ceremony())
                .findFirst()
                .flatMap(ceremony -> advance(state, ceremony)));
    }

    private static Optional<Decision> planted(FactoryState state) {
        return state.roots()
                .stray()
                .map(object -> new Decision.Remove(
                        object, "it is not a root that all have signed who must sign the next one", true));
    }

    private static Optional<Decision> rollForward(FactoryState state) {
        return state.roots()
                .newest()
                .filter(_ -> state.reading() instanceof Reading.Published)
                .filter(root -> root.metadata().version() > state.stored().rootVersion())
                .map(Decision.FlipRoot::new);
    }

    private static Optional<Decision> advance(FactoryState state, Ceremony ceremony) {
        if (!ceremony.offered()) {
            var name = ceremony.payload().getMetadata().getName();
            return Optional.of(state.stored()
                    .find(name)
                    .<Decision>map(object -> new Decision.Remove(
                            object, "it is not the payload of RootRotation " + ceremony.rotationName(), true))
                    .orElseGet(() -> new Decision.OfferPayload(ceremony.payload())));
        }
        if (!ceremony.isBinding()) {
            return Optional.empty();
        }
        var root = state.dialect()
                .assemble(Root.class, ceremony.canonical(), ceremony.tally().accepted());
        return Optional.of(new Decision.StoreRoot(root, Optional.of(ceremony.rotation())));
    }
}
