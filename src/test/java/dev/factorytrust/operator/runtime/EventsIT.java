package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;

class EventsIT {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private Events events = new Events(client, now::get, "factory-trust-0");
    private Factory acme;

    @BeforeEach
    void createFactory() {
        acme = Factories.create(client, namespace, "acme");
    }

    @Test
    void an_event_is_found_the_way_kubectl_describe_looks_for_it() {
        events.warning(acme, "OnlineKeyMissing", "Secret acme-timestamp-1f3c9a2b is missing");
        assertThat(written()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getReason()).isEqualTo("OnlineKeyMissing");
            assertThat(event.getMessage()).isEqualTo("Secret acme-timestamp-1f3c9a2b is missing");
            assertThat(event.getSource().getComponent()).isEqualTo("factory-trust");
            assertThat(event.getInvolvedObject().getKind()).isEqualTo("Factory");
            assertThat(event.getInvolvedObject().getApiVersion()).isEqualTo("factory-trust.dev/v1alpha1");
            assertThat(event.getCount()).isOne();
            assertThat(event.getFirstTimestamp()).isEqualTo("2026-11-23T10:00:00Z");
            assertThat(event.getLastTimestamp()).isEqualTo("2026-11-23T10:00:00Z");
        });
    }

    @Test
    void what_is_repeated_is_counted_and_written_once_in_five_minutes() {
        repeat(3, Duration.ofMinutes(2));
        // At 10:00, 10:02 and 10:04; then at 10:06, which is written and counts those before.
        events.normal(acme, "Published", "timestamp 2");
        assertThat(written()).singleElement().satisfies(event -> {
            assertThat(event.getCount()).isEqualTo(4);
            assertThat(event.getFirstTimestamp()).isEqualTo("2026-11-23T10:00:00Z");
            assertThat(event.getLastTimestamp()).isEqualTo("2026-11-23T10:06:00Z");
        });
    }

    @Test
    void within_five_minutes_nothing_is_written_again() {
        repeat(3, Duration.ofMinutes(2));
        assertThat(written()).singleElement().satisfies(event -> assertThat(event.getLastTimestamp())
                .isEqualTo("2026-11-23T10:00:00Z"));
    }

    @Test
    void another_message_reason_type_or_object_is_another_event() {
        var other = Factories.create(client, namespace, "other");
        events.normal(acme, "Published", "timestamp 2");
        events.normal(acme, "Published", "timestamp 3");
        events.normal(acme, "Refreshed", "timestamp 3");
        events.warning(acme, "Refreshed", "timestamp 3");
        events.normal(other, "Published", "timestamp 2");
        assertThat(written()).hasSize(4);
        assertThat(of(other)).hasSize(1);
    }

    @Test
    void after_a_restart_the_count_goes_on_and_one_that_the_api_server_forgot_begins_again() {
        events.normal(acme, "Published", "timestamp 2");
        written();
        events = new Events(client, now::get, "factory-trust-1");
        events.normal(acme, "Published", "timestamp 2");
        assertThat(written()).singleElement().satisfies(event -> assertThat(event.getCount())
                .isEqualTo(2));

        events = new Events(client, now::get, "factory-trust-1");
        events.normal(acme, "Published", "timestamp 2");
        assertThat(written()).singleElement().satisfies(event -> assertThat(event.getCount())
                .isEqualTo(3));
    }

    @Test
    void a_message_is_cut_between_characters_at_a_kibibyte() {
        events.normal(acme, "Published", "é".repeat(700));
        assertThat(written())
                .singleElement()
                .extracting(Event::getMessage)
                .satisfies(message -> assertThat(message.getBytes(StandardCharsets.UTF_8).length)
                        .isBetween(1020, 1024))
                .asString()
                .matches("é+…");
    }

    @Test
    void a_failure_stays_here_and_later_news_is_still_told() {
        var nowhere = Factories.create(client, namespace, "nowhere");
        nowhere.getMetadata().setNamespace("no-such-namespace");
        events.normal(nowhere, "Published", "timestamp 2");
        events.normal(acme, "Published", "timestamp 2");
        assertThat(written()).hasSize(1);
        events.normal(acme, "Published", "after close");
        assertThat(of(acme)).hasSize(1);
    }

    private void repeat(int times, Duration apart) {
        for (var i = 0; i < times; i++) {
            events.normal(acme, "Published", "timestamp 2");
            now.updateAndGet(instant -> instant.plus(apart));
        }
    }

    /** Closing writes whatever waits. */
    private List<Event> written() {
        events.close();
        return of(acme);
    }

    private List<Event> of(Factory factory) {
        return client.v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.uid", factory.getMetadata().getUid())
                .withField("involvedObject.name", factory.getMetadata().getName())
                .withField("involvedObject.kind", "Factory")
                .list()
                .getItems();
    }
}
