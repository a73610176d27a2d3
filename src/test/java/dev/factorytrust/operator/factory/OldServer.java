package dev.factorytrust.operator.factory;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.names.Names;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.role;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
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

    static Map<String, Bytes> files() {
        var targets = sign(new Targets(7, EXPIRES, Map.of("old", target()), Optional.empty(), Map.of()), "targets");
        var snapshot = sign(snapshot(5, targets, 7), "snapshot");
        var files = new TreeMap<String, Bytes>();
        files.put("1.root.json", sign(rootOf(1, "alice"), "alice"));
        files.put("2.root.json", sign(rootOf(2, "bob"), "alice", "bob"));
        files.put("3.root.json", sign(rootOf(3, "bob"), "bob"));
        files.put("7.targets.json", targets);
        files.put("5.snapshot.json", snapshot);
        files.put("timestamp.json", sign(timestamp(9, snapshot, 5), "timestamp"));
        return files;
    }

    private static Root rootOf(long version, String holder) {
        var root = root(version, Map.of(RoleName.ROOT, role(1, holder)));
        return new Root(version, EXPIRES.plusSeconds(90 * 86_400), true, root.keys(), root.roles(), Map.of());
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
        files(story, files());
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
