package dev.factorytrust.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.factorytrust.api.v1alpha1.Target;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the API server stores, whatever somebody sent, never costs the rest of a list. */
class KubernetesJsonTest {

    private final KubernetesSerialization serialization = KubernetesJson.serialization();

    static Stream<String> what_strangers_store() {
        return Stream.of(
                "{\"a\":".repeat(9_000) + "1" + "}".repeat(9_000),
                "[".repeat(9_000) + "]".repeat(9_000),
                "{\"%s\": 1}".formatted("n".repeat(1_000_000)),
                "{\"n\": %s}".formatted("1".repeat(5_000)),
                "{\"n\": \"%s\"}".formatted("n".repeat(1_000_000)),
                '{' + ofOneHash(12) + '}');
    }

    /** Names that Jackson's table of names finds in one place: 33 times one character and the next are as much as others. */
    private static String ofOneHash(int bits) {
        return IntStream.range(0, 1 << bits)
                .mapToObj(name -> IntStream.range(0, bits)
                        .mapToObj(bit -> (name >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining()))
                .map("\"%s\": 1"::formatted)
                .collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @MethodSource("what_strangers_store")
    void what_a_stranger_stored_costs_nobody_the_others_in_the_list(String custom) {
        var list = list(custom);
        assertThat(list.getItems())
                .extracting(target -> target.getMetadata().getName())
                .containsExactly("before", "his", "after");
        assertThat(list.getItems().getLast().getSpec().version()).isEqualTo("764");
    }

    @ParameterizedTest
    @MethodSource("what_strangers_store")
    void it_can_be_copied_compared_and_written_as_anything_else(String custom) {
        var his = list(custom).getItems().get(1);
        var copy = serialization.clone(his);
        assertThat(copy.getSpec()).isEqualTo(his.getSpec()).hasSameHashCodeAs(his.getSpec());
        assertThat(copy.getSpec().custom().<JsonNode>deepCopy())
                .isEqualTo(his.getSpec().custom());
        assertThat(copy.getSpec()).asString().isEqualTo(his.getSpec().toString());
    }

    @Test
    void what_is_nested_as_deep_as_anything_useful_is_read_whole() {
        var custom = "{\"a\":[".repeat(20) + "7" + "]}".repeat(20);
        assertThat(list(custom).getItems().get(1).getSpec().custom()).hasToString(custom);
    }

    @Test
    void containers_that_are_too_deep_are_empty_and_what_follows_is_in_its_place() {
        var json = "[".repeat(KubernetesJson.DEPTH) + "1, [2], {\"a\": 3}" + "]".repeat(KubernetesJson.DEPTH - 1)
                + ", {\"b\": 4}]";
        assertThat(serialization.unmarshal(json, JsonNode.class))
                .hasToString("[".repeat(KubernetesJson.DEPTH) + "]".repeat(KubernetesJson.DEPTH - 1) + ",{\"b\":4}]");
    }

    /** A server that refuses WebSockets, as some that stand before API servers do. */
    @Test
    void a_watch_by_plain_http_goes_on_after_an_event_that_is_not_all_ascii() throws Exception {
        var event = """
                {"type": "ADDED", "object": {"kind": "ConfigMap", "apiVersion": "v1",
                 "metadata": {"name": "%s", "resourceVersion": "1"}, "data": {"says": "gr\u00fc\u00df dich\u2026"}}}
                """.replace("\n ", " ");
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (exchange.getRequestHeaders().containsKey("Upgrade")) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            exchange.sendResponseHeaders(200, 0);
            for (var name : List.of("first", "second")) {
                exchange.getResponseBody().write(event.formatted(name).getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
        });
        server.start();
        var seen = new LinkedBlockingQueue<String>();
        try (var client = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder(Config.empty())
                                .withMasterUrl("http://127.0.0.1:"
                                        + server.getAddress().getPort())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                        .withKubernetesSerialization(serialization)
                        .build();
                var _ = client.configMaps().inNamespace("fleet").watch(new Watcher<ConfigMap>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap object) {
                        seen.add(object.getMetadata().getName());
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        seen.add("closed: " + cause.getMessage());
                    }
                })) {
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("second");
        } finally {
            server.stop(0);
        }
    }

    private DefaultKubernetesResourceList<Target> list(String custom) {
        return serialization.unmarshal("""
                {"kind": "TargetList", "apiVersion": "factory-trust.dev/v1alpha1", "metadata": {}, "items": [
                  {"metadata": {"name": "before"}, "spec": {"factory": "acme"}},
                  {"metadata": {"name": "his", "managedFields": [{"fieldsV1": {"f:spec": %1$s}}]},
                   "spec": {"factory": "acme", "custom": %1$s}},
                  {"metadata": {"name": "after"}, "spec": {"factory": "acme", "version": "764"}}]}
                """.formatted(custom), new TargetList());
    }

    private static final class TargetList extends TypeReference<DefaultKubernetesResourceList<Target>> {}
}
