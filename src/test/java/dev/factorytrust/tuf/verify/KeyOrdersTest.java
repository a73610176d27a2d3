package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static dev.factorytrust.tuf.model.RoleName.ROOT;
import static dev.factorytrust.tuf.model.RoleName.SNAPSHOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static dev.factorytrust.tuf.model.RoleName.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

/** In which orders online keys can be exchanged, and what each order does to devices on the way: the table of the research. */
@ParameterizedClass(name = "{0}")
@MethodSource(InDialect.ALL)
class KeyOrdersTest extends WithServer {

    private enum By {
        OLD,
        BOTH,
        NEW
    }

    /** One publication: the keys that a new root lists, if there is one, and those that sign the metadata, if it is new. */
    private record Step(Optional<By> root, Optional<By> metadata) {

        static Step of(By root, By metadata) {
            return new Step(Optional.ofNullable(root), Optional.ofNullable(metadata));
        }
    }

    private enum Order {
        ROOT_FIRST(Step.of(By.NEW, null), Step.of(null, By.NEW)),
        METADATA_FIRST(Step.of(null, By.NEW), Step.of(By.NEW, null)),
        OVERLAP(Step.of(null, By.BOTH), Step.of(By.NEW, null), Step.of(null, By.NEW)),
        ROOT_WITH_BOTH(Step.of(By.BOTH, null), Step.of(null, By.NEW), Step.of(By.NEW, null)),
        AT_ONCE(Step.of(By.NEW, By.NEW));

        private final List<Step> steps;

        Order(Step... steps) {
            this.steps = List.of(steps);
        }
    }

    private long roots = 1;
    private long version = 5;

    KeyOrdersTest(Dialect dialect) {
        super(dialect);
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        // what is exchanged, whether devices update on the way, whether what they have still holds there
        "ROOT_FIRST,     timestamp,                  false, false",
        "ROOT_FIRST,     snapshot,                   false, false",
        "ROOT_FIRST,     targets,                    false, false",
        "ROOT_FIRST,     timestamp snapshot targets, false, false",
        "METADATA_FIRST, timestamp,                  false, true",
        "METADATA_FIRST, snapshot,                   false, false",
        "METADATA_FIRST, targets,                    false, false",
        "METADATA_FIRST, timestamp snapshot targets, false, true",
        "OVERLAP,        timestamp,                  true,  true",
        "OVERLAP,        snapshot,                   true,  true",
        "OVERLAP,        targets,                    true,  true",
        "OVERLAP,        timestamp snapshot targets, true,  true",
        "ROOT_WITH_BOTH, timestamp,                  true,  true",
        "ROOT_WITH_BOTH, snapshot,                   true,  true",
        "ROOT_WITH_BOTH, targets,                    true,  true",
        "ROOT_WITH_BOTH, timestamp snapshot targets, true,  true",
        "AT_ONCE,        timestamp,                  true,  true",
        "AT_ONCE,        snapshot,                   true,  true",
        "AT_ONCE,        targets,                    true,  true",
        "AT_ONCE,        timestamp snapshot targets, true,  true",
    })
    void keys_are_exchanged(Order order, String roles, boolean meanwhile, boolean cached) {
        var exchanged = Stream.of(roles.split(" "))
                .map(role -> RoleName.of(role).orElseThrow())
                .collect(Collectors.toSet());
        var late = updated();
        var polling = late;
        for (var i = 0; i < order.steps.size(); i++) {
            publish(order.steps.get(i), exchanged);
            var last = i == order.steps.size() - 1;
            var poll = attempt(polling);
            polling = poll.device();
            assertThat(poll.refusal().isEmpty()).as("polling, step " + i).isEqualTo(meanwhile || last);
            assertThat(attempt(DeviceState.fresh(first)).refusal().isEmpty())
                    .as("fresh, step " + i)
                    .isEqualTo(meanwhile || last);
            assertThat(holds(polling)).as("what the polling one has, step " + i).isEqualTo(cached || last);
        }
        assertThat(update(late)).as("late").isEqualTo(polling);
    }

    private void publish(Step step, Set<RoleName> exchanged) {
        step.metadata().ifPresent(by -> {
            version++;
            var targets = sign(targets(version), by, exchanged);
            var snapshot = sign(snapshot(version, targets, version), by, exchanged);
            server.put(name(TARGETS, version), targets);
            server.put(name(SNAPSHOT, version), snapshot);
            server.put(name(TIMESTAMP, version), sign(timestamp(version, snapshot, version), by, exchanged));
        });
        step.root().ifPresent(by -> {
            var roles = new EnumMap<RoleName, Role>(RoleName.class);
            exchanged.forEach(role -> roles.put(role, role(1, keys(role, by))));
            roots++;
            server.put(name(ROOT, roots), sign(root(roots, roles), "root"));
        });
    }

    private Bytes sign(Metadata metadata, By by, Set<RoleName> exchanged) {
        return sign(metadata, keys(metadata.role(), exchanged.contains(metadata.role()) ? by : By.OLD));
    }

    private static String[] keys(RoleName role, By by) {
        var fresh =
                switch (role) {
                    case ROOT, TIMESTAMP -> "alice";
                    case SNAPSHOT -> "bob";
                    case TARGETS -> "carol";
                };
        return switch (by) {
            case OLD -> new String[] {role.value()};
            case BOTH -> new String[] {role.value(), fresh};
            case NEW -> new String[] {fresh};
        };
    }

    /** Whether a device without a network would still take what it has. */
    private boolean holds(DeviceState device) {
        var offline = ClientWorkflow.attempt(
                dialect, device, name -> name.equals("timestamp.json") ? device.timestamp() : Optional.empty(), NOW);
        return offline.refusal().isEmpty();
    }
}
