package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.operator.rotation.RotationQueue;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.operator.runtime.Settings;
import dev.factorytrust.operator.runtime.StatusWriter;
import dev.factorytrust.operator.runtime.Wakeups;
import dev.factorytrust.operator.store.PlanOutdatedException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gather, plan, act, report: one step at a time. A step that wrote something ends the run; the watch event of its own
 * write starts the next one, which finds the new state where everybody else finds it.
 */
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

    public FactoryReconciler(
            FactoryGatherer gatherer,
            FactoryActor actor,
            FactoryNews news,
            Followers followers,
            StatusWriter<Factory, FactoryStatus> statuses,
            Settings settings,
            Wakeups wakeups) {
        this.gatherer = gatherer;
        this.actor = actor;
        this.news = news;
        this.followers = followers;
        this.statuses = statuses;
        this.settings = settings;
        this.wakeups = wakeups;
    }

    @Override
    public List<EventSource<?, Factory>> prepareEventSources(EventSourceContext<Factory> context) {
        return wakeups.eventSources(context);
    }

    @Override
    public UpdateControl<Factory> reconcile(Factory factory, Context<Factory> context) {
        factory.setStatus(statuses.latest(factory));
        var state = gatherer.gather(factory);
        var rotations = rotations(state);
        var decision = FactoryPlanner.plan(state, rotations);
        followers.look(state, rotations, decision);
        return switch (decision) {
            case Decision.Wait(var until) -> {
                report(state, decision, rotations, Optional.empty());
                yield later(Duration.between(state.now(), until));
            }
            case Decision.Stall _ -> {
                report(state, decision, rotations, Optional.empty());
                yield later(state.sources().isPresent() ? UNTIL_SOURCES_CHANGE : FactoryPlanner.LONGEST_SLEEP);
            }
            default -> act(state, decision, rotations);
        };
    }

    private UpdateControl<Factory> act(FactoryState state, Decision decision, Map<String, Standing> rotations) {
        try {
            actor.act(state, decision);
            news.done(state, decision);
            return later(AFTER_WRITE);
        } catch (PlanOutdatedException e) {
            LOG.debug("{}: {}; planning again", state.ref(), e.getMessage());
            news.outdated(state, decision);
            return later(AFTER_WRITE);
        } catch (RuntimeException e) {
            news.failed(state, decision, e);
            report(state, decision, rotations, Optional.of(String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private void report(
            FactoryState state, Decision decision, Map<String, Standing> rotations, Optional<String> failure) {
        var status = FactoryReport.status(state, decision, rotations, failure, settings.publicUrl());
        var before = state.status();
        statuses.write(state.factory(), status);
        news.reported(state, before, status, rotations);
    }

    /** Where every RootRotation of the Factory stands; the RootRotations' own reports are made from the same. */
    public static Map<String, Standing> rotations(FactoryState state) {
        return RotationQueue.standings(state.ceremonyInputs());
    }

    /** In whole milliseconds, rounded up: a wake-up a fraction early would find nothing due, and cost another. */
    private static UpdateControl<Factory> later(Duration delay) {
        return UpdateControl.<Factory>noUpdate().rescheduleAfter(Duration.ofMillis(Math.max(1, delay.toMillis() + 1)));
    }
}
