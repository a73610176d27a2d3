package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Condition;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static java.util.Comparator.comparing;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

/** Conditions as kstatus, Argo CD and {@code kubectl wait} read them. */
public final class Conditions {

    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";
    public static final String COMPLETE = "Complete";
    public static final String DEGRADED = "Degraded";
    public static final String PAUSED = "Paused";
    public static final String ROTATION_PENDING = "RotationPending";
    public static final String TARGETS_PENDING = "TargetsPending";
    public static final String TARGETS_EXPIRING = "TargetsExpiring";
    public static final String CUSTODY_PENDING = "CustodyPending";
    public static final String ROOT_KEYS_IN_CLUSTER = "RootKeysInCluster";
    public static final String DELETION_BLOCKED = "DeletionBlocked";

    private static final String TRUE = "True";
    private static final String FALSE = "False";
    private static final String UNKNOWN = "Unknown";

    /** Of every other type only {@code True} is news: such a condition is absent when false. */
    private static final Set<String> ALWAYS_PRESENT = Set.of(READY, COMPLETE);

    private static final List<String> FIRST = List.of(READY, COMPLETE, RECONCILING, STALLED);
    private static final Comparator<Condition> ORDER = comparing((Condition condition) -> {
                var place = FIRST.indexOf(condition.type());
                return place < 0 ? FIRST.size() : place;
            })
            .thenComparing(Condition::type);

    private Conditions() {}

    /** A condition yet without time and generation, which {@link #merge} adds. */
    public static Condition isTrue(String type, String reason, String message) {
        return new Condition(type, TRUE, reason, message, null, null);
    }

    public static Condition isFalse(String type, String reason, String message) {
        return new Condition(type, FALSE, reason, message, null, null);
    }

    public static Condition unknown(String type, String reason, String message) {
        return new Condition(type, UNKNOWN, reason, message, null, null);
    }

    /** Whether the condition is there and {@code True}; {@code conditions} may be null, as in a status never written. */
    public static boolean holds(Collection<Condition> conditions, String type) {
        return conditions != null
                && conditions.stream()
                        .anyMatch(condition -> condition.type().equals(type)
                                && condition.status().equals(TRUE));
    }

    /**
     * The conditions to report: those wanted, with their generation, and with the time at which each status began.
     *
     * @param old what was reported last, or null; a type that is no longer wanted goes
     * @param now to whole seconds
     * @throws IllegalStateException if a type is wanted twice
     */
    public static List<Condition> merge(
            Collection<Condition> old, Collection<Condition> wanted, long generation, Instant now) {
        Map<String, Condition> before =
                old == null ? Map.of() : old.stream().collect(toMap(Condition::type, identity(), (first, _) -> first));
        return wanted.stream().collect(toMap(Condition::type, identity())).values().stream()
                .filter(condition -> ALWAYS_PRESENT.contains(condition.type())
                        || !condition.status().equals(FALSE))
                .map(condition -> new Condition(
                        condition.type(),
                        condition.status(),
                        condition.reason(),
                        condition.message(),
                        since(before.get(condition.type()), condition.status(), now),
                        generation))
                .sorted(ORDER)
                .toList();
    }

    private static String since(Condition before, String status, Instant now) {
        return before != null && before.status().equals(status) && before.lastTransitionTime() != null
                ? before.lastTransitionTime()
                : now.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
