package dev.factorytrust.operator.runtime;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

class HeldThreadsTest {

    private final CountDownLatch released = new CountDownLatch(1);
    private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();

    @Test
    void what_is_asked_for_before_all_is_listed_waits_for_that() throws InterruptedException {
        try (var threads = new HeldThreads(1, released)) {
            threads.execute(() -> done.add("first"));
            threads.execute(() -> done.add("second"));
            assertThat(done).isEmpty();
            released.countDown();
            assertThat(List.of(done.take(), done.take())).containsExactly("first", "second");
        }
    }

    @Test
    void what_is_still_held_at_the_end_is_not_run() throws InterruptedException {
        var threads = new HeldThreads(1, released);
        threads.execute(() -> done.add("begun"));
        threads.execute(() -> done.add("queued"));
        threads.shutdownNow();
        released.countDown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(done).isEmpty();
    }
}
