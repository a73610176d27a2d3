package dev.factorytrust.cli.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A cluster that offers another root than was asked for, with a digest and a status that agree: nobody signs it. */
class KeyRotationPayloadTest {

    private static final StandardDialect DIALECT = new StandardDialect();
    private static final SoftwareKey MALLORY = SoftwareKey.generate(KeyType.ED25519);

    private static InMemoryFactory generated;

    @TempDir
    private Path drawer;

    @BeforeAll
    static void publish() {
        generated = InMemoryFactory.unwatched("generate: {}");
    }

    @AfterAll
    static void close() {
        generated.close();
    }

    /** Shows another payload than the operator has made. */
    private static final class Lying extends InMemoryNamespace {

        private final UnaryOperator<Bytes> lie;

        private Lying(InMemoryFactory factory, UnaryOperator<Bytes> lie) {
            super(factory);
            this.lie = lie;
        }

        @Override
        public Optional<Bytes> file(String configMap, String entry) {
            return super.file(configMap, entry).map(entry.equals(Names.PAYLOAD_JSON) ? lie : UnaryOperator.identity());
        }

        @Override
        public Optional<RootRotation> rotation(String name) {
            return super.rotation(name).map(Serialization::clone).map(rotation -> {
                Optional.ofNullable(rotation.getStatus())
                        .filter(status -> status.payload() != null)
                        .ifPresent(status -> rotation.setStatus(lied(status)));
                return rotation;
            });
        }

        private RootRotationStatus lied(RootRotationStatus status) {
            var shown = file(status.payload().configMap(), Names.PAYLOAD_JSON).orElseThrow();
            return new RootRotationStatus(
                    status.observedGeneration(),
                    status.phase(),
                    status.fromVersion(),
                    status.toVersion(),
                    new RootRotationStatus.Payload(
                            status.payload().configMap(),
                            shown.sha256(),
                            status.payload().signBefore()),
                    status.diff(),
                    status.signatures(),
                    status.conditions());
        }
    }

    private void refused(KeyRotationRequest request, UnaryOperator<Bytes> lie, String why) {
        try (var factory = generated.fork()) {
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
            assertThatThrownBy(() -> holder.rotate(request, Disk.LOCAL, new Lying(factory, lie), true))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(why);
            assertThat(factory.all(Secret.class)).as("signatures").noneMatch(secret -> secret.getType()
                    .equals(Names.SIGNATURE_TYPE));
            assertThat(factory.newestRoot()).isEqualTo(1);
        }
    }

    private static Root with(Root root, RoleName name, UnaryOperator<Role> change) {
        var roles = new TreeMap<>(root.roles());
        roles.put(name.value(), change.apply(root.role(name)));
        return new Root(
                root.version(), root.expires(), root.consistentSnapshot(), root.keys(), roles, root.unrecognized());
    }

    private static Root withMallory(Root root, RoleName name, boolean alone) {
        var key = DIALECT.key(MALLORY.publicKey());
        var keys = new TreeMap<>(root.keys());
        keys.put(DIALECT.keyId(key), key);
        var more = new Root(
                root.version(), root.expires(), root.consistentSnapshot(), keys, root.roles(), root.unrecognized());
        return with(more, name, role -> {
            var keyids = new ArrayList<>(alone ? List.of() : role.keyids());
            keyids.add(DIALECT.keyId(key));
            return new Role(keyids, role.threshold(), role.unrecognized());
        });
    }

    private static Root expiring(Root root, Duration later) {
        return new Root(
                root.version(),
                root.expires().plus(later),
                root.consistentSnapshot(),
                root.keys(),
                root.roles(),
                root.unrecognized());
    }

    private static Root saying(Root root, String field, JsonNode value) {
        var fields = new TreeMap<>(root.unrecognized());
        fields.put(field, value);
        return new Root(root.version(), root.expires(), root.consistentSnapshot(), root.keys(), root.roles(), fields);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("another root key beside", root -> withMallory(root, RoleName.ROOT, false), "not asked for"),
                lie("another root key instead", root -> withMallory(root, RoleName.ROOT, true), "not asked for"),
                lie("another key for targets", root -> withMallory(root, RoleName.TARGETS, true), "not asked for"),
                lie("a key more for timestamp", root -> withMallory(root, RoleName.TIMESTAMP, false), "not asked for"),
                lie(
                        "another threshold",
                        root -> with(root, RoleName.ROOT, role -> new Role(role.keyids(), 2, role.unrecognized())),
                        "threshold root 1 → 2"),
                lie("a root for ever", root -> expiring(root, Duration.ofDays(3650)), "it expires"),
                lie("a root that soon expires", root -> expiring(root, Duration.ofDays(-100)), "it expires"),
                lie("a field", root -> saying(root, "x-surprise", TextNode.valueOf("hello")), "field x-surprise"),
                lie(
                        "another rotation",
                        root -> saying(root, "x-factory-trust-rotation", TextNode.valueOf("other")),
                        "not asked for"),
                lie(
                        "another Factory",
                        root -> saying(root, "x-factory-trust-factory", TextNode.valueOf("fleet/other")),
                        "is a root of Factory fleet/acme"),
                lie(
                        "no consistent snapshot",
                        root -> new Root(
                                root.version(), root.expires(), false, root.keys(), root.roles(), root.unrecognized()),
                        "turns consistent_snapshot off"),
                lie(
                        "a version left out",
                        root -> new Root(
                                root.version() + 1,
                                root.expires(),
                                true,
                                root.keys(),
                                root.roles(),
                                root.unrecognized()),
                        "it follows another root"));
    }

    private static Arguments lie(String what, UnaryOperator<Root> lie, String why) {
        return arguments(what, lie, why);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void nobody_signs(String what, UnaryOperator<Root> lie, String why) {
        refused(
                KeyHolder.PLAIN,
                payload -> DIALECT.canonical(lie.apply(DIALECT.decodeSigned(Root.class, payload))),
                why);
    }

    @Test
    void nobody_signs_an_old_online_key_that_is_called_new() {
        var current = DIALECT.decode(Root.class, generated.root(1)).metadata();
        refused(
                KeyHolder.online(OnlineRole.TIMESTAMP),
                payload -> DIALECT.canonical(with(
                        DIALECT.decodeSigned(Root.class, payload),
                        RoleName.TIMESTAMP,
                        role -> current.role(RoleName.SNAPSHOT))),
                "is an old one");
        refused(
                KeyHolder.online(OnlineRole.TIMESTAMP),
                payload -> DIALECT.canonical(
                        withMallory(DIALECT.decodeSigned(Root.class, payload), RoleName.TIMESTAMP, false)),
                "it has 2 new keys for timestamp instead of one");
    }

    @Test
    void nobody_signs_other_bytes_of_the_same_root() {
        refused(KeyHolder.PLAIN, payload -> Bytes.utf8(payload.utf8() + "\n"), "payload");
    }

    @Test
    void nobody_signs_what_status_does_not_name() {
        try (var factory = generated.fork()) {
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
            var swapped = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return entry.equals(Names.PAYLOAD_JSON)
                            ? Optional.of(Bytes.utf8("{}"))
                            : super.file(configMap, entry);
                }
            };
            assertThatThrownBy(() -> holder.rotate(KeyHolder.PLAIN, Disk.LOCAL, swapped, true))
                    .hasMessageContaining("its sha256 is")
                    .hasMessageContaining("and status.payload says");
        }
    }

    /** Who may write to the cluster makes up a root that lists the holder's key beside his own, as if it were current. */
    @Test
    void a_current_root_that_was_made_up_is_not_built_upon() {
        try (var factory = generated.fork()) {
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
            var real = DIALECT.decode(Root.class, factory.root(1)).metadata();
            var forged = with(
                    withMallory(real, RoleName.ROOT, false),
                    RoleName.ROOT,
                    role -> new Role(role.keyids(), 1, role.unrecognized()));
            var canonical = DIALECT.canonical(forged);
            var mallory = MALLORY.publicKey();
            var signed = DIALECT.assemble(
                    Root.class,
                    canonical,
                    List.of(DIALECT.signature(DIALECT.keyId(DIALECT.key(mallory)), mallory, MALLORY.sign(canonical))));
            var lying = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return configMap.equals("acme-root-1") ? Optional.of(signed.file()) : super.file(configMap, entry);
                }
            };
            assertThatThrownBy(() -> holder.rotate(KeyHolder.PLAIN, Disk.LOCAL, lying, true))
                    .hasMessageContaining("was signed by your key, so nothing tells its roots from forged ones");
            assertThat(factory.rotations()).isEmpty();
        }
    }
}
