package dev.factorytrust.operator.runtime;

import dev.factorytrust.testing.HandSchedule;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WatchedNamespacesTest {

    private final Map<String, String> refusals = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> watched = new ArrayList<>();
    private final HandSchedule schedule = new HandSchedule();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void stop() {
        schedule.shutdownNow();
    }

    @Test
    void those_that_are_refused_are_set_aside_and_the_others_are_watched() {
        refusals.put("b", "forbidden");
        var namespaces = of("a", "b", "c");

        assertThat(namespaces.open()).containsExactly(Optional.of("a"), Optional.of("c"));
        assertThat(namespaces.setAside()).containsExactly("b");
        assertThat(gauges()).isEqualTo(Map.of("a", 0.0, "b", 1.0, "c", 0.0));
    }

    /** As it was before any was set aside: it tries, fails and says why. */
    @Test
    void where_all_are_refused_none_is_set_aside() {
        refusals.putAll(Map.of("a", "forbidden", "b", "forbidden"));
        var namespaces = of("a", "b");

        assertThat(namespaces.open()).containsExactly(Optional.of("a"), Optional.of("b"));
        assertThat(namespaces.setAside()).isEmpty();
    }

    @Test
    void nobody_is_asked_where_there_is_nothing_to_go_on_without() {
        assertThat(of("a").open()).containsExactly(Optional.of("a"));
        assertThat(of().open()).containsExactly(Optional.empty());
        assertThat(asked).isEmpty();
    }

    @Test
    void what_was_set_aside_is_asked_for_until_it_is_watched_and_then_no_more() {
        refusals.putAll(Map.of("b", "forbidden", "c", "forbidden"));
        var namespaces = of("a", "b", "c");
        namespaces.open();
        asked.clear();
        namespaces.watchLater(watched::add);
        schedule.runAll();
        assertThat(asked).containsExactlyInAnyOrder("b", "c");
        assertThat(watched).isEmpty();

        refusals.remove("b");
        schedule.runAll();
        schedule.runAll();
        assertThat(watched).containsExactly("b");
        assertThat(gauges()).isEqualTo(Map.of("a", 0.0, "b", 0.0, "c", 1.0));
        assertThat(schedule.isShutdown()).isFalse();

        refusals.remove("c");
        schedule.runAll();
        assertThat(watched).containsExactly("b", "c");
        assertThat(schedule.isShutdown()).isTrue();
    }

    @Test
    void one_that_can_not_be_watched_after_all_is_asked_for_again() {
        refusals.put("b", "forbidden");
        var namespaces = of("a", "b");
        namespaces.open();
        refusals.clear();
        namespaces.watchLater(namespace -> {
            watched.add(namespace);
            if (watched.size() == 1) {
                throw new IllegalStateException("on purpose");
            }
        });
        schedule.runAll();
        assertThat(namespaces.setAside()).containsExactly("b");
        schedule.runAll();
        assertThat(namespaces.setAside()).isEmpty();
        assertThat(watched).containsExactly("b", "b");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void a_no_is_an_answer(int code) {
        assertThat(NamespaceProbe.refusal(new KubernetesClientException("no", code, null)))
                .isEqualTo("no");
    }

    /** Of nothing at all (0), of a token that nobody knows, of an API server in trouble: no namespace is the reason. */
    @ParameterizedTest
    @ValueSource(ints = {0, 401, 429, 500, 503})
    void whatever_else_goes_wrong_says_nothing_of_a_namespace(int code) {
        var answer = new KubernetesClientException("trouble", code, null);
        assertThatThrownBy(() -> NamespaceProbe.refusal(answer)).isSameAs(answer);
    }

    private WatchedNamespaces of(String... names) {
        var settings =
                new Settings(Set.of(names), Optional.empty(), "alone", "default", false, Duration.ofSeconds(10), 1);
        return new WatchedNamespaces(
                settings,
                namespace -> {
                    asked.add(namespace);
                    return Optional.ofNullable(refusals.get(namespace));
                },
                registry,
                schedule);
    }

    private Map<String, Double> gauges() {
        return Stream.of("a", "b", "c")
                .collect(toMap(namespace -> namespace, namespace -> registry.get("factory_trust_namespace_unwatched")
                        .tag("namespace", namespace)
                        .gauge()
                        .value()));
    }
}
