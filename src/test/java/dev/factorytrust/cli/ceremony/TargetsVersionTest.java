package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.cli.console.Failure;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What has become of signatures on version 7 of targets, as status tells it. */
class TargetsVersionTest {

    private static final TargetsVersion SEVENTH = new TargetsVersion("fleet", "acme", 7);

    private static Optional<TargetsVersion.Outcome> outcome(String status) {
        return SEVENTH.outcome(Optional.of(Serialization.unmarshal(status, FactoryStatus.class)), List.of());
    }

    @Test
    void one_that_is_published_or_was_overtaken_is_settled() {
        assertThat(outcome("roles: {targets: {version: 7}}").orElseThrow().state())
                .isEqualTo("Published");
        assertThat(outcome("roles: {targets: {version: 8}}").orElseThrow().state())
                .isEqualTo("Overtaken");
    }

    @Test
    void one_that_nobody_has_seen_yet_is_waited_for() {
        assertThat(SEVENTH.outcome(Optional.empty(), List.of())).isEmpty();
        assertThat(outcome("targets: {payloads: [{version: 8, configMap: acme-targets-8-payload}]}"))
                .isEmpty();
    }

    @Test
    void one_that_was_taken_back_is_not_waited_for() {
        assertThatThrownBy(() -> outcome("targets: {payloads: [{version: 7, configMap: acme-targets-7-payload}]}"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("version 7 of fleet/acme's targets is not offered any more");
    }
}
