package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.target.TargetWishes;
import dev.factorytrust.tuf.repository.DesiredTargets;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers since when each Factory's Targets ask for something else than is published. */
final class TargetQuiet {

    private record Seen(DesiredTargets.Plan plan, TargetChanges changes) {}

    private final Map<FactoryRef, Seen> seen = new ConcurrentHashMap<>();

    TargetChanges look(FactoryRef factory, TargetWishes wishes, Instant now) {
        var plan = wishes.plan();
        if (!plan.changed() || plan.held()) {
            seen.remove(factory);
            return TargetChanges.NONE;
        }
        return seen.compute(factory, (_, before) -> {
                    var changes = before == null ? TargetChanges.NONE : before.changes();
                    return before != null && before.plan().equals(plan) ? before : new Seen(plan, changes.seen(now));
                })
                .changes();
    }

    void forget(FactoryRef factory) {
        seen.remove(factory);
    }
}
