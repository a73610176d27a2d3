package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.operator.target.TargetFiles;
import dev.factorytrust.operator.target.TargetWishes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.ManagedPaths;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.Map;
import java.util.Optional;

/**
 * Caches of different kinds don't keep step. One whose connection is dead, or which was filled by an API server that lags,
 * shows the past for minutes, most of all that of a standby which takes over: it doesn't have what its predecessor
 * published. So before something is taken from devices, the API server itself is asked about that, and about nothing else.
 */
final class LateCaches {

    private LateCaches() {}

    /**
     * Before new targets: no path may go whose Target is there, and none may be as it was before what is published.
     *
     * @param next the content to be
     * @param record which of its paths come from which Target
     * @throws PlanOutdatedException where the API server knows better
     */
    static void requireNewer(ApiServer api, FactoryState state, Map<String, TargetFile> next, ManagedPaths record) {
        var published = state.reading()
                .published()
                .map(repository -> repository.targets().metadata().targets())
                .orElse(Map.of());
        var before = state.wishes().publishedRecord();
        if (!before.factoryUid().equals(state.uid())) {
            return;
        }
        before.managed().forEach((path, name) -> {
            var owner = Optional.ofNullable(record.managed().get(path));
            var file = Optional.ofNullable(published.get(path));
            if (!owner.equals(Optional.of(name)) && !isCached(state, name, path)) {
                find(api, state, name, path).ifPresent(live -> {
                    throw outdated(name);
                });
            } else if (owner.isPresent() && !file.equals(Optional.ofNullable(next.get(path)))) {
                file.ifPresent(old -> requireChanged(api, state, path, old, name, owner.get()));
            }
        });
    }

    /** The same Target asks for something else now, or another one has the path that it had. */
    private static void requireChanged(
            ApiServer api, FactoryState state, String path, TargetFile published, String before, String owner) {
        var live = find(api, state, before, path).filter(target -> makes(state, target, published));
        if (before.equals(owner)) {
            live.ifPresent(unchanged -> {
                throw outdated(before);
            });
            return;
        }
        var heir = find(api, state, owner, path).orElseThrow(() -> outdated(owner));
        live.filter(target -> TargetWishes.wanted(target, path, published)
                        .precedes(TargetWishes.wanted(heir, path, published)))
                .ifPresent(rightful -> {
                    throw outdated(before);
                });
    }

    private static Optional<Target> find(ApiServer api, FactoryState state, String target, String path) {
        return api.find(Target.class, state.ref().namespace(), target).filter(live -> asksFor(state.ref(), live, path));
    }

    private static PlanOutdatedException outdated(String target) {
        return new PlanOutdatedException("Target " + target, null);
    }

    private static boolean isCached(FactoryState state, String target, String path) {
        return state.targets().stream()
                .anyMatch(
                        cached -> cached.getMetadata().getName().equals(target) && asksFor(state.ref(), cached, path));
    }

    /** One that can't be read has no spec, and is there all the same. */
    private static boolean asksFor(FactoryRef factory, Target live, String path) {
        return live.getSpec() == null
                || factory.name().equals(live.getSpec().factory()) && path.equals(TargetFiles.path(live));
    }

    private static boolean makes(FactoryState state, Target live, TargetFile published) {
        return live.getSpec() != null
                && TargetFiles.of(live, state.dialect(), Optional.of(published))
                        instanceof TargetFiles.Result.Publishable(var _, var file)
                && file.equals(published);
    }

    /**
     * Before an online key is removed for good: neither a root that came since may name it, nor a RootRotation that came
     * since be what it was made for. The timestamp is looked at beside that.
     *
     * @throws PlanOutdatedException where the API server knows better
     */
    static void requireUnused(ApiServer api, FactoryState state, Secret key) {
        var next = Names.metadata(
                state.ref().name(),
                RoleName.ROOT,
                state.roots().newest().orElseThrow().metadata().version() + 1);
        if (state.stored().find(next).isEmpty()
                && api.find(ConfigMap.class, state.ref().namespace(), next).isPresent()) {
            throw new PlanOutdatedException(next, null);
        }
        Optional.ofNullable(key.getMetadata().getLabels().get(Names.ROOT_ROTATION))
                .ifPresent(rotation -> requireGone(api, state, rotation));
    }

    /**
     * Before what was made for a RootRotation is removed because there is none.
     *
     * @throws PlanOutdatedException where there is one
     */
    static void requireGone(ApiServer api, FactoryState state, String rotation) {
        if (state.rotations().stream()
                        .noneMatch(cached -> cached.getMetadata().getName().equals(rotation))
                && api.find(RootRotation.class, state.ref().namespace(), rotation)
                        .filter(live -> live.getSpec() == null
                                || state.ref().name().equals(live.getSpec().factory()))
                        .isPresent()) {
            throw new PlanOutdatedException("RootRotation " + rotation, null);
        }
    }
}
