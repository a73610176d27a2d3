package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** From every state of disk and cluster to the next step: alice's key goes, and bob's is the new one. */
class KeyRotationPlannerTest {

    private static final String NAME = KeyRotationSpec.name("acme", TestMetadata.keyid("bob"));

    /** What is found; a state is said by what differs from the one before anything has begun. */
    private record Found(
            boolean paused,
            String root,
            String archive,
            String pending,
            Phase phase,
            boolean declared,
            boolean payload) {

        static final Found NOTHING = new Found(false, "alice", "alice", "", null, false, false);

        Found isPaused() {
            return new Found(true, root, archive, pending, phase, declared, payload);
        }

        Found rootOf(String holders) {
            return new Found(paused, holders, archive, pending, phase, declared, payload);
        }

        Found pending(String keys) {
            return new Found(paused, root, archive, keys, phase, declared, payload);
        }

        Found archive(String keys) {
            return new Found(paused, root, keys, pending, phase, declared, payload);
        }

        Found declared(Phase now) {
            return new Found(paused, root, archive, pending, now, true, payload);
        }

        Found withPayload() {
            return new Found(paused, root, archive, pending, phase, declared, true);
        }

        KeyRotationState state(KeyRotationRequest request) {
            var names = root.split(" ");
            var first = TestMetadata.sign(TestMetadata.root(1, Map.of(RoleName.ROOT, role(1, names))), names);
            var roots = RootHistory.read(
                    "acme",
                    version -> version == 1 ? Optional.of(first) : Optional.empty(),
                    1,
                    new HolderKeys(List.of(key("alice").publicKey(), key("bob").publicKey()), List.of()),
                    Optional.empty());
            var factory = new Factory();
            factory.setMetadata(new ObjectMetaBuilder().withName("acme").build());
            factory.setSpec(spec(paused));
            var before = new KeyRotationState(
                    factory,
                    roots,
                    keys(archive),
                    Optional.of(pending).filter(keys -> !keys.isEmpty()).map(Found::keys),
                    pending.contains("bob") ? Optional.of(NAME) : Optional.empty(),
                    Optional.empty(),
                    false,
                    payload ? Optional.of(first) : Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    TestMetadata.NOW);
            return declared ? withRotation(before, request) : before;
        }

        private KeyRotationState withRotation(KeyRotationState before, KeyRotationRequest request) {
            var rotation = before.active(RoleName.ROOT).isEmpty()
                    ? named(new RootRotationSpec("acme", null, null, null, null, null, null, null))
                    : KeyRotationSpec.rotation(NAME, before, request);
            rotation.setStatus(new RootRotationStatus(
                    1L,
                    phase,
                    1L,
                    2L,
                    payload ? new RootRotationStatus.Payload(NAME + "-payload", "00", "2030-01-31T00:00:00Z") : null,
                    List.of(),
                    null,
                    List.of(new Condition("Complete", "False", "Reason", "because", "2030-01-01T00:00:00Z", 1L))));
            return new KeyRotationState(
                    before.factory(),
                    before.roots(),
                    before.archive(),
                    before.pending(),
                    before.name(),
                    Optional.of(rotation),
                    true,
                    before.payload(),
                    before.signed(),
                    before.targets(),
                    before.now());
        }

        private static RootRotation named(RootRotationSpec spec) {
            var rotation = new RootRotation();
            rotation.setMetadata(new ObjectMetaBuilder().withName(NAME).build());
            rotation.setSpec(spec);
            return rotation;
        }

        private static KeyArchive keys(String names) {
            return new KeyArchive(Stream.of(names.split(" "))
                    .map(name -> new ArchivedKey(name, key(name)))
                    .toList());
        }

        private static FactorySpec spec(boolean paused) {
            return new FactorySpec(
                    null,
                    new Bootstrap(new Bootstrap.Generate(null, null, null), null, null, null),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    paused);
        }
    }

    static Stream<Arguments> states() {
        var made = Found.NOTHING.pending("alice bob");
        return Stream.of(
                arguments("nothing has begun", Found.NOTHING, KeyRotationStep.MakeKeys.class),
                arguments("the new key is on the disk", made, KeyRotationStep.Declare.class),
                arguments("nobody has looked at it", made.declared(null), KeyRotationStep.Wait.class),
                arguments("it waits for its turn", made.declared(Phase.QUEUED), KeyRotationStep.Wait.class),
                arguments("all have signed", made.declared(Phase.PUBLISHING).withPayload(), KeyRotationStep.Wait.class),
                arguments(
                        "the root is published, its online keys overlap",
                        made.rootOf("bob").declared(Phase.OVERLAPPING).withPayload(),
                        KeyRotationStep.Wait.class),
                arguments(
                        "all is done but the archive",
                        made.rootOf("bob").declared(Phase.COMPLETED).withPayload(),
                        KeyRotationStep.Replace.class),
                arguments(
                        "the RootRotation was deleted once its root was published",
                        made.rootOf("bob"),
                        KeyRotationStep.Replace.class),
                arguments(
                        "a paused Factory whose root is published",
                        made.rootOf("bob").isPaused(),
                        KeyRotationStep.Replace.class),
                arguments(
                        "the new key was published, and replaced since",
                        made.rootOf("carol").declared(Phase.COMPLETED),
                        KeyRotationStep.Replace.class),
                arguments(
                        "a copy of the archive lies where the pending one should",
                        Found.NOTHING.pending("alice"),
                        KeyRotationStep.RemoveLeftover.class),
                arguments("a paused Factory", Found.NOTHING.isPaused(), KeyRotationStep.Refuse.class),
                arguments("a paused Factory in the middle", made.isPaused(), KeyRotationStep.Refuse.class),
                arguments("it was rejected", made.declared(Phase.REJECTED), KeyRotationStep.Refuse.class),
                arguments("it was superseded", made.declared(Phase.SUPERSEDED), KeyRotationStep.Refuse.class),
                arguments("an archive of others", Found.NOTHING.rootOf("carol"), KeyRotationStep.Foreign.class),
                arguments(
                        "the archive's key was replaced by others meanwhile",
                        made.rootOf("carol"),
                        KeyRotationStep.Foreign.class),
                arguments(
                        "a pending archive without the archive's key",
                        Found.NOTHING.pending("bob"),
                        KeyRotationStep.Refuse.class),
                arguments(
                        "a pending archive with more new keys than old ones",
                        Found.NOTHING.pending("alice bob carol"),
                        KeyRotationStep.Refuse.class),
                arguments(
                        "another key of the archive is active too",
                        Found.NOTHING.rootOf("alice carol").archive("alice carol"),
                        KeyRotationStep.MakeKeys.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void the_next_step(String what, Found found, Class<?> step) {
        assertThat(KeyRotationPlanner.plan(found.state(KeyHolder.PLAIN), KeyHolder.PLAIN))
                .isInstanceOf(step);
    }
}
