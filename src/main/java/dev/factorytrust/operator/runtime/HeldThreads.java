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

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
