package dev.factorytrust.testing;

import dev.factorytrust.server.RepositoryView;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.model.RoleName.SNAPSHOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static dev.factorytrust.tuf.model.RoleName.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

/** Why online keys overlap: what devices of every make do in each order in which their keys could change. */
class KeyOrdersIT {

    /** Who signs the roles whose keys are exchanged. */
    private enum By {
        OLD,
        BOTH,
        NEW
    }

    /** What devices are served: roots up to one, and this version of everything else. */
    private record Step(long root, long version, By by, boolean accepted) {}

    private enum Order {
        ROOT_FIRST(
                "root first, and then metadata",
                new Step(1, 1, By.OLD, true),
                new Step(2, 1, By.OLD, false),
                new Step(2, 2, By.NEW, true)),
        METADATA_FIRST(
                "metadata first, and then root",
                new Step(1, 1, By.OLD, true),
                new Step(1, 2, By.NEW, false),
                new Step(2, 2, By.NEW, true)),
        OVERLAP(
                "both sign, then root, then the new ones alone",
                new Step(1, 1, By.OLD, true),
                new Step(1, 2, By.BOTH, true),
                new Step(2, 2, By.BOTH, true),
                new Step(2, 3, By.NEW, true));

        private final String sentence;
        private final List<Step> steps;

        Order(String sentence, Step... steps) {
            this.sentence = sentence;
            this.steps = List.of(steps);
        }

        @Override
        public String toString() {
            return sentence;
        }
    }

    private static final Map<RoleName, String> NEW_KEYS = Map.of(TIMESTAMP, "alice", SNAPSHOT, "bob", TARGETS, "carol");
    private static final List<Set<RoleName>> EXCHANGED =
            List.of(Set.of(TIMESTAMP), Set.of(SNAPSHOT), Set.of(TARGETS), Set.of(TIMESTAMP, SNAPSHOT, TARGETS));

    @ParameterizedTest(name = "{0}, where the keys of {1} change")
    @MethodSource("orders")
    @DisplayName(
            "invariant 5: every client refuses what lies in the middle of either naive order, and nothing of an overlap")
    void every_device_takes_each_step_of_an_overlap_and_none_the_middle_of_a_naive_order(
            Order order, Set<RoleName> exchanged) {
        try (var server = new LoopbackServer()) {
            Map<String, Poll> inTheField = null;
            for (var step : order.steps) {
                var files = files(step, exchanged);
                server.publish("acme", view(files, step));
                var fresh = devices(server, files.get("1.root.json"));
                inTheField = inTheField == null ? devices(server, files.get("1.root.json")) : inTheField;

                assertThat(accepted(fresh, files)).as("fresh devices, %s", step).isEqualTo(all(step.accepted));
                assertThat(accepted(inTheField, files))
                        .as("devices in the field, %s", step)
                        .isEqualTo(all(step.accepted));
            }
        }
    }

    private static Stream<Arguments> orders() {
        return Stream.of(Order.values())
                .flatMap(order -> EXCHANGED.stream().map(exchanged -> Arguments.of(order, exchanged)));
    }

    /** One update; whether all of it was accepted. */
    private interface Poll {
        boolean accepts(Map<String, Bytes> files);
    }

    /** A device of every make, and the engine's own idea of one. */
    private static Map<String, Poll> devices(LoopbackServer server, Bytes root) {
        var devices = new LinkedHashMap<String, Poll>();
        for (var client : DeviceClient.general()) {
            var device = client.newDevice(root.toArray(), server.url("acme"));
            devices.put(client.name(), _ -> device.update(NOW) instanceof Device.Updated);
        }
        devices.put("ClientWorkflow", new EngineDevice(root));
        return devices;
    }

    /** Trusts nothing of an update that fails, where real devices keep what they had verified until then. */
    private static final class EngineDevice implements Poll {

        private DeviceState state;

        EngineDevice(Bytes root) {
            state = DeviceState.fresh(root);
        }

        @Override
        public boolean accepts(Map<String, Bytes> files) {
            try {
                state = ClientWorkflow.update(TUF, state, name -> Optional.ofNullable(files.get(name)), NOW);
                return true;
            } catch (VerificationException e) {
                return false;
            }
        }
    }

    private static Map<String, Boolean> accepted(Map<String, Poll> devices, Map<String, Bytes> files) {
        var verdicts = new HashMap<String, Boolean>();
        devices.forEach((name, device) -> verdicts.put(name, device.accepts(files)));
        return verdicts;
    }

    private static Map<String, Boolean> all(boolean accepted) {
        var verdicts = new HashMap<>(Map.of("ClientWorkflow", accepted));
        DeviceClient.general().forEach(client -> verdicts.put(client.name(), accepted));
        return verdicts;
    }

    private static Map<String, Bytes> files(Step step, Set<RoleName> exchanged) {
        var version = step.version;
        var targets = sign(TestMetadata.targets(version), step.by, exchanged);
        var snapshot = sign(TestMetadata.snapshot(version, targets, version), step.by, exchanged);
        var timestamp = sign(TestMetadata.timestamp(version, snapshot, version), step.by, exchanged);
        var files = new HashMap<>(Map.of(
                version + ".targets.json", targets, version + ".snapshot.json", snapshot, "timestamp.json", timestamp));
        files.put("1.root.json", TestMetadata.sign(TestMetadata.root(1), "root"));
        if (step.root == 2) {
            var roles = new EnumMap<RoleName, Role>(RoleName.class);
            exchanged.forEach(role -> roles.put(role, TestMetadata.role(1, NEW_KEYS.get(role))));
            files.put("2.root.json", TestMetadata.sign(TestMetadata.root(2, roles), "root"));
        }
        return files;
    }

    private static Bytes sign(Metadata metadata, By by, Set<RoleName> exchanged) {
        var role = metadata.role();
        var signers = new ArrayList<String>();
        if (by != By.NEW || !exchanged.contains(role)) {
            signers.add(role.value());
        }
        if (by != By.OLD && exchanged.contains(role)) {
            signers.add(NEW_KEYS.get(role));
        }
        return TestMetadata.sign(metadata, signers.toArray(String[]::new));
    }

    private static RepositoryView view(Map<String, Bytes> files, Step step) {
        return new RepositoryView(files, Map.of("root", step.root, "snapshot", step.version, "targets", step.version));
    }
}
