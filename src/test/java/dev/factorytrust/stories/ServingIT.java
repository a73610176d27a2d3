package dev.factorytrust.stories;

import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What devices are served is what was signed, whoever signs and however often the operator falls over. */
class ServingIT {

    private final TestClock clock = TestClock.start();

    @Test
    @DisplayName("invariant 9: what was signed is what is served, byte for byte")
    void every_file_is_served_as_it_is_stored() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            Fleet.await(() ->
                    assertThat(fleet.factory().getStatus().targets().count()).isEqualTo(1));
            fleet.awaitServed(operator);
            assertThat(fleet.stored().keySet()).contains("root-1", "timestamp").allSatisfy(name -> {
                var answer = Http.get(fleet.url(operator).resolve(fileName(name)));
                assertThat(answer.statusCode()).as(name).isEqualTo(200);
                assertThat(answer.body()).as(name).isEqualTo(fleet.file(name));
            });
            var root = Http.get(fleet.url(operator).resolve("1.root.json"));
            assertThat(root.headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(cache -> assertThat(cache).contains("immutable"));
            assertThat(Http.get(
                                    fleet.url(operator).resolve("1.root.json"),
                                    "If-None-Match",
                                    root.headers().firstValue("ETag").orElseThrow())
                            .statusCode())
                    .isEqualTo(304);
            var next = Http.get(fleet.url(operator).resolve("2.root.json"));
            assertThat(next.statusCode()).isEqualTo(404);
            assertThat(next.headers().firstValue("Cache-Control"))
                    .hasValueSatisfying(cache -> assertThat(cache).doesNotContain("immutable"));
        }
    }

    @Test
    @DisplayName("invariant 3: two leaders at once never make two contents for one version")
    void two_operators_at_once_make_one_content_for_each_version() {
        // Renewed every few seconds, so that there is something to collide on, and yet never expired.
        var fleet = Fleet.declared("timestamp: {expiresAfter: 1d, refreshBefore: 86395s}");
        try (var one = fleet.operator(clock);
                var two = fleet.operator(clock)) {
            fleet.awaitReady();
            Fleet.await(() -> assertThat(List.of(one, two)).allSatisfy(operator -> assertThat(
                            Http.get(fleet.url(operator).resolve("timestamp.json"))
                                    .statusCode())
                    .isEqualTo(200)));
            var devices =
                    List.of(fleet.device(DeviceClient.PYTHON_TUF, one), fleet.device(DeviceClient.PYTHON_TUF, two));
            var seen = new HashMap<String, String>();
            for (var round = 1; round <= 4; round++) {
                var name = "lmp-" + round;
                fleet.target(name, "");
                Fleet.await(() -> {
                    assertNoContentChanged(seen, fleet.stored());
                    assertThat(devices).allSatisfy(device -> assertThat(device.update())
                            .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                                    .contains(name)));
                });
            }
            assertThat(fleet.stored()).doesNotContainKey("root-2");
        }
    }

    @Test
    @DisplayName("invariant 4: snapshots and targets stay as long as a timestamp that devices may hold reaches them")
    void an_older_snapshot_is_served_until_no_timestamp_reaches_it() {
        var fleet = Fleet.declared("");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            clock.advance(Duration.ofHours(20));
            fleet.poke();
            fleet.awaitTimestampAbove(2);
            assertThat(Http.get(fleet.url(operator).resolve("1.snapshot.json")).statusCode())
                    .isEqualTo(200);
            clock.advance(Duration.ofHours(5));
            fleet.poke();
            Fleet.await(() ->
                    assertThat(fleet.stored()).containsOnlyKeys("root-1", "snapshot-2", "targets-2", "timestamp"));
            Fleet.await(() -> assertThat(Http.get(fleet.url(operator).resolve("1.snapshot.json"))
                            .statusCode())
                    .isEqualTo(404));
            assertThat(fleet.device(DeviceClient.PYTHON_TUF, operator).update(clock.instant()))
                    .isInstanceOf(Device.Updated.class);
        }
    }

    private static void assertNoContentChanged(Map<String, String> seen, Map<String, String> stored) {
        stored.forEach((name, content) -> {
            if (!name.equals("timestamp")) {
                assertThat(seen.merge(name, content, (first, _) -> first))
                        .as(name)
                        .isEqualTo(content);
            }
        });
    }

    private static String fileName(String object) {
        var dash = object.indexOf('-');
        return dash < 0 ? object + ".json" : object.substring(dash + 1) + '.' + object.substring(0, dash) + ".json";
    }
}
