package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.operator.runtime.Events;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.target.TargetReport.FactoryFacts;
import dev.factorytrust.operator.target.TargetReport.Reason;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells each Target what became of it. It only reports: what is published is decided by the Factory's reconciler, the one
 * writer of metadata.
 */
public final class TargetReconciler implements Reconciler<Target> {

    /** Where this reconciler learns what others know. */
    @FunctionalInterface
    public interface Facts {

        /** What is known of the Factory that the Target names; empty if nothing is. */
        Optional<FactoryFacts> of(Target target);
    }

    private final Facts facts;
    private final Predicate<Target> awaited;
    private final StatusWriter<Target, TargetStatus> statuses;
    private final Events events;
    private final InstantSource clock;
    private final Wakeups wakeups;

    /** @param awaited whether the Factory is there, but hasn't been looked at yet; whoever does will wake the Target */
    public TargetReconciler(
            Facts facts,
            Predicate<Target> awaited,
            StatusWriter<Target, TargetStatus> statuses,
            Events events,
            InstantSource clock,
            Wakeups wakeups) {
        this.facts = facts;
        this.awaited = awaited;
        this.statuses = statuses;
        this.events = events;
        this.clock = clock;
        this.wakeups = wakeups;
    }

    @Override
    public List<EventSource<?, Target>> prepareEventSources(EventSourceContext<Target> context) {
        return wakeups.eventSources(context);
    }

    @Override
    public UpdateControl<Target> reconcile(Target target, Context<Target> context) {
        var factory = facts.of(target);
        if (factory.isEmpty() && awaited.test(target)) {
            return UpdateControl.noUpdate();
        }
        var before = Optional.ofNullable(statuses.latest(target));
        var status = TargetReport.of(target, before, factory, clock.instant());
        if (statuses.write(target, status)) {
            tell(target, before, status.conditions().getFirst());
        }
        return UpdateControl.noUpdate();
    }

    /** Once for each change of the reason; not for Pending, which passes by itself before anybody has
     * read of it, nor for what the Factory tells those of who are to sign. */
    private void tell(Target target, Optional<TargetStatus> before, Condition ready) {
        var told = before.map(TargetStatus::conditions).orElse(List.of()).stream()
                .map(Condition::reason)
                .anyMatch(ready.reason()::equals);
        if (told
                || List.of(Reason.PENDING.id(), Reason.AWAITING_SIGNATURES.id()).contains(ready.reason())) {
            return;
        }
        if (ready.reason().equals(Reason.PUBLISHED.id())) {
            events.normal(target, ready.reason(), ready.message());
        } else {
            events.warning(target, ready.reason(), ready.message());
        }
    }
}
