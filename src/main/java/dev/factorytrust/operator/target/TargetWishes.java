package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.DesiredTargets;
import dev.factorytrust.tuf.repository.DesiredTargets.Wanted;
import dev.factorytrust.tuf.repository.ManagedPaths;
import dev.factorytrust.tuf.repository.TargetsRoom;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a Factory's Targets ask for, beside what is published.
 *
 * @param plan what targets should contain
 * @param problems why a Target can't be published, by its name; what was published for it before stays
 * @param crowded Targets that there is no room for, by name, each with the reason; the newest come first
 * @param publishedRecord which paths of the published targets come from which Target
 */
public record TargetWishes(
        DesiredTargets.Plan plan,
        Map<String, List<String>> problems,
        SequencedMap<String, String> crowded,
        ManagedPaths publishedRecord) {

    /**
     * @param committed the published content, empty before the first publication
     * @param record stored beside it, if it is there and readable
     * @param room how large targets metadata may become
     */
    public static TargetWishes of(
            Dialect dialect,
            TargetsRoom room,
            String factoryUid,
            Map<String, TargetFile> committed,
            Optional<ManagedPaths> record,
            List<Target> targets,
            boolean allowEmpty) {
        var wanted = new ArrayList<Wanted>();
        var problems = new HashMap<String, List<String>>();
        for (var target : targets) {
            var name = target.getMetadata().getName();
            var path = TargetFiles.path(target);
            switch (TargetFiles.of(target, dialect, Optional.ofNullable(committed.get(path)))) {
                case TargetFiles.Result.Publishable(var _, var file) -> wanted.add(wanted(target, path, file));
                case TargetFiles.Result.Invalid(var reasons) -> {
                    problems.put(name, reasons);
                    Optional.ofNullable(committed.get(path))
                            .filter(_ -> record.map(
                                            paths -> name.equals(paths.managed().get(path)))
                                    .orElse(false))
                            .ifPresent(file -> wanted.add(wanted(target, path, file)));
                }
            }
        }
        var plan = DesiredTargets.plan(committed, record, factoryUid, wanted, allowEmpty);
        var ours = record.filter(paths -> paths.factoryUid().equals(factoryUid))
                .map(ManagedPaths::managed)
                .orElse(Map.of());
        var fitting = room.fit(committed, ours, plan, wanted);
        return new TargetWishes(
                fitting.excluded().isEmpty()
                        ? plan
                        : DesiredTargets.plan(committed, record, factoryUid, fitting.wanted(), allowEmpty),
                Map.copyOf(problems),
                fitting.excluded(),
                record.orElseGet(() -> new ManagedPaths(factoryUid, Map.of())));
    }

    /** That the Target asks for this file under this path. */
    public static Wanted wanted(Target target, String path, TargetFile file) {
        var meta = target.getMetadata();
        return new Wanted(meta.getName(), path, file, Instant.parse(meta.getCreationTimestamp()));
    }
}
