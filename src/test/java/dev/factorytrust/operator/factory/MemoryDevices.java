package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.Names;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Devices that poll after every write, at what {@link dev.factorytrust.operator.store.ViewFeed} would serve then: a new
 * one, one that updates each time, and ones that were switched off for a while. And an archivist, who notes every file.
 */
final class MemoryDevices {

    private static final StandardDialect TUF = new StandardDialect();
    /** Half of the overlap that is the default. */
    private static final Duration CACHED = Duration.ofMinutes(30);

    private static final int MOST_SLEEPERS = 3;

    private final FactoryRef factory;
    private final InstantSource clock;
    private final Map<String, Map<String, String>> contents = new HashMap<>();
    private final List<DeviceState> sleepers = new ArrayList<>();
    private DeviceState faithful;
    private Repository served;
    private final Deque<Past> cached = new ArrayDeque<>();
    private boolean overlaps = true;

    /** What was served until a moment ago. */
    private record Past(Repository repository, Instant ended) {}

    MemoryDevices(FactoryRef factory, InstantSource clock) {
        this.clock = clock;
        this.factory = factory;
    }

    /** One version, one content, whoever writes it and however often. */
    void note(ConfigMap object) {
        var labels = object.getMetadata().getLabels();
        if (labels.containsKey(Names.VERSION)) {
            var name = object.getMetadata().getName();
            var content = contents.computeIfAbsent(name, _ -> object.getBinaryData());
            assertThat(object.getBinaryData()).as(name).isEqualTo(content);
        }
    }

    /** A write was seen by a replica that serves. */
    void poll(MemoryOperator replica) {
        var reading = replica.metadata().look(factory, TUF).reading();
        if (served != null) {
            assertThat(reading).isInstanceOf(Reading.Published.class);
        }
        if (reading instanceof Reading.Published(var repository, var _) && !repository.equals(served)) {
            versionsGrow(repository);
            if (served != null) {
                cached.add(new Past(served, clock.instant()));
            }
            served = repository;
            var files = repository.files();
            var fresh = update(
                    DeviceState.fresh(repository.roots().firstEntry().getValue().file()), files);
            faithful = faithful == null ? fresh : update(faithful, files);
            sleepers.forEach(device -> update(device, files));
            throughCaches(files);
        }
    }

    /** From now on there is a device that sleeps with what is served now; the one that slept longest is gone. */
    void fallAsleep() {
        if (sleepers.size() == MOST_SLEEPERS) {
            sleepers.removeFirst();
        }
        if (faithful != null) {
            sleepers.add(faithful);
        }
    }

    Optional<Repository> served() {
        return Optional.ofNullable(served);
    }

    /**
     * Caches before the devices may hold either half of what was served until a moment ago: the timestamp, or that the
     * next root isn't there. Half of an overlap is what they are allowed.
     */
    private void throughCaches(Map<String, Bytes> files) {
        if (!overlaps) {
            return;
        }
        cached.removeIf(past -> past.ended().isBefore(clock.instant().minus(CACHED)));
        Stream.of(cached.peekFirst(), cached.peekLast())
                .filter(Objects::nonNull)
                .map(past -> past.repository().files())
                .forEach(old -> {
                    var oldRoots = new HashMap<>(files);
                    oldRoots.keySet().removeIf(name -> name.endsWith("root.json") && !old.containsKey(name));
                    update(DeviceState.fresh(files.get("1.root.json")), oldRoots);
                    var oldRest = new HashMap<>(files);
                    oldRest.putAll(old);
                    update(DeviceState.fresh(files.get("1.root.json")), oldRest);
                });
    }

    /** Somebody rotates at once, overlap or not: caches may hurt from now on. */
    void noOverlaps() {
        overlaps = false;
    }

    private static DeviceState update(DeviceState device, Map<String, Bytes> files) {
        return ClientWorkflow.update(TUF, device, name -> Optional.ofNullable(files.get(name)), Instant.MIN);
    }

    private void versionsGrow(Repository next) {
        if (served == null) {
            return;
        }
        assertThat(next.root().metadata().version() - served.root().metadata().version())
                .isBetween(0L, 1L);
        for (var role : List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP)) {
            var before = served.role(role);
            var after = next.role(role);
            assertThat(after.metadata().version())
                    .as(role.value())
                    .isGreaterThanOrEqualTo(before.metadata().version());
            assertThat(after.metadata().version() > before.metadata().version()
                            || after.file().equals(before.file()))
                    .as("one content of %s %d", role, after.metadata().version())
                    .isTrue();
        }
    }
}
