package dev.factorytrust;

import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.ViewFeed;
import dev.factorytrust.server.RepositoryView;
import dev.factorytrust.server.RepositoryViews;
import dev.factorytrust.tuf.Bytes;

import java.util.Map;

/** Hands verified views from the operator to the server, neither of which knows the other. */
public record ServedViews(RepositoryViews views) implements ViewFeed.Sink {

    @Override
    public void publish(FactoryRef factory, Map<String, Bytes> files, Map<String, Long> newest) {
        views.publish(factory.namespace(), factory.name(), new RepositoryView(files, newest));
    }

    @Override
    public void remove(FactoryRef factory) {
        views.remove(factory.namespace(), factory.name());
    }

    @Override
    public void unwatched(String namespace) {
        views.markUnwatched(namespace);
    }

    @Override
    public void watched(String namespace) {
        views.markWatched(namespace);
    }
}
