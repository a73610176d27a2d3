package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What people declare as Targets is what devices may install: no more, no less, and soon. */
class TargetsIT {

    private final TestClock clock = TestClock.start();

    @Test
    void a_target_reaches_devices_changes_and_goes() {
        var fleet = Fleet.declared("targets: {allowEmpty: true}");
        try (var operator = fleet.operator(clock)) {
            fleet.awaitReady();
            var devices = DeviceClient.general().stream()
                    .map(client -> fleet.device(client, operator))
                    .toList();
            fleet.target("lmp-764", "path: images/lmp-764, custom: {channel: beta}");
            fleet.awaitTarget("lmp-764", "Published");
            assertThat(fleet.target("lmp-764").getStatus().publishedIn()).isEqualTo(2);
            fleet.awaitServed(operator);
            assertThat(devices).allSatisfy(device -> assertThat(device.lookUp("images/lmp-764"))
                    .contains(new Device.Artifact(4, Map.of("sha256", Fleet.SHA256))));

            edit(fleet, "lmp-764", "{\"custom\": {\"channel\": \"stable\"}}");
            Fleet.await(() -> assertThat(fleet.target("lmp-764").getStatus().publishedIn())
                    .isEqualTo(3));
            assertThat(new String(fleet.file("targets-3"))).contains("stable").doesNotContain("beta");

            fleet.deleteTarget("lmp-764");
            Fleet.await(() ->
                    assertThat(fleet.factory().getStatus().targets().count()).isZero());
            fleet.awaitServed(operator);
            assertThat(devices).allSatisfy(device -> assertThat(device.update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .isEmpty()));
        }
    }

    @Test
    void twenty_targets_at_once_cost_few_versions() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            var start = Instant.now();
            IntStream.range(0, 20).forEach(i -> fleet.target("lmp-" + i, ""));
            var took = Duration.between(start, Instant.now());
            Fleet.await(() ->
                    assertThat(fleet.factory().getStatus().targets().count()).isEqualTo(20));
            assertThat(fleet.factory().getStatus().roles().snapshot().version())
                    .as("one version before, one after, and none without a second of quiet or five of unrest")
                    .isLessThanOrEqualTo(2 + 1 + took.toSeconds());
        }
    }

    @Test
    void changes_wait_for_a_second_of_quiet() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            var declared = clock.instant();
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            assertThat(Duration.between(declared, fleet.signedAt())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void changes_that_never_cease_are_published_all_the_same() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitReady();
            fleet.target("lmp", "");
            var edits = new AtomicInteger();
            Fleet.await(() -> {
                edit(fleet, "lmp", "{\"custom\": {\"build\": %d}}".formatted(edits.incrementAndGet()));
                assertThat(fleet.factory().getStatus().roles().targets().version())
                        .isGreaterThan(1);
            });
        }
    }

    @Test
    void the_older_of_two_targets_keeps_a_path_and_the_other_says_whose_it_is() {
        var fleet = Fleet.declared("");
        fleet.target("first", "path: lmp");
        Fleet.await(
                () -> assertThat(Instant.now()).isAfter(created(fleet, "first").plusSeconds(1)));
        fleet.target("a-second", "path: lmp");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitTarget("first", "Published");
            fleet.awaitTarget("a-second", "PathConflict");
            assertThat(fleet.target("a-second")
                            .getStatus()
                            .conditions()
                            .getFirst()
                            .message())
                    .contains("Target first");
            fleet.deleteTarget("first");
            fleet.awaitTarget("a-second", "Published");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{size: 0.5}|size", "{maker: Müller}|maker", "{build: 9007199254740992}|build"})
    void what_some_client_could_not_read_is_invalid_and_harms_nothing_else(String custom, String member) {
        var fleet = Fleet.declared("");
        fleet.target("bad", "custom: " + custom);
        fleet.target("good", "");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitTarget("good", "Published");
            fleet.awaitTarget("bad", "Invalid");
            assertThat(fleet.target("bad").getStatus().conditions().getFirst().message())
                    .contains(member);
            fleet.awaitReady();
        }
    }

    /** The API server stores it; what read it as JSON usually is stopped every replica, for all Factories. */
    @Test
    void what_few_readers_of_json_take_is_invalid_and_harms_nothing_else_listed_or_watched() {
        var fleet = Fleet.declared("");
        var hostile = Map.of(
                "deep",
                "{\"a\":".repeat(1_200) + "{}" + "}".repeat(1_200),
                "deepest",
                "{\"a\":" + "[".repeat(9_900) + "]".repeat(9_900) + '}',
                "long",
                "{\"%s\": 1}".formatted("n".repeat(60_000)),
                "numbers",
                "{\"n\": 1%s}".formatted("0".repeat(300)));
        hostile.forEach(fleet::targetOf);
        try (var operator = fleet.operator(clock)) {
            hostile.keySet().forEach(name -> fleet.awaitTarget(name, "Invalid"));
            hostile.forEach((name, custom) -> fleet.targetOf(name + "-too", custom));
            hostile.keySet().forEach(name -> fleet.awaitTarget(name + "-too", "Invalid"));
            assertThat(fleet.target("deep").getStatus().conditions().getFirst().message())
                    .contains("spec.custom.a", "nested deeper than 16 levels");
            assertThat(fleet.target("long").getStatus().conditions().getFirst().message())
                    .contains("spec.custom.nnn", "60000 characters");
            fleet.target("good", "");
            fleet.awaitTarget("good", "Published");
            fleet.awaitReady();
            assertThat(operator.isAliveAndReady()).isTrue();
        }
    }

    @Test
    void an_edit_that_is_invalid_leaves_what_devices_have() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.target("lmp", "custom: {channel: beta}");
            fleet.awaitTarget("lmp", "Published");
            var before = fleet.stored();
            edit(fleet, "lmp", "{\"custom\": {\"share\": 0.5}}");
            fleet.awaitTarget("lmp", "Invalid");
            assertThat(fleet.target("lmp").getStatus().conditions().getFirst().message())
                    .contains("devices are served it as it was");
            assertThat(fleet.stored()).isEqualTo(before);
        }
    }

    @Test
    void a_target_waits_for_its_factory() {
        var fleet = new Fleet();
        fleet.target("lmp", "");
        try (var _ = fleet.operator(clock)) {
            fleet.awaitTarget("lmp", "FactoryNotFound");
            fleet.declare("");
            fleet.awaitTarget("lmp", "Published");
        }
    }

    @Test
    void the_last_target_goes_only_where_targets_may_be_empty() {
        var fleet = Fleet.declared("");
        try (var _ = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            fleet.deleteTarget("lmp");
            fleet.awaitCondition("TargetsHeld", "True", "WouldBeEmpty");
            assertThat(fleet.condition("Ready").orElseThrow().status()).isEqualTo("True");
            assertThat(fleet.factory().getStatus().targets().count()).isEqualTo(1);
            fleet.patch("{\"targets\": {\"allowEmpty\": true}}");
            Fleet.await(() ->
                    assertThat(fleet.factory().getStatus().targets().count()).isZero());
            assertThat(fleet.condition("TargetsHeld")).isEmpty();
        }
    }

    @Test
    void a_factory_made_again_goes_on_and_keeps_what_no_target_stands_for_yet() {
        var fleet = Fleet.declared("targets: {allowEmpty: true}");
        try (var operator = fleet.operator(clock)) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            var before = fleet.factory().getStatus();

            ControlPlane.shared()
                    .admin()
                    .resources(Factory.class)
                    .inNamespace(fleet.namespace())
                    .delete();
            fleet.awaitTarget("lmp", "FactoryNotFound");
            fleet.deleteTarget("lmp");
            fleet.declare("targets: {allowEmpty: true}");
            fleet.awaitReady();
            assertThat(fleet.factory().getStatus().trustedRootSha256()).isEqualTo(before.trustedRootSha256());
            assertThat(fleet.factory().getStatus().targets().unmanaged()).isEqualTo(1);

            fleet.target("next", "");
            fleet.awaitTarget("next", "Published");
            fleet.awaitServed(operator);
            assertThat(device.update()).isInstanceOfSatisfying(Device.Updated.class, updated -> {
                assertThat(updated.paths()).isEqualTo(Set.of("lmp", "next"));
                assertThat(updated.root()).isEqualTo(1);
                assertThat((long) updated.timestamp())
                        .isGreaterThan(before.roles().timestamp().version());
            });
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            assertThat(fleet.factory().getStatus().targets().unmanaged()).isZero();
            fleet.deleteTarget("lmp");
            Fleet.await(() -> assertThat(device.update())
                    .isInstanceOfSatisfying(Device.Updated.class, updated -> assertThat(updated.paths())
                            .isEqualTo(Set.of("next"))));
        }
    }

    private static Instant created(Fleet fleet, String target) {
        return Instant.parse(fleet.target(target).getMetadata().getCreationTimestamp());
    }

    private static void edit(Fleet fleet, String target, String spec) {
        ControlPlane.shared()
                .admin()
                .resources(Target.class)
                .inNamespace(fleet.namespace())
                .withName(target)
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                        "{\"spec\": " + spec + "}");
    }
}
