package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Condition;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

import static dev.factorytrust.operator.runtime.Conditions.isFalse;
import static dev.factorytrust.operator.runtime.Conditions.isTrue;
import static dev.factorytrust.operator.runtime.Conditions.merge;
import static dev.factorytrust.operator.runtime.Conditions.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConditionsTest {

    private static final Instant MONDAY = Instant.parse("2026-11-23T10:00:00.987Z");
    private static final Instant TUESDAY = Instant.parse("2026-11-24T10:00:00Z");

    @Test
    void a_new_condition_begins_now_to_the_second_and_carries_the_generation() {
        assertThat(merge(null, List.of(isTrue("Ready", "Published", "all is well")), 3, MONDAY))
                .containsExactly(
                        new Condition("Ready", "True", "Published", "all is well", "2026-11-23T10:00:00Z", 3L));
    }

    @Test
    void the_time_stays_while_reason_and_message_change_and_moves_with_the_status() {
        var monday = merge(List.of(), List.of(isTrue("Ready", "Published", "root 1")), 1, MONDAY);
        var same = merge(monday, List.of(isTrue("Ready", "Refreshed", "root 2")), 2, TUESDAY);
        assertThat(same)
                .containsExactly(new Condition("Ready", "True", "Refreshed", "root 2", "2026-11-23T10:00:00Z", 2L));
        var fallen = merge(same, List.of(isFalse("Ready", "Expired", "timestamp")), 2, TUESDAY);
        assertThat(fallen)
                .containsExactly(new Condition("Ready", "False", "Expired", "timestamp", "2026-11-24T10:00:00Z", 2L));
    }

    @Test
    void what_is_abnormal_is_absent_when_false_and_when_no_longer_wanted() {
        var wanted = List.of(
                isFalse("Ready", "Bootstrapping", ""),
                isFalse("Stalled", "None", ""),
                isFalse("Reconciling", "None", ""),
                isFalse("Complete", "AwaitingSignatures", ""));
        var old = merge(null, List.of(isTrue("Paused", "Asked", "")), 1, MONDAY);
        assertThat(merge(old, wanted, 1, TUESDAY)).extracting(Condition::type).containsExactly("Ready", "Complete");
    }

    @Test
    void the_order_is_that_of_importance_whatever_the_order_given() {
        var paused = isTrue("Paused", "Asked", "");
        var degraded = isTrue("Degraded", "RefreshFailing", "");
        var stalled = isTrue("Stalled", "KeyMissing", "");
        var ready = unknown("Ready", "Bootstrapping", "");
        var order = merge(null, List.of(paused, degraded, stalled, ready), 1, MONDAY);
        assertThat(order).extracting(Condition::type).containsExactly("Ready", "Stalled", "Degraded", "Paused");
        assertThat(merge(null, List.of(ready, stalled, degraded, paused), 1, MONDAY))
                .isEqualTo(order);
    }

    @Test
    void one_type_wanted_twice_is_a_mistake_of_the_caller() {
        var twice = List.of(isTrue("Ready", "A", ""), isFalse("Ready", "B", ""));
        assertThatThrownBy(() -> merge(null, twice, 1, MONDAY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void only_true_holds() {
        var conditions = List.of(isTrue("Paused", "Asked", ""), unknown("Ready", "Bootstrapping", ""));
        assertThat(Conditions.holds(conditions, "Paused")).isTrue();
        assertThat(Conditions.holds(conditions, "Ready")).isFalse();
        assertThat(Conditions.holds(conditions, "Stalled")).isFalse();
        assertThat(Conditions.holds(null, "Ready")).isFalse();
    }
}
