package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.AfterEach;

import java.util.List;
import java.util.stream.Stream;

/** Factory {@code acme} in memory, to be deleted. */
abstract class DeletionStory {

    static final String OURS = Names.DELETION_FINALIZER;

    final InMemoryStory story = InMemoryStory.unwatched();

    @AfterEach
    void close() {
        story.close();
    }

    /** Published, with a payload that waits, and with what people brought. */
    void ownedByAlice(String policy) {
        Flow.ownedByAlice(story);
        story.settle();
        story.changeFactory("deletionPolicy: " + policy);
        story.addTarget("lmp-1", 1);
        story.declare("hand-over", "rotateOnlineKeys: [targets]");
        story.settle();
    }

    void delete() {
        story.remove(Factory.class, "acme");
    }

    List<String> finalizers() {
        return factory().getMetadata().getFinalizers();
    }

    void finalizers(String... finalizers) {
        story.cluster()
                .edit(Factory.class, "acme", factory -> factory.getMetadata().setFinalizers(List.of(finalizers)));
    }

    Factory factory() {
        return story.cluster().find(Factory.class, "acme").orElseThrow();
    }

    List<String> objects() {
        return Stream.of(ConfigMap.class, Secret.class, RootRotation.class, Target.class)
                .flatMap(kind -> story.cluster().all(kind))
                .map(InMemoryCluster::key)
                .sorted()
                .toList();
    }

    List<String> conditions() {
        return factory().getStatus().conditions().stream()
                .map(condition -> condition.type() + '=' + condition.status() + ' ' + condition.reason())
                .toList();
    }

    static ConfigMap labelled(String name, String factory) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(InMemoryCluster.NAMESPACE)
                .withName(name)
                .addToLabels(Names.FACTORY, factory)
                .endMetadata()
                .build();
    }
}
