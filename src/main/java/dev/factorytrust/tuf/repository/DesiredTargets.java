package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.TargetFile;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the targets role should contain. Absence is not removal: a path goes only when this very Factory object saw it
 * come from a Target that is gone now. A cluster rebuilt from Git, whose Targets come after its Factory, must not empty
 * the fleet's repository in between.
 */
public final class DesiredTargets {

    /** @param target name of the Target resource that asks for the path */
    public record Wanted(String target, String path, TargetFile file, Instant created) {

        /** The older wins; of two that are as old, as objects restored together are, the first by name. */
        private static final Comparator<Wanted> PRECEDENCE =
                Comparator.comparing(Wanted::created).thenComparing(Wanted::target);

        /** Whether this one has the path where both ask for it. */
        public boolean precedes(Wanted other) {
            return PRECEDENCE.compare(this, other) < 0;
        }
    }

    /**
     * @param content of the role; what is committed, where {@code held}
     * @param record to be kept beside the version that carries this content
     * @param changed whether a new version is needed, if only for the record: a Target took over a path as it was
     * @param held it would have emptied a role that isn't empty, without leave to
     * @param conflicts Targets that lost their path, each with the Target that has it
     * @param unmanaged how many paths no Target stands for
     */
    public record Plan(
            Map<String, TargetFile> content,
            ManagedPaths record,
            boolean changed,
            boolean held,
            Map<String, String> conflicts,
            int unmanaged) {

        public Plan {
            content = Collections.unmodifiableMap(new TreeMap<>(content));
            conflicts = Collections.unmodifiableMap(new TreeMap<>(conflicts));
        }
    }

    private DesiredTargets() {}

    /**
     * @param committedRecord of the committed version; empty where there is none, as beside imported metadata
     * @param allowEmpty whether the last path may go
     */
    public static Plan plan(
            Map<String, TargetFile> committed,
            Optional<ManagedPaths> committedRecord,
            String factoryUid,
            Collection<Wanted> wanted,
            boolean allowEmpty) {
        var ours = committedRecord
                .filter(record -> record.factoryUid().equals(factoryUid))
                .map(ManagedPaths::managed)
                .orElse(Map.of());
        var winners = new HashMap<String, Wanted>();
        var conflicts = new HashMap<String, String>();
        wanted.stream().sorted(Wanted.PRECEDENCE).forEachOrdered(target -> {
            var winner = winners.putIfAbsent(target.path(), target);
            if (winner != null) {
                conflicts.put(target.target(), winner.target());
            }
        });

        var content = new TreeMap<>(committed);
        content.keySet().removeAll(ours.keySet());
        var managed = new TreeMap<String, String>();
        winners.forEach((path, winner) -> {
            content.put(path, winner.file());
            managed.put(path, winner.target());
        });
        if (content.isEmpty() && !committed.isEmpty() && !allowEmpty) {
            return new Plan(committed, new ManagedPaths(factoryUid, ours), false, true, conflicts, 0);
        }
        return new Plan(
                content,
                new ManagedPaths(factoryUid, managed),
                !content.equals(committed) || !managed.equals(ours),
                false,
                conflicts,
                content.size() - managed.size());
    }
}
