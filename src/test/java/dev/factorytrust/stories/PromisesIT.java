package dev.factorytrust.stories;

import dev.factorytrust.tuf.crypto.KeyType;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long people wait on an idle machine. Other stories give a busy one time; here the best of three must keep the
 * promise, which a busy moment doesn't break and a lost wake-up does.
 */
class PromisesIT {

    private static final Duration PAYLOAD_OR_READY = Duration.ofSeconds(5);
    private static final Duration SIGNED_TO_SERVED = Duration.ofSeconds(1);
    private static final Duration TARGET_LISTED = Duration.ofSeconds(10);

    private final AtomicInteger round = new AtomicInteger();

    @Test
    void a_factory_is_ready_within_five_seconds() {
        assertThat(bestOfThree(() -> {
                    try (var story = new RotationStory(InstantSource.system())) {
                        return stopwatch(() -> {
                            story.declareFactory("generate: {}");
                            story.awaitReady();
                        });
                    }
                }))
                .isLessThan(PAYLOAD_OR_READY);
    }

    @Test
    void a_payload_is_there_within_five_seconds_and_a_root_is_served_a_second_after_its_last_signature() {
        var alice = Person.withKey("alice", KeyType.ED25519);
        try (var story = RotationStory.withRootOf(1, alice)) {
            var served = story.operator().url(story.namespace(), "acme");
            var waits = Stream.generate(() -> {
                        var version = round.incrementAndGet() + 1;
                        var name = "to-" + version;
                        var offered = stopwatch(() -> {
                            story.declare(name, "expiresAfter: %dd".formatted(700 + version));
                            story.awaitPayload(name);
                        });
                        return List.of(offered, stopwatch(() -> {
                            story.attach(name, alice);
                            eventually(SOON, () -> assertThat(Http.get(served.resolve(version + ".root.json"))
                                            .statusCode())
                                    .isEqualTo(200));
                        }));
                    })
                    .limit(3)
                    .toList();
            assertThat(waits).extracting(List::getFirst).anyMatch(wait -> wait.compareTo(PAYLOAD_OR_READY) < 0);
            assertThat(waits).extracting(List::getLast).anyMatch(wait -> wait.compareTo(SIGNED_TO_SERVED) < 0);
        }
    }

    @Test
    void a_target_is_listed_within_ten_seconds() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(InstantSource.system())) {
            fleet.awaitReady();
            assertThat(bestOfThree(() -> stopwatch(() -> {
                        var name = "lmp-" + round.incrementAndGet();
                        fleet.target(name, "");
                        fleet.awaitTarget(name, "Published");
                    })))
                    .isLessThan(TARGET_LISTED);
        }
    }

    private static Duration bestOfThree(Supplier<Duration> attempt) {
        return Stream.generate(attempt).limit(3).min(Duration::compareTo).orElseThrow();
    }

    private static Duration stopwatch(Runnable work) {
        var began = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
