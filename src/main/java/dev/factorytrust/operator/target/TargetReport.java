package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.ManagedPaths;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether devices see a Target, and if not, what to do about it. */
public final class TargetReport {

    /** Reasons in one message; an author corrects a few and sees the rest. */
    private static final int REASONS = 5;

    private TargetReport() {}

    /** The reasons of condition Ready. */
    public enum Reason {
        PUBLISHED("Published"),
        PENDING("Pending"),
        AWAITING_SIGNATURES("AwaitingSignatures"),
        PATH_CONFLICT("PathConflict"),
        INVALID("Invalid"),
        FACTORY_NOT_FOUND("FactoryNotFound");

        private final String id;

        Reason(String id) {
            this.id = id;
        }

        public String id() {
            return id;
        }

        Condition ready(String message) {
            return switch (this) {
                case PUBLISHED -> Conditions.isTrue(Conditions.READY, id, message);
                // What only takes its time isn't broken, and must not read so.
                case PENDING, AWAITING_SIGNATURES -> Conditions.unknown(Conditions.READY, id, message);
                case PATH_CONFLICT, INVALID, FACTORY_NOT_FOUND -> Conditions.isFalse(Conditions.READY, id, message);
            };
        }
    }

    /**
     * What is known of the Factory that a Target names.
     *
     * @param uid of the Factory object
     * @param committed what devices are served; empty before the first publication
     * @param conflicts Targets that lost their path, each with the Target that has it
     * @param crowded Targets that targets metadata has no room for, each with the reason
     * @param problems why the next version of targets isn't to be expected by itself, as sentences; empty if it is
     * @param awaited whose signatures the next version of targets waits for; empty where the cluster signs it alone
     */
    public record FactoryFacts(
            Dialect dialect,
            String uid,
            Optional<Committed> committed,
            Map<String, String> conflicts,
            Map<String, String> crowded,
            List<String> problems,
            Optional<String> awaited) {

        public FactoryFacts {
            conflicts = Map.copyOf(conflicts);
            crowded = Map.copyOf(crowded);
            problems = List.copyOf(problems);
        }
    }

    /** The version of targets that devices are served, and which of its paths came from Targets. */
    public record Committed(long version, Map<String, TargetFile> content, Optional<ManagedPaths> record) {

        private boolean lists(String factoryUid, Target target) {
            return record.filter(managed -> managed.factoryUid().equals(factoryUid))
                    .map(managed -> managed.managed().get(TargetFiles.path(target)))
                    .filter(target.getMetadata().getName()::equals)
                    .isPresent();
        }
    }

    /**
     * @param before the status as last written, which may be newer than the Target's own
     * @param factory empty where there is no such Factory
     * @param now the moment at which a changed condition changed
     */
    public static TargetStatus of(
            Target target, Optional<TargetStatus> before, Optional<FactoryFacts> factory, Instant now) {
        var finding = factory.map(facts -> ofKnown(target, facts))
                .orElseGet(() -> Finding.of(Reason.FACTORY_NOT_FOUND, """
                        There is no Factory %s in namespace %s: create it, or correct spec.factory""".formatted(
                                target.getSpec().factory(), target.getMetadata().getNamespace())));
        var generation = target.getMetadata().getGeneration();
        // Once per generation: the version that first listed it is history, and later versions don't change that.
        var publishedIn = before.filter(status -> generation.equals(status.observedGeneration()))
                .map(TargetStatus::publishedIn)
                .or(finding::version)
                .orElse(null);
        var conditions = Conditions.merge(
                before.map(TargetStatus::conditions).orElse(null), List.of(finding.ready()), generation, now);
        return new TargetStatus(generation, conditions, publishedIn);
    }

    /** @param version of the targets metadata that lists it, if one does */
    private record Finding(Condition ready, Optional<Long> version) {

        static Finding of(Reason reason, String message) {
            return new Finding(reason.ready(message), Optional.empty());
        }
    }

    private static Finding ofKnown(Target target, FactoryFacts facts) {
        var published = facts.committed().map(committed -> committed.content().get(TargetFiles.path(target)));
        return switch (TargetFiles.of(target, facts.dialect(), published)) {
            case TargetFiles.Result.Invalid(var reasons) ->
                Finding.of(Reason.INVALID, sentence(reasons) + stillListed(target, facts));
            case TargetFiles.Result.Publishable(var path, var file) -> {
                var winner = facts.conflicts().get(target.getMetadata().getName());
                if (winner != null) {
                    yield Finding.of(Reason.PATH_CONFLICT, """
                            Path %s belongs to Target %s, which is older: delete one of the two, or make this one anew \
                            under another path""".formatted(path, winner));
                }
                var crowded = facts.crowded().get(target.getMetadata().getName());
                if (crowded != null) {
                    yield Finding.of(Reason.INVALID, crowded + stillListed(target, facts));
                }
                yield facts.committed()
                        .filter(committed -> committed.lists(facts.uid(), target)
                                && file.equals(committed.content().get(path)))
                        .map(TargetReport::published)
                        .orElseGet(() -> facts.problems().isEmpty()
                                ? facts.awaited()
                                        .map(whom -> Finding.of(
                                                Reason.AWAITING_SIGNATURES, whom + stillListed(target, facts)))
                                        .orElseGet(() -> Finding.of(Reason.PENDING, pending(target, facts)))
                                : Finding.of(Reason.PENDING, pending(target, facts)));
            }
        };
    }

    private static Finding published(Committed committed) {
        return new Finding(
                Reason.PUBLISHED.ready("Devices are served it in targets metadata"), Optional.of(committed.version()));
    }

    private static String pending(Target target, FactoryFacts facts) {
        if (facts.problems().isEmpty()) {
            return "The next version of targets metadata lists it, within seconds";
        }
        return "The next version of targets metadata lists it, which waits: " + sentence(facts.problems())
                + stillListed(target, facts);
    }

    /** An entry stays as long as its Target does; a mistake in a new one takes nothing off the devices. */
    private static String stillListed(Target target, FactoryFacts facts) {
        return facts.committed()
                .filter(committed -> committed.lists(facts.uid(), target))
                .map(_ -> ". Until then devices are served it as it was")
                .orElse("");
    }

    private static String sentence(List<String> reasons) {
        var shown = String.join("; ", reasons.subList(0, Math.min(REASONS, reasons.size())));
        return reasons.size() <= REASONS ? shown : shown + "; and " + (reasons.size() - REASONS) + " more";
    }
}
