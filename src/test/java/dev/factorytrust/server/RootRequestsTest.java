package dev.factorytrust.server;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

class RootRequestsTest {

    private final TestServer server = TestServer.withAcme(Duration.ZERO, 0);

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"8, 0", "7, 1", "6, 2", "5, 3+", "4, 3+", "1, 3+"})
    void a_root_request_is_counted_by_how_far_its_device_lags(long version, String behind) {
        server.views.publish("fleet", "acme", Views.of(7, 7, 5));

        server.get("/fleet/acme/" + version + ".root.json");
        server.get("/fleet/acme/repo/" + version + ".root.json");

        for (var label : new String[] {"0", "1", "2", "3+"}) {
            assertThat(server.rootRequests("acme", label)).as(label).isEqualTo(label.equals(behind) ? 2 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/fleet/acme/5.root.json", "/fleet/acme/99.root.json", "/fleet/acme/0.root.json",
                "/fleet/acme/01.root.json", "/fleet/acme/root.json", "/fleet/acme/timestamp.json",
                "/fleet/acme/7.snapshot.json", "/fleet/acme/x/1.root.json"
            })
    void nothing_else_is_counted(String path) {
        server.get(path);

        assertThat(total()).isZero();
    }

    @Test
    void a_refused_method_is_not_counted() throws IOException {
        server.raw("DELETE /fleet/acme/1.root.json HTTP/1.1\r\nHost: devices\r\nConnection: close\r\n\r\n");

        assertThat(total()).isZero();
    }

    @Test
    void strangers_make_no_label_values() {
        var before = server.meters.getMeters().size();

        server.get("/fleet/stranger/1.root.json");
        server.get("/stranger/acme/1.root.json");

        assertThat(server.meters.getMeters()).hasSize(before);
    }

    @Test
    void counts_go_on_over_a_flip_and_end_with_the_factory() {
        server.get("/fleet/acme/4.root.json");
        server.views.publish("fleet", "acme", Views.of(4, 8, 5));
        server.get("/fleet/acme/5.root.json");
        assertThat(server.rootRequests("acme", "0")).isEqualTo(2);

        server.views.remove("fleet", "acme");
        assertThat(server.meters.getMeters()).isEmpty();

        server.views.publish("fleet", "acme", Views.of(1, 1, 1));
        assertThat(server.rootRequests("acme", "0")).isZero();
    }

    private double total() {
        return server.rootRequests("acme", "0")
                + server.rootRequests("acme", "1")
                + server.rootRequests("acme", "2")
                + server.rootRequests("acme", "3+");
    }
}
