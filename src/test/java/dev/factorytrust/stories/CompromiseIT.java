package dev.factorytrust.stories;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Timestamp;
import io.fabric8.kubernetes.api.model.Secret;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import static dev.factorytrust.stories.RotationStory.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

/** A thief has the timestamp key, and stands between the operator and a device. */
class CompromiseIT {

    private final Person alice = Person.withKey("alice", KeyType.ED25519);

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    @DisplayName("a device that has seen the highest version a thief could sign follows again after a Compromise")
    void fast_forward_is_cured(DeviceClient client) {
        try (var story = RotationStory.withRootOf(1, alice);
                var thief = new Between(story.operator().url(story.namespace(), "acme"))) {
            var device = client.newDevice(story.root(1).toArray(), thief.url());
            assertThat(device.update()).isInstanceOf(Device.Updated.class);

            thief.replaces("timestamp.json", forwarded(story));
            assertThat(device.update())
                    .isInstanceOfSatisfying(Device.Updated.class, update -> assertThat(update.timestamp())
                            .isEqualTo(2_000_000_000));
            thief.leaves();
            assertThat(device.update()).as("no rollback").isInstanceOf(Device.Refused.class);

            story.declare("stolen", "reason: Compromise");
            story.attach("stolen", alice);
            story.awaitPhase("stolen", Phase.COMPLETED, AT_ONCE);
            RotationStory.eventually(
                    AT_ONCE, () -> assertThat(device.update()).isInstanceOfSatisfying(Device.Updated.class, update -> {
                        assertThat(update.root()).isEqualTo(2);
                        assertThat(update.timestamp()).isLessThan(100);
                    }));
        }
    }

    /** What is published, in the highest version that every client can hold. */
    private static Bytes forwarded(RotationStory story) {
        var dialect = new StandardDialect();
        var published = dialect.decode(
                        Timestamp.class,
                        Bytes.base64(story.configMap("acme-timestamp")
                                .get()
                                .getBinaryData()
                                .get("timestamp.json")))
                .metadata();
        var canonical = dialect.canonical(
                new Timestamp(2_000_000_000, published.expires(), published.snapshotMeta(), Map.of()));
        var key = SoftwareKey.parsePem(privatePem(story));
        var keyid = dialect.keyId(dialect.key(key.publicKey()));
        return dialect.assemble(
                        Timestamp.class,
                        canonical,
                        List.of(dialect.signature(keyid, key.publicKey(), key.sign(canonical))))
                .file();
    }

    private static String privatePem(RotationStory story) {
        return story.onlineKeys().stream()
                .filter(name -> name.startsWith("acme-timestamp-"))
                .map(name -> story.secret(name).get())
                .map(Secret::getData)
                .map(data -> Bytes.base64(data.get("private.pem")).utf8())
                .findFirst()
                .orElseThrow();
    }

    /** Hands on what the operator serves, but for what it replaces. */
    private static final class Between implements AutoCloseable {

        private final URI upstream;
        private final Map<String, Bytes> replaced = new ConcurrentHashMap<>();
        private final HttpServer server;

        Between(URI upstream) {
            this.upstream = upstream;
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.createContext("/", this::answer);
            server.start();
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + '/');
        }

        void replaces(String file, Bytes content) {
            replaced.put(file, content);
        }

        void leaves() {
            replaced.clear();
        }

        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                var file = exchange.getRequestURI().getPath().substring(1);
                var answer = Http.get(upstream.resolve(file));
                var body = replaced.containsKey(file) ? replaced.get(file).toArray() : answer.body();
                exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
