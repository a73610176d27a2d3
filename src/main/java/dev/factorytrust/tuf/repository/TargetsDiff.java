package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What one version of targets changes against the one before it, in lines that a holder reads before signing. */
public final class TargetsDiff {

    /** A person reads no more; the payload itself has everything. */
    private static final int LINES = 50;

    private TargetsDiff() {}

    /**
     * Lines like {@code + lmp-764 sha256 1f3c5a7e… 4096 bytes}, {@code - lmp-763 …}, {@code ~ lmp-762 custom becomes …}
     * and {@code expires … → …}, in the order of the paths.
     *
     * @param current empty for the first targets: all of it is new
     */
    public static List<String> between(Optional<Targets> current, Targets next) {
        var before = current.map(Targets::targets).orElse(Map.of());
        var after = next.targets();
        var paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        var lines = new ArrayList<String>();
        for (var path : paths) {
            var old = before.get(path);
            var fresh = after.get(path);
            if (old == null) {
                lines.add("+ " + describe(path, fresh));
            } else if (fresh == null) {
                lines.add("- " + describe(path, old));
            } else if (!old.equals(fresh)) {
                lines.add("~ " + changed(path, old, fresh));
            }
        }
        var more = lines.size() - LINES;
        if (more > 0) {
            lines.subList(LINES, lines.size()).clear();
            lines.add("and " + more + " more changes");
        }
        if (lines.isEmpty()) {
            lines.add(after.isEmpty() ? "lists nothing" : "lists the same " + after.size() + " targets");
        }
        current.ifPresent(targets -> {
            if (!targets.delegations().equals(next.delegations())) {
                lines.add("delegations are others");
            }
            if (!targets.unrecognized().equals(next.unrecognized())) {
                lines.add("fields that no client knows are others");
            }
        });
        lines.add("expires " + current.map(targets -> targets.expires() + " → ").orElse("") + next.expires());
        return List.copyOf(lines);
    }

    private static String changed(String path, TargetFile old, TargetFile fresh) {
        return old.length() == fresh.length() && old.hashes().equals(fresh.hashes())
                ? path + " custom becomes " + custom(fresh)
                : describe(path, old) + " → " + describe(path, fresh);
    }

    private static String custom(TargetFile file) {
        var text = file.custom().map(Object::toString).orElse("nothing");
        return text.length() <= 300 ? text : text.substring(0, 300) + '…';
    }

    private static String describe(String path, TargetFile file) {
        var hash = Optional.ofNullable(file.hashes().get("sha256"))
                .map(sha256 -> " sha256 " + (sha256.length() <= 8 ? sha256 : sha256.substring(0, 8) + '…'))
                .orElse("");
        return path + hash + ' ' + file.length() + " bytes";
    }
}
