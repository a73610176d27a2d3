package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.FactoryRef;
import org.junit.jupiter.api.Test;

import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

class OvertakenTest {

    private static final FactoryRef ACME = new FactoryRef("fleet", "acme");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final Overtaken overtaken = new Overtaken();

    @Test
    void plans_that_are_out_of_date_for_a_minute_are_usual_and_for_longer_are_told() {
        assertThat(overtaken.again(ACME, START)).isFalse();
        assertThat(overtaken.again(ACME, START.plusSeconds(60))).isFalse();
        assertThat(overtaken.again(ACME, START.plusSeconds(61))).isTrue();
        assertThat(overtaken.again(new FactoryRef("fleet", "other"), START.plusSeconds(61)))
                .isFalse();
    }

    @Test
    void one_that_was_carried_out_begins_it_anew() {
        overtaken.again(ACME, START);
        overtaken.over(ACME);
        assertThat(overtaken.again(ACME, START.plusSeconds(61))).isFalse();
    }
}
