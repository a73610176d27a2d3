package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What one version of targets changes against the one before it, in lines that a holder reads before signing: all of it,
 * for what isn't shown is what somebody would hide.
 */
public final class TargetsDiff {

    /** A summary has no more; the payload itself has everything. */
    private static final int LINES = 50;

    private static final int CHARACTERS = 300;

    private TargetsDiff() {}

    /**
     * In the order of the paths {@code + lmp-764 sha256 <64 digits> 4096 bytes} and below it what else the entry says,
     * {@code - lmp-763 …}, {@code ~ lmp-762} and below it what becomes of what; then {@code expires … → …}.
     *
     * @param current empty for the first targets: all of it is new
     */
    public static List<String> between(Optional<Targets> current, Targets next) {
        return Stream.concat(entries(current, next).stream(), terms(current, next).stream())
                .toList();
    }

    /** The first of these lines, and of each its beginning, where there is no room for all. */
    public static List<String> summary(Optional<Targets> current, Targets next) {
        var entries = entries(current, next);
        var more = entries.size() - LINES;
        return Stream.of(
                        entries.stream().limit(LINES).map(TargetsDiff::clipped),
                        more > 0
                                ? Stream.of("and " + more + " more lines, which the payload itself shows")
                                : Stream.<String>empty(),
                        terms(current, next).stream().map(TargetsDiff::clipped))
                .flatMap(lines -> lines)
                .toList();
    }

    private static String clipped(String line) {
        return line.length() <= CHARACTERS ? line : line.substring(0, CHARACTERS) + '…';
    }

    private static List<String> entries(Optional<Targets> current, Targets next) {
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
                facts(fresh).forEach((what, value) -> lines.add("    " + what + ' ' + value));
            } else if (fresh == null) {
                lines.add("- " + describe(path, old));
            } else if (!old.equals(fresh)) {
                lines.add("~ " + DiffText.name(path));
                changes(old, fresh).forEach(change -> lines.add("    " + change));
            }
        }
        if (lines.isEmpty()) {
            lines.add(after.isEmpty() ? "lists nothing" : "lists the same " + after.size() + " targets");
        }
        return lines;
    }

    private static List<String> terms(Optional<Targets> current, Targets next) {
        var lines = new ArrayList<String>();
        current.ifPresent(targets -> {
            if (!targets.delegations().equals(next.delegations())) {
                lines.add("delegations are others");
            }
            if (!targets.unrecognized().equals(next.unrecognized())) {
                lines.add("fields that no client knows are others");
            }
        });
        lines.add("expires " + current.map(targets -> targets.expires() + " → ").orElse("") + next.expires());
        return lines;
    }

    private static String describe(String path, TargetFile file) {
        return DiffText.name(path)
                + Optional.ofNullable(file.hashes().get("sha256"))
                        .map(sha256 -> " sha256 " + DiffText.name(sha256))
                        .orElse("")
                + ' ' + file.length() + " bytes";
    }

    /** What an entry says beyond its description. */
    private static Map<String, String> facts(TargetFile file) {
        var facts = new TreeMap<String, String>();
        file.hashes().forEach((algorithm, hash) -> facts.put(DiffText.name(algorithm), DiffText.name(hash)));
        facts.remove("sha256");
        file.unrecognized().forEach((field, value) -> facts.put("field " + DiffText.name(field), DiffText.json(value)));
        file.custom().ifPresent(custom -> facts.put("custom", DiffText.json(custom)));
        return facts;
    }

    private static List<String> changes(TargetFile old, TargetFile fresh) {
        var lines = new ArrayList<String>();
        if (old.length() != fresh.length()) {
            lines.add(old.length() + " → " + fresh.length() + " bytes");
        }
        changes("", old.hashes(), fresh.hashes(), DiffText::name, lines);
        changes("field ", old.unrecognized(), fresh.unrecognized(), DiffText::json, lines);
        changes("custom.", members(old), members(fresh), DiffText::json, lines);
        if (lines.isEmpty()) {
            lines.add("custom is " + (fresh.custom().isPresent() ? "there now, and empty" : "gone, and was empty"));
        }
        return lines;
    }

    private static <T> void changes(
            String what, Map<String, T> before, Map<String, T> after, Function<T, String> shown, List<String> lines) {
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (var name : names) {
            var old = before.get(name);
            var fresh = after.get(name);
            if (!Objects.equals(old, fresh)) {
                lines.add(what + DiffText.name(name) + ' ' + (old == null ? "nothing" : shown.apply(old)) + " → "
                        + (fresh == null ? "nothing" : shown.apply(fresh)));
            }
        }
    }

    private static Map<String, JsonNode> members(TargetFile file) {
        var members = new TreeMap<String, JsonNode>();
        file.custom()
                .map(ObjectNode::properties)
                .ifPresent(all -> all.forEach(member -> members.put(member.getKey(), member.getValue())));
        return members;
    }
}
