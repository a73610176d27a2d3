package dev.factorytrust.tuf.repository;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

class CoalescingTest {

    @ParameterizedTest(name = "changes from second 0 to {0} are published at {1}")
    @CsvSource({"0, 1", "0.4, 1.4", "3.9, 4.9", "4, 5", "4.2, 5", "60, 5"})
    void waits_for_a_second_of_quiet_but_five_at_the_most(double last, double published) {
        assertThat(Coalescing.publishAt(at(0), at(last))).isEqualTo(at(published));
    }

    private static Instant at(double second) {
        return Samples.NOW.plusMillis(Math.round(second * 1000));
    }
}
