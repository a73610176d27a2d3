package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.operator.runtime.Events;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.store.FactoryRef;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Writes what a RootRotation's status says. It decides nothing: the Factory's reconciler acts, from the same standings. */
public final class RootRotationReconciler implements Reconciler<RootRotation> {

    private final Function<FactoryRef, Optional<Map<String, Standing>>> standings;
    private final StatusWriter<RootRotation, RootRotationStatus> statuses;
    private final Events events;
    private final InstantSource clock;
    private final Wakeups wakeups;

    /** @param standings of a Factory's rotations by UID, or empty where there is no such Factory */
    public RootRotationReconciler(
            Function<FactoryRef, Optional<Map<String, Standing>>> standings,
            StatusWriter<RootRotation, RootRotationStatus> statuses,
            Events events,
            InstantSource clock,
            Wakeups wakeups) {
        this.standings = standings;
        this.statuses = statuses;
        this.events = events;
        this.clock = clock;
        this.wakeups = wakeups;
    }

    @Override
    public List<EventSource<?, RootRotation>> prepareEventSources(EventSourceContext<RootRotation> context) {
        return wakeups.eventSources(context);
    }

    @Override
    public UpdateControl<RootRotation> reconcile(RootRotation rotation, Context<RootRotation> context) {
        rotation.setStatus(statuses.latest(rotation));
        var factory = new FactoryRef(
                rotation.getMetadata().getNamespace(), rotation.getSpec().factory());
        var standing = standings
                .apply(factory)
                .map(all -> Optional.ofNullable(all.get(rotation.getMetadata().getUid())))
                .orElseGet(() -> Optional.of(new Standing.Queued(
                        "FactoryNotFound",
                        "There is no Factory " + factory.name() + " in namespace " + factory.namespace()
                                + ": create it, or declare the change for another")));
        standing.ifPresent(here -> report(rotation, RootRotationReport.status(rotation, here, clock.instant())));
        return UpdateControl.noUpdate();
    }

    private void report(RootRotation rotation, RootRotationStatus status) {
        var before = Optional.ofNullable(rotation.getStatus());
        if (!statuses.write(rotation, status)) {
            return;
        }
        var told = new HashSet<>(rejected(before));
        Optional.ofNullable(status.signatures()).map(RootRotationStatus.Signatures::rejected).orElse(List.of()).stream()
                .filter(rejected -> !told.contains(rejected))
                .forEach(rejected -> events.warning(
                        rotation, "SignatureRejected", "Secret " + rejected.secret() + ": " + rejected.reason()));
        if (!before.map(RootRotationStatus::phase).equals(Optional.of(status.phase()))) {
            tell(rotation, status);
        }
    }

    private void tell(RootRotation rotation, RootRotationStatus status) {
        var why = status.conditions().stream()
                .filter(condition -> condition.type().equals(Conditions.COMPLETE))
                .findFirst();
        var reason = why.map(Condition::reason).orElse("Unknown");
        var message = why.map(Condition::message).orElse("");
        if (status.phase() == RootRotationStatus.Phase.REJECTED
                || status.phase() == RootRotationStatus.Phase.SUPERSEDED) {
            events.warning(rotation, reason, message);
        } else {
            events.normal(rotation, reason, message);
        }
    }

    private static List<RootRotationStatus.RejectedSignature> rejected(Optional<RootRotationStatus> status) {
        return status.map(RootRotationStatus::signatures)
                .map(RootRotationStatus.Signatures::rejected)
                .orElse(List.of());
    }
}
