package dev.factorytrust.operator.factory;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.names.Names;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.timestamp;

/** A server that a fleet leaves: three roots, the last two of one holder, and all the rest at odd versions. */
final class OldServer {

    static final String CONFIG_MAP = "old-server";
    static final String SECRET = "old-server-keys";

    /** To be filled with the first version. */
    static final String IMPORT =
            "import: {sources: [{configMapRef: {name: old-server}}, {secretRef: {name: old-server-keys}}], firstVersion: %d}";

    static final Person HOLDER = new Person("old-holder", key("bob"));

    private OldServer() {}

    private static final InDialect IN_TUF = new InDialect(TestMetadata.TUF);

    static Map<String, Bytes> files() {
        return files(IN_TUF);
    }

    static Map<String, Bytes> files(InDialect in) {
        return files(in, root -> root, (file, _) -> file, "timestamp");
    }

    static Map<String, Bytes> filesWithThreeTimestampKeys() {
        return files(
                IN_TUF,
                root -> with(root, RoleName.TIMESTAMP, role(2, "timestamp", "carol", "alice")),
                (file, _) -> file,
                "timestamp",
                "carol");
    }

    /** Every keyid of an online role is another than the digest of its key. */
    static Map<String, Bytes> filesWithKeyidsOfItsOwn() {
        return files(IN_TUF, OldServer::renamed, OldServer::renamed, "timestamp");
    }

    private static Root renamed(Root root) {
        var keys = new HashMap<>(root.keys());
        var roles = new HashMap<>(root.roles());
        for (var role : Adoption.ONLINE) {
            var own = new KeyId(role + "-key");
            keys.put(own, keys.remove(keyid(role.value())));
            roles.put(role.value(), new Role(List.of(own), 1, Map.of()));
        }
        return new Root(root.version(), root.expires(), true, keys, roles, Map.of());
    }

    private static Bytes renamed(Bytes file, RoleName role) {
        return Bytes.utf8(file.utf8().replace(keyid(role.value()).value(), role + "-key"));
    }

    private static Root with(Root root, RoleName name, Role role) {
        var roles = new HashMap<>(root.roles());
        roles.put(name.value(), role);
        return new Root(root.version(), root.expires(), true, root.keys(), roles, Map.of());
    }

    private static Map<String, Bytes> files(
            InDialect in,
            UnaryOperator<Root> roots,
            BiFunction<Bytes, RoleName, Bytes> online,
            String... timestampSigners) {
        return files(in, Map.of("old", target()), roots, online, timestampSigners);
    }

    /** More than an object of the operator's in memory holds, also gzipped. */
    static Map<String, Bytes> filesWithLargeTargets(InDialect in) {
        var content = new TreeMap<>(Map.of("old", target()));
        IntStream.rangeClosed(10, 99)
                .forEach(i -> content.put(
                        "old-" + i,
                        new TargetFile(
                                3, Map.of("sha256", Bytes.utf8("old " + i).sha256()), target().custom(), Map.of())));
        return files(in, content, root -> root, (file, _) -> file, "timestamp");
    }

    private static Map<String, Bytes> files(
            InDialect in,
            Map<String, TargetFile> content,
            UnaryOperator<Root> roots,
            BiFunction<Bytes, RoleName, Bytes> online,
            String... timestampSigners) {
        var targets = online.apply(
                in.sign(new Targets(7, EXPIRES, content, Optional.empty(), Map.of()), "targets"), RoleName.TARGETS);
        var snapshot = online.apply(in.sign(snapshot(5, targets, 7), "snapshot"), RoleName.SNAPSHOT);
        var files = new TreeMap<String, Bytes>();
        files.put("1.root.json", in.sign(roots.apply(rootOf(in, 1, "alice")), "alice"));
        files.put("2.root.json", in.sign(roots.apply(rootOf(in, 2, "bob")), "alice", "bob"));
        files.put("3.root.json", in.sign(roots.apply(rootOf(in, 3, "bob")), "bob"));
        files.put(in.name(RoleName.TARGETS, 7), targets);
        files.put(in.name(RoleName.SNAPSHOT, 5), snapshot);
        files.put(
                "timestamp.json",
                online.apply(in.sign(timestamp(9, snapshot, 5), timestampSigners), RoleName.TIMESTAMP));
        return files;
    }

    private static Root rootOf(InDialect in, long version, String holder) {
        var root = in.root(version, Map.of(RoleName.ROOT, in.role(1, holder)));
        return TestMetadata.expiring(root, EXPIRES.plusSeconds(90 * 86_400));
    }

    private static TargetFile target() {
        return new TargetFile(
                3,
                Map.of("sha256", "00".repeat(32)),
                Optional.of(JsonNodeFactory.instance.objectNode().put("release", 1)),
                Map.of());
    }

    /** Its owner puts the files and these online keys into the cluster. */
    static void handsOver(InMemoryStory story, String... roles) {
        files(story, files(new InDialect(story.dialect)));
        keys(story, roles);
    }

    static void files(InMemoryStory story, Map<String, Bytes> files) {
        story.cluster()
                .create(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(CONFIG_MAP)
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .addToLabels(Names.FACTORY, "acme")
                        .endMetadata()
                        .withBinaryData(encoded(files))
                        .build());
    }

    static void keys(InMemoryStory story, String... names) {
        story.cluster()
                .create(new SecretBuilder()
                        .withNewMetadata()
                        .withName(SECRET)
                        .withNamespace(InMemoryCluster.NAMESPACE)
                        .endMetadata()
                        .withType("Opaque")
                        .withData(encoded(Stream.of(names)
                                .collect(Collectors.toMap(
                                        name -> name + ".pem",
                                        name -> Bytes.utf8(key(name).privatePem())))))
                        .build());
    }

    private static Map<String, String> encoded(Map<String, Bytes> files) {
        return files.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .base64()));
    }
}
