package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.model.Targets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import static dev.factorytrust.tuf.repository.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

class ScheduleTest {

    private static final int LONGEST = 99_999 * 86_400 / 100;

    @Property
    @DisplayName("invariant 10: the jitter is early, and a tenth at most")
    void the_jitter_is_early_and_at_most_a_tenth_of_the_time_that_a_version_is_current(
            @ForAll @StringLength(max = 40) String uid,
            @ForAll @LongRange(min = 1) long version,
            @ForAll @IntRange(min = 5, max = LONGEST) int current,
            @ForAll @IntRange(min = 1, max = LONGEST) int refreshBefore) {
        var policy = policy(current + refreshBefore, refreshBefore);

        var jitter = Duration.between(
                Schedule.refreshAt(uid, signed(version, policy), policy),
                NOW.plus(policy.expiresAfter()).minus(policy.refreshBefore()));

        assertThat(jitter).isBetween(Duration.ZERO, Duration.ofSeconds(current / 10));
        assertThat(jitter.getNano()).isZero();
    }

    @Property
    @DisplayName("invariant 10: one function schedules and gates")
    void a_wake_up_at_the_promised_second_finds_the_work_due_and_never_before(
            @ForAll @StringLength(max = 40) String uid,
            @ForAll @IntRange(min = 5, max = LONGEST) int current,
            @ForAll @IntRange(min = 1, max = LONGEST) int refreshBefore) {
        var policy = policy(current + refreshBefore, refreshBefore);
        var metadata = signed(7, policy);
        var promised = Schedule.refreshAt(uid, metadata, policy);

        assertThat(Schedule.isDue(uid, metadata, policy, promised)).isTrue();
        assertThat(Schedule.isDue(uid, metadata, policy, promised.minusSeconds(1)))
                .isFalse();
        assertThat(Schedule.isDue(uid, metadata, policy, promised.plusSeconds(1)))
                .isTrue();
    }

    @Property
    void what_was_just_signed_is_not_due(
            @ForAll @StringLength(max = 40) String uid,
            @ForAll @IntRange(min = 5, max = LONGEST) int current,
            @ForAll @IntRange(min = 1, max = LONGEST) int refreshBefore) {
        var policy = policy(current + refreshBefore, refreshBefore);

        assertThat(Schedule.isDue(uid, signed(1, policy), policy, NOW)).isFalse();
    }

    @Test
    void a_version_that_outlives_a_shortened_policy_is_due_at_once() {
        var metadata = signed(1, policy(86_400 * 7, 3600));
        var shorter = policy(86_400, 3600);

        assertThat(Schedule.isDue("uid", metadata, shorter, NOW)).isTrue();
    }

    @Test
    void a_clock_that_stepped_back_a_little_does_not_make_a_version_outlive_its_policy() {
        var policy = policy(86_400, 3600);

        assertThat(Schedule.isDue("uid", signed(1, policy), policy, NOW.minusSeconds(60)))
                .isFalse();
        assertThat(Schedule.isDue("uid", signed(1, policy), policy, NOW.minusSeconds(61)))
                .isTrue();
    }

    @Test
    void factories_made_in_the_same_second_do_not_come_due_in_the_same_second() {
        var policy = policy(86_400, 28_800);

        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> Schedule.refreshAt("uid-" + i, signed(1, policy), policy))
                        .distinct())
                .hasSizeGreaterThan(800);
    }

    private static RolePolicy policy(int expiresAfter, int refreshBefore) {
        return new RolePolicy(KeyType.ED25519, Duration.ofSeconds(expiresAfter), Duration.ofSeconds(refreshBefore));
    }

    private static Targets signed(long version, RolePolicy policy) {
        return new Targets(version, expiry(policy), Map.of(), Optional.empty(), Map.of());
    }

    private static Instant expiry(RolePolicy policy) {
        return NOW.plus(policy.expiresAfter());
    }
}
