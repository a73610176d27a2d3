package dev.factorytrust.server;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.Semaphore;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class FlipTest {

    private static final String NEXT_SNAPSHOT = "/fleet/acme/8.snapshot.json";

    @Test
    @DisplayName("invariant 2: a view flips as a whole")
    void a_reader_never_meets_half_a_view() {
        try (var server = TestServer.withAcme(Duration.ZERO, 0)) {
            var flipsAllowed = new Semaphore(0);
            var writer = Thread.startVirtualThread(() -> {
                var view = Views.of(3, 7, 5);
                for (int snapshot = 8; snapshot <= 300; snapshot++) {
                    flipsAllowed.acquireUninterruptibly();
                    view = Views.keeping(Views.of(3, snapshot, 5), view);
                    server.views.publish("fleet", "acme", view);
                }
            });
            var seen = new HashSet<String>();
            do {
                flipsAllowed.release(3);
                var timestamp = text(server.get("/fleet/acme/timestamp.json"));
                var snapshot = timestamp.replaceAll("(?s).*timestamp.json of (\\d+).*", "$1");
                var answer = server.get("/fleet/acme/" + snapshot + ".snapshot.json");
                assertThat(answer.statusCode()).as("snapshot %s", snapshot).isEqualTo(200);
                assertThat(text(answer)).isEqualTo(Views.content(snapshot + ".snapshot.json"));
                seen.add(snapshot);
            } while (writer.isAlive());
            assertThat(seen).as("flips that the reader met").hasSizeGreaterThan(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.snapshot.json", "9.targets.json", "repo/8.snapshot.json"})
    void a_version_above_the_view_waits_for_the_flip(String file) throws InterruptedException {
        try (var server = TestServer.withAcme(TestServer.LONG, 10)) {
            var answer = server.send("GET", "/fleet/acme/" + file);
            server.handled.acquire();
            assertThat(answer).isNotDone();

            server.views.publish("fleet", "acme", Views.of(3, 8, 9));

            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(text(answer.join())).isEqualTo(Views.content(file.replace("repo/", "")));
        }
    }

    @Test
    void a_version_that_does_not_come_is_a_404_in_the_end() {
        try (var server = TestServer.withAcme(Duration.ofMillis(100), 10)) {
            assertThat(server.get(NEXT_SNAPSHOT).statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4.root.json",
                "9.root.json",
                "6.snapshot.json",
                "4.targets.json",
                "24.snapshot.json",
                "999999999999999999.targets.json",
                "8.timestamp.json",
                "8.other.json"
            })
    void nothing_else_waits_and_the_next_root_least_of_all(String file) {
        try (var server = TestServer.withAcme(TestServer.LONG, 10)) {
            assertThat(server.get("/fleet/acme/" + file).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void only_so_many_wait_at_once() throws InterruptedException {
        try (var server = TestServer.withAcme(TestServer.LONG, 1)) {
            var first = server.send("GET", NEXT_SNAPSHOT);
            server.handled.acquire();

            assertThat(server.get(NEXT_SNAPSHOT).statusCode()).isEqualTo(404);
            assertThat(first).isNotDone();
        }
    }

    @Test
    void who_waited_in_vain_makes_room() throws InterruptedException {
        try (var server = TestServer.withAcme(Duration.ofSeconds(3), 1)) {
            assertThat(server.get(NEXT_SNAPSHOT).statusCode()).isEqualTo(404);
            server.handled.acquire();

            var waiting = server.send("GET", NEXT_SNAPSHOT);
            server.handled.acquire();
            server.views.publish("fleet", "acme", Views.of(3, 8, 5));

            assertThat(waiting.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_removed_factory_is_gone_at_once() {
        try (var server = TestServer.withAcme(Duration.ZERO, 0)) {
            server.views.remove("fleet", "acme");
            server.views.remove("fleet", "acme");

            assertThat(server.get("/fleet/acme/1.root.json").statusCode()).isEqualTo(404);
        }
    }

    @Test
    @DisplayName("invariant 13: before the first sync devices are told to come again, not that there is nothing")
    void before_the_first_sync_everybody_is_asked_to_come_again() {
        try (var server = new TestServer(Duration.ZERO, 0)) {
            server.views.publish("fleet", "acme", Views.of(3, 7, 5));
            for (var path : new String[] {"/fleet/acme/1.root.json", "/fleet/acme/4.root.json", "/elsewhere"}) {
                var answer = server.get(path);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
                assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            }

            server.views.markSynced();

            assertThat(server.get("/fleet/acme/1.root.json").statusCode()).isEqualTo(200);
            assertThat(server.get("/elsewhere").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void of_a_namespace_that_is_not_watched_nobody_is_told_that_there_is_nothing() {
        try (var server = TestServer.withAcme(Duration.ZERO, 0)) {
            server.views.markUnwatched("theirs");
            server.views.publish("theirs", "acme", Views.of(3, 7, 5));
            for (var path : new String[] {
                "/theirs/acme/timestamp.json",
                "/theirs/acme/repo/4.root.json",
                "/theirs/acme/api/v1/user_repo/root.json",
                "/theirs/unknown/1.root.json"
            }) {
                var answer = server.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("30");
                assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            }
            assertThat(server.get("/fleet/acme/1.root.json").statusCode()).isEqualTo(200);
            assertThat(server.get("/fleet/unknown/1.root.json").statusCode()).isEqualTo(404);

            server.views.markWatched("theirs");

            assertThat(server.get("/theirs/acme/timestamp.json").statusCode()).isEqualTo(200);
            assertThat(server.get("/theirs/unknown/1.root.json").statusCode()).isEqualTo(404);
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
