package dev.factorytrust.operator.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Without a lease to wait for, JOSDK has each controller work as soon as its own informers are filled. A Factory whose
 * RootRotations and Targets are still being listed would be taken for one that has none.
 */
final class HeldThreads extends ThreadPoolExecutor {

    private final CountDownLatch released;

    HeldThreads(int threads, CountDownLatch released) {
        // Without the lease, what events and timers still ask for is nobody's business.
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DiscardPolicy());
        this.released = released;
    }

    /** What is still held when the process ends isn't run: it would look at half of what there is. */
    @Override
    public void execute(Runnable task) {
        super.execute(() -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            task.run();
        });
    }
}
