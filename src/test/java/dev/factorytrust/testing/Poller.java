package dev.factorytrust.testing;

import dev.factorytrust.tuf.Bytes;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A fleet that polls in the background while a story is told: of every make of client one device that has been in the
 * field since the start, and at every turn one that is fresh from the factory. Nothing that any of them is refused is lost.
 */
public final class Poller implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(30);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** More than any story takes: a forgotten Poller does not poll for ever. */
    private static final Duration MOST = Duration.ofMinutes(5);

    private final ScheduledExecutorService turns =
            Executors.newScheduledThreadPool(DeviceClient.inUse().size());
    private final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();
    private final List<Lane> lanes;
    private final Instant end;

    /** What went wrong; {@code what} is the client's own word for it, or why it could not even try. */
    public record Incident(Instant at, DeviceClient client, boolean fresh, String what) {}

    /**
     * Starts to poll.
     *
     * @param root the file that is flashed into devices
     */
    public Poller(URI url, Bytes root) {
        lanes = DeviceClient.inUse().stream()
                .map(client -> new Lane(client, url, root.toArray()))
                .toList();
        // The first devices may have had their client installed before.
        end = Instant.now().plus(MOST);
        lanes.forEach(lane -> turns.scheduleWithFixedDelay(lane::turn, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** What went wrong so far. */
    public List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    /** Waits until of each make the device in the field, and a fresh one, has come so far with its latest update. */
    public void awaitUpdated(Predicate<Device.Updated> soFar) {
        await().atMost(PATIENCE).until(() -> lanes.stream()
                .flatMap(lane -> Stream.of(lane.inTheField, lane.fromTheFactory))
                .allMatch(updated -> updated.filter(soFar).isPresent()));
    }

    /** Waits until devices of each make, both old and fresh, have begun and ended an update from now on. */
    public void awaitTurn() {
        // The turn that is under way has begun before.
        var due = lanes.stream().collect(Collectors.toMap(lane -> lane, lane -> lane.turns + 2));
        await().atMost(PATIENCE)
                .until(() -> due.entrySet().stream().allMatch(lane -> lane.getKey().turns >= lane.getValue()));
    }

    /** Every device of every make has polled, and each time all was accepted. */
    public void assertNoRefusal() {
        assertThat(incidents()).isEmpty();
        assertThat(lanes)
                .allSatisfy(lane -> assertThat(lane.turns).as("%s", lane.client).isPositive());
        assertThat(Instant.now()).as("when polling ends").isBefore(end);
    }

    @Override
    public void close() {
        turns.shutdown();
        try {
            assertThat(turns.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The devices of one make, which take turns: their process does one thing at a time. */
    private final class Lane {

        private final DeviceClient client;
        private final URI url;
        private final byte[] root;
        private final Device device;
        private volatile int turns;
        private volatile Optional<Device.Updated> inTheField = Optional.empty();
        private volatile Optional<Device.Updated> fromTheFactory = Optional.empty();

        Lane(DeviceClient client, URI url, byte[] root) {
            this.client = client;
            this.url = url;
            this.root = root;
            this.device = client.newDevice(root, url);
        }

        private void turn() {
            if (Instant.now().isAfter(end)) {
                return;
            }
            inTheField = poll(false, () -> device);
            fromTheFactory = poll(true, () -> client.newDevice(root, url));
            turns++;
        }

        /** What the device trusts now; empty if anything went wrong. */
        private Optional<Device.Updated> poll(boolean fresh, Supplier<Device> polling) {
            try {
                switch (polling.get().update()) {
                    case Device.Updated updated -> {
                        return Optional.of(updated);
                    }
                    case Device.Refused(var kind, var message) ->
                        incidents.add(new Incident(Instant.now(), client, fresh, kind + ": " + message));
                }
            } catch (RuntimeException e) {
                incidents.add(new Incident(Instant.now(), client, fresh, e.toString()));
            }
            return Optional.empty();
        }
    }
}
