package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Factory {@code acme} in memory with the operator's production code, in front of devices that poll after every write,
 * for those who are tested from outside: what they ask the API server, and what happens when time passes.
 */
public final class InMemoryFactory implements AutoCloseable {

    public static final String NAMESPACE = InMemoryCluster.NAMESPACE;

    private final InMemoryStory story;

    private InMemoryFactory(InMemoryStory story) {
        this.story = story;
    }

    /** @param bootstrap in flow style and without braces */
    public static InMemoryFactory published(String bootstrap, Person... holders) {
        return published(InMemoryStory.begin(), bootstrap, holders);
    }

    /** Without devices, for those who look at something else: they take their time. */
    public static InMemoryFactory unwatched(String bootstrap, Person... holders) {
        return published(InMemoryStory.unwatched(), bootstrap, holders);
    }

    private static InMemoryFactory published(InMemoryStory story, String bootstrap, Person... holders) {
        return published(story, bootstrap, "{}", holders);
    }

    private static InMemoryFactory published(InMemoryStory story, String bootstrap, String targets, Person... holders) {
        story.declareFactory(bootstrap, targets);
        story.settle();
        for (var what : List.of("acme-root-1", "acme-targets-1")) {
            for (var holder : holders) {
                story.sign(what, holder);
                story.settle();
            }
        }
        return new InMemoryFactory(story);
    }

    /**
     * People sign targets.
     *
     * @param custody {@code Offline} or {@code Shared}
     * @param holders of root, and then of targets: each signs what there is to sign
     */
    public static InMemoryFactory heldTargets(String bootstrap, String custody, Person... holders) {
        return published(InMemoryStory.begin(), bootstrap, "{custody: %s}".formatted(custody), holders);
    }

    /** The same without devices. */
    public static InMemoryFactory unwatchedHeldTargets(
            Dialect dialect, String bootstrap, String custody, Person... holders) {
        return published(InMemoryStory.unwatched(dialect), bootstrap, "{custody: %s}".formatted(custody), holders);
    }

    /**
     * A fleet that another server has had, whose root names no holder: its key of root is bob's, and that of targets is
     * called targets ({@link dev.factorytrust.tuf.TestMetadata#key}).
     */
    public static InMemoryFactory adoptedWithOfflineTargets() {
        var story = InMemoryStory.unwatched();
        OldServer.handsOver(story, "snapshot", "timestamp");
        story.declareFactory(OldServer.IMPORT.formatted(1), "{custody: Offline}");
        story.settle();
        return new InMemoryFactory(story);
    }

    /** A Compromise waits for no device that is in the middle of an update. */
    public InMemoryFactory hurried() {
        story.mayBeHurried();
        return this;
    }

    /** How it might go on from here. */
    public InMemoryFactory fork() {
        return new InMemoryFactory(story.fork());
    }

    public <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
        return story.cluster().find(kind, name);
    }

    public <T extends HasMetadata> List<T> all(Class<T> kind) {
        return story.cluster().all(kind).toList();
    }

    /** @throws io.fabric8.kubernetes.client.KubernetesClientException where the name is taken */
    public void create(HasMetadata object) {
        story.cluster().create(object);
    }

    public <T extends HasMetadata> void edit(Class<T> kind, String name, Consumer<T> change) {
        story.cluster().edit(kind, name, change);
    }

    public void delete(Class<? extends HasMetadata> kind, String name) {
        story.cluster().delete(kind, name);
    }

    /** @param fields of the spec, in flow style and without braces */
    public void changeFactory(String fields) {
        story.changeFactory(fields);
        story.settle();
    }

    public void addTarget(String name) {
        story.addTarget(name, 1);
        story.settle();
    }

    /** What devices are served. */
    public Repository published() {
        return story.published();
    }

    public void declare(String rotation, String change) {
        story.declare(rotation, change);
    }

    public void sign(String rotation, Person person) {
        story.sign(rotation, person);
    }

    /** Runs the operator until it has nothing to do. */
    public void settle() {
        story.settle();
    }

    public void pass(Duration time) {
        story.pass(time);
        story.settle();
    }

    /** Grows with every change. */
    public long revision() {
        return story.cluster().revision();
    }

    public Instant now() {
        return story.now();
    }

    public long newestRoot() {
        return story.newestRoot();
    }

    public Bytes root(long version) {
        return Bytes.base64(find(ConfigMap.class, "acme-root-" + version)
                .orElseThrow()
                .getBinaryData()
                .get("root.json"));
    }

    /** What the Secret of the generated root keys holds. */
    public Bytes rootKeys() {
        return Bytes.base64(
                find(Secret.class, "acme-root-keys").orElseThrow().getData().get("root-keys.tgz"));
    }

    public List<String> rotations() {
        return all(RootRotation.class).stream()
                .map(rotation -> rotation.getMetadata().getName())
                .toList();
    }

    /** Once nothing disturbs it any more, what was asked for is what devices have. */
    public void endsWell() {
        story.endsWell();
    }

    @Override
    public void close() {
        story.close();
    }
}
