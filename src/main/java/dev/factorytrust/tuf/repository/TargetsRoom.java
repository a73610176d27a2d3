package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.DesiredTargets.Wanted;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.ToLongFunction;

/**
 * How large targets metadata may become for devices to read it. What came last is left out where it doesn't fit, so that
 * one Target too many keeps no other from its devices.
 *
 * @param most bytes of the file
 * @param because who can't do with more; the beginning of a sentence that a number ends
 * @param published bytes of the published one, or of one without entries
 * @param size of a file with these entries, in bytes
 */
public record TargetsRoom(long most, String because, long published, ToLongFunction<Map<String, TargetFile>> size) {

    /** For the signatures, whose number changes while keys overlap: a dozen of the largest. */
    private static final int SIGNATURES = 16 * 1024;

    /** What holders sign stands in one ConfigMap, beside the record of whose Target each entry is. */
    private static final int PAYLOAD = 1_000_000;

    /** Of an entry of that record, beside its path: the longest name of a Target, and punctuation. */
    private static final int RECORD = 260;

    /**
     * @param published whose size is known, and what the next version carries on beside its entries
     * @param signedByHolders whether it has to be offered to people
     */
    public static TargetsRoom of(Dialect dialect, Optional<Signed<Targets>> published, boolean signedByHolders) {
        ToLongFunction<Map<String, TargetFile>> size =
                content -> size(dialect, content, published.map(Signed::metadata));
        var now = published.map(signed -> (long) signed.file().size()).orElseGet(() -> size.applyAsLong(Map.of()));
        return signedByHolders
                ? new TargetsRoom(
                        PAYLOAD - SIGNATURES,
                        "what people sign may have, with the record of its Targets,",
                        now
                                + record(published
                                        .map(signed -> signed.metadata().targets())
                                        .orElse(Map.of())),
                        content -> size.applyAsLong(content) + record(content))
                : new TargetsRoom(dialect.limits().targets() - SIGNATURES, "devices read", now, size);
    }

    private static long record(Map<String, TargetFile> content) {
        return content.keySet().stream()
                .mapToLong(path -> path.length() + RECORD)
                .sum();
    }

    private static long size(Dialect dialect, Map<String, TargetFile> content, Optional<Targets> published) {
        var targets = new Targets(
                dialect.limits().maxVersion(),
                Instant.EPOCH,
                content,
                published.flatMap(Targets::delegations),
                published.map(Targets::unrecognized).orElse(Map.of()));
        return dialect.assemble(Targets.class, dialect.canonical(targets), List.of())
                .file()
                .size();
    }

    /**
     * What is left of the wishes.
     *
     * @param excluded names of Targets, the newest first, each with the reason
     */
    public record Fitting(List<Wanted> wanted, SequencedMap<String, String> excluded) {}

    /**
     * Adds to what is published, the oldest Target first, whatever there is room for. An entry of {@code ours} that grew
     * too much stays as it is published.
     *
     * @param ours paths that a Target stands for already
     * @param plan what would be published with all of {@code wanted}
     */
    public Fitting fit(
            Map<String, TargetFile> committed,
            Map<String, String> ours,
            DesiredTargets.Plan plan,
            Collection<Wanted> wanted) {
        var frame = size.applyAsLong(Map.of());
        if (atMost(committed, plan, frame) <= most) {
            return new Fitting(List.copyOf(wanted), new LinkedHashMap<>());
        }
        var total = size.applyAsLong(plan.content());
        var growth = new LinkedHashMap<Wanted, Long>();
        wanted.stream()
                .filter(target -> target.target().equals(plan.record().managed().get(target.path())))
                .filter(target -> !target.file().equals(committed.get(target.path())))
                .sorted(Comparator.comparing(Wanted::created).thenComparing(Wanted::target))
                .forEachOrdered(target -> growth.put(target, growth(target, committed, frame)));
        growth.values().removeIf(bytes -> bytes <= 0);
        var taken = total - growth.values().stream().mapToLong(bytes -> bytes).sum();
        var excluded = new LinkedHashMap<String, String>();
        var rest = new ArrayList<>(wanted);
        for (var target : growth.keySet()) {
            if (taken + growth.get(target) <= most) {
                taken += growth.get(target);
            } else {
                excluded.putFirst(target.target(), reason(taken + growth.get(target)));
                rest.remove(target);
                Optional.ofNullable(committed.get(target.path()))
                        .filter(_ -> ours.containsKey(target.path()))
                        .ifPresent(
                                file -> rest.add(new Wanted(target.target(), target.path(), file, target.created())));
            }
        }
        return new Fitting(rest, excluded);
    }

    /** What the next version can't be larger than: of few changes, this is much less work than to write it all. */
    private long atMost(Map<String, TargetFile> committed, DesiredTargets.Plan plan, long frame) {
        return plan.changed()
                ? published
                        + plan.content().entrySet().stream()
                                .filter(entry -> !entry.getValue().equals(committed.get(entry.getKey())))
                                .mapToLong(entry -> entry(entry.getKey(), entry.getValue(), frame))
                                .sum()
                : 0;
    }

    private String reason(long bytes) {
        return "Targets metadata would have %d bytes with it, and %s %d: delete Targets that no device is to install any more, or give it less custom data"
                .formatted(bytes + SIGNATURES, because, most + SIGNATURES);
    }

    private long growth(Wanted target, Map<String, TargetFile> committed, long frame) {
        return entry(target.path(), target.file(), frame)
                - Optional.ofNullable(committed.get(target.path()))
                        .map(file -> entry(target.path(), file, frame))
                        .orElse(0L);
    }

    /** With the comma that parts it from the next. */
    private long entry(String path, TargetFile file, long frame) {
        return size.applyAsLong(Map.of(path, file)) - frame + 1;
    }
}
