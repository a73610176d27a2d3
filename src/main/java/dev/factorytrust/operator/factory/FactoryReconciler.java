package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.runtime.Settings;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.PlanOutdatedException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gather, plan, act, report: one step at a time. A step that wrote something ends the run; the watch event of its own
 * write starts the next one, which finds the new state where everybody else finds it.
 *
 * <p>Why all events, and no Cleaner: JOSDK gives every object of a Cleaner a finalizer, and only those whose policy is
 * Delete may have one; and it tells nobody else of an object that is being deleted, or is gone.
 */
@ControllerConfiguration(triggerReconcilerOnAllEvents = true)
public final class FactoryReconciler implements Reconciler<Factory> {

    private static final Logger LOG = LoggerFactory.getLogger(FactoryReconciler.class);

    /** If the event of our own write is lost, look again soon. */
    private static final Duration AFTER_WRITE = Duration.ofSeconds(1);

    /** Nobody tells of a source without our label. */
    private static final Duration UNTIL_SOURCES_CHANGE = Duration.ofSeconds(10);

    private final FactoryGatherer gatherer;
    private final FactoryActor actor;
    private final FactoryNews news;
    private final Followers followers;
    private final StatusWriter<Factory, FactoryStatus> statuses;
    private final Settings settings;
    private final Wakeups wakeups;
    private final Consumer<FactoryRef> gone;
    private final Overtaken overtaken = new Overtaken();

    /** @param gone told of each Factory that is deleted, after the last look at it */
    public FactoryReconciler(
            FactoryGatherer gatherer,
            FactoryActor actor,
            FactoryNews news,
            Followers followers,
            StatusWriter<Factory, FactoryStatus> statuses,
            Settings settings,
            Wakeups wakeups,
            Consumer<FactoryRef> gone) {
        this.gatherer = gatherer;
        this.actor = actor;
        this.news = news;
        this.followers = followers;
        this.statuses = statuses;
        this.settings = settings;
        this.wakeups = wakeups;
        this.gone = gone;
    }

    @Override
    public List<EventSource<?, Factory>> prepareEventSources(EventSourceContext<Factory> context) {
        return wakeups.eventSources(context);
    }

    @Override
    public UpdateControl<Factory> reconcile(Factory factory, Context<Factory> context) {
        if (context.isPrimaryResourceDeleted()) {
            var ref = new FactoryRef(
                    factory.getMetadata().getNamespace(), factory.getMetadata().getName());
            overtaken.over(ref);
            gone.accept(ref);
            return UpdateControl.noUpdate();
        }
        factory.setStatus(statuses.latest(factory));
        var state = gatherer.gather(factory);
        var situation = Situation.of(state);
        var decision = FactoryPlanner.plan(situation);
        if (!Deletion.isUnderWay(state)) {
            followers.look(situation, decision);
        }
        return switch (decision) {
            case Decision.Wait(var until) -> {
                overtaken.over(state.ref());
                report(situation, decision, Optional.empty());
                yield later(Duration.between(state.now(), until));
            }
            case Decision.Stall _ -> {
                report(situation, decision, Optional.empty());
                yield later(state.sources().isPresent() ? UNTIL_SOURCES_CHANGE : FactoryPlanner.LONGEST_SLEEP);
            }
            default -> act(situation, decision);
        };
    }

    private UpdateControl<Factory> act(Situation situation, Decision decision) {
        var state = situation.state();
        try {
            if (decision instanceof Decision.DeleteOwned) {
                report(situation, decision, Optional.empty());
            }
            actor.act(state, decision);
            overtaken.over(state.ref());
            news.done(state, decision);
            return later(AFTER_WRITE);
        } catch (PlanOutdatedException e) {
            LOG.debug("{}: {}; planning again", state.ref(), e.getMessage());
            news.outdated(state, decision);
            if (overtaken.again(state.ref(), state.now())) {
                report(
                        situation,
                        decision,
                        Optional.of("Every plan of more than a minute was out of date when it was to be carried out ("
                                + e.getMessage()
                                + "). If that goes on, this operator's caches have stopped following the"
                                + " API server, or something undoes what it writes: delete the leader's pod, and look who"
                                + " else writes that object"));
            }
            return later(AFTER_WRITE);
        } catch (RuntimeException e) {
            news.failed(state, decision, e);
            report(situation, decision, Optional.of(String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private void report(Situation situation, Decision decision, Optional<String> failure) {
        var state = situation.state();
        var status = FactoryReport.status(situation, decision, failure, settings.publicUrl());
        var before = state.status();
        statuses.write(state.factory(), status);
        news.reported(situation, before, status);
    }

    /** In whole milliseconds, rounded up: a wake-up a fraction early would find nothing due, and cost another. */
    private static UpdateControl<Factory> later(Duration delay) {
        return UpdateControl.<Factory>noUpdate().rescheduleAfter(Duration.ofMillis(Math.max(1, delay.toMillis() + 1)));
    }
}
