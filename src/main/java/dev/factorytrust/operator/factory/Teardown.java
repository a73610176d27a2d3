package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.PlanOutdatedException;

import java.util.ArrayList;
import java.util.Optional;

/** Carries out what {@link Deletion} decides. */
final class Teardown {

    private final ApiServer api;

    Teardown(ApiServer api) {
        this.api = api;
    }

    void addFinalizer(FactoryState state) {
        var finalizers = new ArrayList<>(state.factory().getMetadata().getFinalizers());
        finalizers.add(Names.DELETION_FINALIZER);
        PlanOutdatedException.swap(state.ref().toString(), () -> api.setFinalizers(state.factory(), finalizers));
    }

    /** Exactly the object that was seen: what took its name since is another's. */
    void delete(Decision.DeleteOwned decision) {
        PlanOutdatedException.swap(decision.object().getMetadata().getName(), () -> api.delete(decision.object()));
    }

    /** Caches may not show yet what was written last, and nobody looks again once the Factory is gone. */
    void removeFinalizer(FactoryState state) {
        if (Deletion.isAskedFor(state)) {
            left(state).ifPresent(name -> {
                throw new PlanOutdatedException(name, null);
            });
        }
        var finalizers = new ArrayList<>(state.factory().getMetadata().getFinalizers());
        finalizers.remove(Names.DELETION_FINALIZER);
        PlanOutdatedException.swap(state.ref().toString(), () -> api.setFinalizers(state.factory(), finalizers));
    }

    private Optional<String> left(FactoryState state) {
        return Deletion.KINDS.stream()
                .flatMap(
                        kind -> api
                                .labelled(
                                        kind,
                                        state.ref().namespace(),
                                        Names.FACTORY,
                                        state.ref().name())
                                .stream())
                .filter(object -> Deletion.isOwned(state.ref(), object))
                .map(object -> object.getMetadata().getName())
                .findFirst();
    }
}
