package dev.factorytrust.testing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A schedule whose time passes when a test says so, on the test's own thread. */
public final class HandSchedule extends ScheduledThreadPoolExecutor {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    public HandSchedule() {
        super(0);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        tasks.add(task);
        return super.scheduleWithFixedDelay(() -> {}, Long.MAX_VALUE, Long.MAX_VALUE, TimeUnit.DAYS);
    }

    /** Runs what is to be run again and again, once. */
    public void runAll() {
        if (!isShutdown()) {
            tasks.forEach(Runnable::run);
        }
    }
}
