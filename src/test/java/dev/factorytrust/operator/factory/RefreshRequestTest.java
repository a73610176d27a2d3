package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of annotation {@code refresh-requested}: all that was signed before that moment is signed anew, once. */
class RefreshRequestTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @BeforeEach
    void published() {
        story.declareFactory("generate: {}");
        story.settle();
        story.pass(Duration.ofHours(1));
    }

    @AfterEach
    void close() {
        story.close();
    }

    private String versions() {
        var reading = EndState.reading(story.cluster(), People.ACME).published().orElseThrow();
        return PublicationSteps.ONLINE.stream()
                .map(role -> role.value() + ' ' + reading.role(role).metadata().version())
                .collect(Collectors.joining(", "));
    }

    private String ignored() {
        var factory = story.cluster().find(Factory.class, "acme").orElseThrow();
        return RefreshRequest.ignored(factory, story.now()).orElse("");
    }

    @Test
    void everything_online_is_signed_anew_and_only_once() {
        story.requestRefresh(story.now().toString());
        story.settle();
        assertThat(versions()).isEqualTo("targets 2, snapshot 2, timestamp 2");
        assertThat(ignored()).isEmpty();

        story.pass(Duration.ofMinutes(1));
        assertThat(story.look().decision()).isInstanceOf(Decision.Wait.class);
        story.restart(Interruption.NONE);
        assertThat(story.look().decision()).as("after a restart").isInstanceOf(Decision.Wait.class);
    }

    @Test
    void a_request_from_before_the_last_signatures_asks_for_nothing() {
        var past = story.now();
        story.pass(Duration.ofHours(1));
        story.addTarget("lmp", 1);
        story.settle();
        story.requestRefresh(past.toString());
        assertThat(story.look().decision()).isInstanceOf(Decision.Wait.class);
    }

    /** As where it comes by way of Git, which takes its time. */
    @Test
    void a_timestamp_that_was_renewed_since_is_no_reason_to_leave_what_is_older() {
        var past = story.now();
        story.pass(Duration.ofHours(20));
        story.settle();
        assertThat(versions()).isEqualTo("targets 1, snapshot 1, timestamp 2");
        story.requestRefresh(past.toString());
        story.settle();
        assertThat(versions()).isEqualTo("targets 2, snapshot 2, timestamp 3");
    }

    @Test
    void what_does_not_say_when_it_was_signed_is_signed_anew() {
        story.cluster().edit(ConfigMap.class, "acme-targets-1", targets -> targets.getMetadata()
                .getAnnotations()
                .remove(Names.SIGNED_AT));
        assertThat(story.look().decision()).as("unasked").isInstanceOf(Decision.Wait.class);
        story.requestRefresh("2020-01-01T00:00:00Z");
        story.settle();
        assertThat(versions()).isEqualTo("targets 2, snapshot 2, timestamp 2");
        assertThat(story.look().decision()).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void a_moment_that_has_yet_to_come_is_waited_for_and_named() {
        var due = story.now().plus(Duration.ofMinutes(5));
        story.requestRefresh(due.toString());
        assertThat(story.look().decision()).isEqualTo(new Decision.Wait(due));
        assertThat(ignored()).contains(Names.REFRESH_REQUESTED, "lies in the future");

        story.pass(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(story.look().decision()).isEqualTo(new Decision.Wait(due));
        assertThat(ignored()).as("clocks differ").isEmpty();
        story.pass(Duration.ofSeconds(1));
        assertThat(story.look().decision()).isInstanceOf(Decision.Publish.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "2026-11-25", "2026-11-25 10:00", "+1000000001-01-01T00:00:00Z", "1"})
    void what_is_no_moment_does_nothing_and_is_named(String garbage) {
        story.requestRefresh(garbage);
        assertThat(story.look().decision()).isInstanceOf(Decision.Wait.class);
        assertThat(ignored()).contains(Names.REFRESH_REQUESTED, "it is no moment");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999-12-31T23:59:59Z", "+1000000000-12-31T23:59:59.999999999Z"})
    void the_end_of_time_is_waited_for_with_the_usual_looks_in_between(String never) {
        story.requestRefresh(never);
        assertThat(story.look().decision())
                .isEqualTo(new Decision.Wait(story.now().plus(FactoryPlanner.LONGEST_SLEEP)));
        assertThat(ignored()).contains("lies in the future");
    }

    @Test
    void an_offset_from_universal_time_is_understood() {
        story.requestRefresh("2030-01-01T02:30:00+02:00");
        story.settle();
        assertThat(versions()).as("half past midnight").isEqualTo("targets 2, snapshot 2, timestamp 2");
    }

    @Test
    void a_paused_factory_does_it_afterwards() {
        story.changeFactory("paused: true");
        story.requestRefresh(story.now().toString());
        assertThat(story.look().decision()).isInstanceOf(Decision.Wait.class);
        story.changeFactory("paused: false");
        story.settle();
        assertThat(versions()).isEqualTo("targets 2, snapshot 2, timestamp 2");
    }

    @Test
    void each_file_is_stored_with_the_moment_of_its_signature() {
        assertThat(story.cluster()
                        .all(ConfigMap.class)
                        .filter(object -> !RoleName.ROOT
                                .value()
                                .equals(object.getMetadata().getLabels().get(Names.ROLE)))
                        .map(object -> object.getMetadata().getAnnotations().get(Names.SIGNED_AT)))
                .hasSize(3)
                .containsOnly("2030-01-01T00:00:00Z");
    }
}
