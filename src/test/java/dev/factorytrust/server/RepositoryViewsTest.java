package dev.factorytrust.server;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RepositoryViewsTest {

    private final RepositoryViews views =
            new RepositoryViews(new SimpleMeterRegistry(), new ServingPolicy(Duration.ofSeconds(10), Duration.ZERO, 0));

    @Test
    void what_has_not_changed_is_not_prepared_again() {
        views.publish("fleet", "acme", Views.of(3, 7, 5));
        var before = views.find("fleet/acme").orElseThrow();

        views.publish("fleet", "acme", Views.of(4, 8, 5));

        var after = views.find("fleet/acme").orElseThrow();
        assertThat(after.file("3.root.json").orElseThrow())
                .isSameAs(before.file("3.root.json").orElseThrow());
        assertThat(after.file("timestamp.json").orElseThrow().sha256())
                .isNotEqualTo(before.file("timestamp.json").orElseThrow().sha256());
        assertThat(after.file("root.json").orElseThrow().sha256())
                .isEqualTo(after.file("4.root.json").orElseThrow().sha256());
    }

    @Test
    void a_view_must_hold_what_it_calls_its_newest() {
        var files = Views.of(3, 7, 5).files();

        assertThatIllegalArgumentException().isThrownBy(() -> new RepositoryView(files, Map.of("root", 4L)));
        assertThatIllegalArgumentException().isThrownBy(() -> new RepositoryView(files, Map.of("targets", 5L)));
    }

    @Test
    void a_file_given_without_a_version_is_served_as_given() {
        var files = new HashMap<>(Views.of(3, 7, 5).files());
        files.put("snapshot.json", files.remove("7.snapshot.json"));
        files.put("targets.json", files.get("1.root.json"));

        views.publish("fleet", "acme", new RepositoryView(files, Map.of("root", 3L, "snapshot", 7L, "targets", 5L)));

        var served = views.find("fleet/acme").orElseThrow();
        assertThat(served.file("snapshot.json")).isPresent();
        assertThat(served.file("targets.json").orElseThrow().sha256())
                .isEqualTo(served.file("1.root.json").orElseThrow().sha256());
    }

    @Test
    void a_view_does_not_change_with_the_map_it_was_made_from() {
        var files = new HashMap<>(Views.of(3, 7, 5).files());
        var view = new RepositoryView(files, Map.of("root", 3L));

        files.clear();

        assertThat(view.files()).containsKey("3.root.json");
        assertThat(view.newest().get("root")).isEqualTo(3);
    }

    @Test
    void readiness_is_the_first_sync_with_no_factory_at_all_too() {
        var check = new ViewsReady(views);
        assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);

        views.markSynced();

        assertThat(check.call().getStatus()).isEqualTo(Status.UP);
    }
}
