package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.store.FactoryRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Lets any thread ask for an object to be reconciled, at any time.
 *
 * <p>A request before the controller runs, or after it has stopped, is dropped; so is one for an object that the
 * controller has not seen yet. Nothing is lost: each object is reconciled when its controller starts or first sees it.
 */
public final class Wakeups {

    private record Scope(Class<?> kind, String namespace) {}

    private final Map<Scope, SimpleInboundEventSource<?>> sources = new ConcurrentHashMap<>();

    /** What the reconciler of this kind returns from {@code prepareEventSources}. */
    public <P extends HasMetadata> List<EventSource<?, P>> eventSources(EventSourceContext<P> context) {
        var source = new SimpleInboundEventSource<P>("wakeups");
        context.getControllerConfiguration()
                .getInformerConfig()
                .getNamespaces()
                .forEach(namespace -> sources.put(new Scope(context.getPrimaryResourceClass(), namespace), source));
        return List.of(source);
    }

    public void factory(FactoryRef factory) {
        wake(Factory.class, factory.namespace(), factory.name());
    }

    public void rootRotation(String namespace, String name) {
        wake(RootRotation.class, namespace, name);
    }

    public void target(String namespace, String name) {
        wake(Target.class, namespace, name);
    }

    private void wake(Class<?> kind, String namespace, String name) {
        Stream.of(namespace, Constants.WATCH_ALL_NAMESPACES)
                .map(scope -> sources.get(new Scope(kind, scope)))
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(source -> source.propagateEvent(new ResourceID(name, namespace)));
    }
}
