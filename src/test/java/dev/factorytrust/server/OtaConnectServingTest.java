package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Where devices and tools of OTA Connect look, and names that carry no version. */
class OtaConnectServingTest {

    private static final String CHECKSUM = "x-ats-role-checksum";

    private static TestServer server;

    /** {@code acme} has versions in its names, {@code old} has none. */
    @BeforeAll
    static void start() {
        server = TestServer.withAcme(TestServer.LONG, 10);
        server.views.publish("fleet", "old", unversioned());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RepositoryView unversioned() {
        var files = new LinkedHashMap<String, Bytes>();
        for (var name : List.of("1.root.json", "2.root.json", "targets.json", "snapshot.json", "timestamp.json")) {
            files.put(name, Bytes.utf8(Views.content(name)));
        }
        return new RepositoryView(files, Map.of("root", 2L, "snapshot", 7L, "targets", 5L));
    }

    @ParameterizedTest
    @CsvSource({
        "1.root.json, 1.root.json, 'public, max-age=31536000, immutable'",
        "root.json, 2.root.json, 'public, max-age=10'",
        "targets.json, targets.json, 'public, no-cache'",
        "snapshot.json, snapshot.json, 'public, no-cache'",
        "timestamp.json, timestamp.json, 'public, no-cache'",
    })
    void a_cache_keeps_no_file_whose_name_means_another_with_each_view(
            String name, String content, String cacheControl) {
        for (var path : List.of("/fleet/old/", "/fleet/old/repo/")) {
            var answer = server.get(path + name);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(text(answer)).isEqualTo(Views.content(content));
            assertThat(answer.headers().allValues("Cache-Control")).containsExactly(cacheControl);
            assertThat(server.get(
                                    path + name,
                                    "If-None-Match",
                                    answer.headers().firstValue("ETag").orElseThrow())
                            .statusCode())
                    .isEqualTo(304);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old", "acme"})
    void a_signing_tool_pulls_roots_and_targets_with_the_digest_that_says_which(String factory) {
        for (var name : List.of("root.json", "1.root.json", "targets.json")) {
            var answer = server.get("/fleet/" + factory + "/api/v1/user_repo/" + name);
            assertThat(answer.statusCode()).as(name).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo(server.get("/fleet/" + factory + '/' + name).body());
            assertThat(answer.headers().allValues(CHECKSUM))
                    .containsExactly(Bytes.of(answer.body()).sha256());
        }
    }

    @Test
    void devices_are_told_no_such_digest() {
        assertThat(server.get("/fleet/old/repo/targets.json").headers().map()).doesNotContainKey(CHECKSUM);
    }

    /** The next root above all: it is how a tool's walk ends, as a device's does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "3.root.json",
                "0.root.json",
                "timestamp.json",
                "snapshot.json",
                "8.snapshot.json",
                "targets",
                "root",
                "root/private_keys/00",
                "delegations/a.json",
                "",
            })
    void what_a_signing_tool_does_not_pull_is_a_404_at_once(String name) {
        var answer = server.get("/fleet/old/api/v1/user_repo/" + name);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(text(answer)).isEqualTo("not found\n");
        assertThat(answer.headers().map()).doesNotContainKey(CHECKSUM);
    }

    @ParameterizedTest
    @CsvSource({"POST, root", "PUT, targets", "PUT, targets.json", "DELETE, root/private_keys/00"})
    void nothing_is_pushed(String method, String name) {
        var answer = server.request(method, "/fleet/old/api/v1/user_repo/" + name);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void tools_are_not_counted_as_devices() {
        try (var own = TestServer.withAcme(Duration.ZERO, 0)) {
            own.get("/fleet/acme/api/v1/user_repo/4.root.json");
            own.get("/fleet/acme/repo/4.root.json");
            assertThat(own.rootRequests("acme", "0")).isEqualTo(1);
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
