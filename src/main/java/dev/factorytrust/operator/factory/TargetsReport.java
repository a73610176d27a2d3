package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.custody.TargetsCeremonies;
import dev.factorytrust.operator.custody.TargetsCeremony;
import dev.factorytrust.operator.custody.TargetsStatus;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.Schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What a Factory's status says of its targets, and of those who have yet to sign them. */
record TargetsReport(FactoryState state, Optional<TargetsCeremonies> ceremonies) {

    private static final String TARGETS_HELD = "TargetsHeld";

    static TargetsReport of(Situation situation) {
        return new TargetsReport(situation.state(), situation.targets());
    }

    Optional<FactoryStatus.TargetsSummary> summary() {
        var published = state.reading()
                .published()
                .map(repository -> repository.targets().metadata().targets());
        if (published.isEmpty() && ceremonies.isEmpty()) {
            return Optional.empty();
        }
        var content = published.orElse(Map.of());
        var plan = state.wishes().plan();
        var pending = Stream.concat(content.keySet().stream(), plan.content().keySet().stream())
                .distinct()
                .filter(path ->
                        !Objects.equals(content.get(path), plan.content().get(path)))
                .count();
        return Optional.of(
                new FactoryStatus.TargetsSummary(content.size(), plan.unmanaged(), (int) pending, payloads()));
    }

    /**
     * What was offered above what is published stays named, also where its payload is gone or nobody is asked any more: people
     * have had it in their hands, and no other content may get its version.
     */
    private List<OfferedTargets> payloads() {
        var offered = ceremonies
                .map(all -> TargetsStatus.payloads(all, visibleRoot()))
                .orElse(List.of());
        var highest = Stream.concat(
                        offered.stream().map(OfferedTargets::version), state.lastPublished(RoleName.TARGETS).stream())
                .max(Long::compare)
                .orElse(0L);
        var taken = HeldTargets.reported(state).stream()
                .filter(payload -> payload.version() > highest)
                .map(payload -> new OfferedTargets(
                        payload.configMap(), payload.version(), payload.sha256(), payload.signBefore(), null, null));
        var all = Stream.concat(taken, offered.stream()).toList();
        return all.isEmpty() && ceremonies.isEmpty() ? null : all;
    }

    /** What is waited for, from whom; empty where nobody has to sign. */
    Optional<String> awaited() {
        return newest().map(ceremony -> TargetsStatus.message(ceremony, visibleRoot()));
    }

    List<Condition> conditions() {
        var conditions = new ArrayList<Condition>();
        newest().ifPresent(ceremony -> conditions.add(Conditions.isTrue(
                Conditions.TARGETS_PENDING,
                TargetsStatus.reason(ceremony),
                TargetsStatus.message(ceremony, visibleRoot()))));
        expiring().ifPresent(conditions::add);
        custody().ifPresent(conditions::add);
        if (state.wishes().plan().held()) {
            conditions.add(Conditions.isTrue(
                    TARGETS_HELD,
                    "WouldBeEmpty",
                    "No Target is left, and targets would become empty: what is published stays. Set"
                            + " spec.targets.allowEmpty if that is what you want"));
        }
        crowded().ifPresent(conditions::add);
        return conditions;
    }

    private Optional<Condition> crowded() {
        var crowded = state.wishes().crowded();
        if (crowded.isEmpty()) {
            return Optional.empty();
        }
        var newest = crowded.firstEntry();
        return Optional.of(Conditions.isTrue(
                TARGETS_HELD,
                "TooLarge",
                (crowded.size() == 1
                                ? "Target "
                                : crowded.size() + " Targets aren't published, of which the newest is ")
                        + newest.getKey() + ": " + newest.getValue()));
    }

    private Optional<TargetsCeremony> newest() {
        return ceremonies.flatMap(all -> all.open().stream().findFirst());
    }

    /** From the moment at which the cluster would have signed them anew, if it could. */
    private Optional<Condition> expiring() {
        return state.reading()
                .published()
                .map(published -> published.targets().metadata())
                .filter(_ -> ceremonies.isPresent())
                .filter(targets ->
                        Schedule.isDue(state.uid(), targets, state.policy().targets(), state.now()))
                .map(this::expiring);
    }

    private Condition expiring(Targets targets) {
        return Conditions.isTrue(
                Conditions.TARGETS_EXPIRING,
                targets.isExpired(state.now()) ? "Expired" : "AwaitingSignatures",
                "Targets version " + targets.version() + " expires " + targets.expires()
                        + ", and devices refuse to update from then on: its holders have to sign another before");
    }

    /** The declared custody and the one that root's holders have signed. */
    private Optional<Condition> custody() {
        var declared = Defaults.custody(state.spec());
        return state.roots()
                .newest()
                .map(Signed::metadata)
                .map(root -> custody(state, root))
                .filter(signed -> signed != declared)
                .map(signed -> Conditions.isTrue(
                        Conditions.CUSTODY_PENDING,
                        "RootDisagrees",
                        "spec.targets.custody is " + name(declared) + ", and root says " + name(signed)
                                + ", which counts. It changes with a RootRotation that names in spec.targets "
                                + (declared == Custody.ONLINE
                                        ? "every holder in removeKeys"
                                        : "the holders in addKeys, and their threshold")));
    }

    static Custody custody(FactoryState state, Root root) {
        var holders = state.signers().holders(root, RoleName.TARGETS);
        var others = root.role(RoleName.TARGETS).keyids().size() - holders.size();
        return holders.isEmpty() ? Custody.ONLINE : others > 0 ? Custody.SHARED : Custody.OFFLINE;
    }

    private static String name(Custody custody) {
        return switch (custody) {
            case ONLINE -> "Online";
            case OFFLINE -> "Offline";
            case SHARED -> "Shared";
        };
    }

    private long visibleRoot() {
        return state.stored().rootVersion();
    }
}
