package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.docs.Page;
import dev.factorytrust.docs.Terminal;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.testing.RunningOperator;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** A Factory is deleted, by the commands of {@code docs/operations/uninstall.md} as they stand there. */
class DeletionIT {

    private static final String DELETE = "Delete a Factory";
    private static final String READY = "factory_trust_factory_ready";

    private final KubernetesClient admin = ControlPlane.shared().admin();
    private final Page page = Page.read(Path.of("docs/operations/uninstall.md"));
    private final Fleet fleet = Fleet.declared("");

    @TempDir
    private Path directory;

    @Test
    void with_delete_it_waits_for_its_root_keys_and_then_takes_along_what_the_operator_wrote() throws Exception {
        var terminal = new Terminal(directory, fleet.namespace());
        try (var operator = fleet.operator(InstantSource.system())) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            var device = fleet.device(DeviceClient.PYTHON_TUF, operator);
            assertThat(device.update()).isInstanceOf(Device.Updated.class);

            terminal.type(page.blocks(DELETE).getFirst().replace("delete factory", "delete --wait=false factory"));
            fleet.awaitCondition("DeletionBlocked", "True", "RootKeysNotRetrieved");
            assertThat(fleet.conditions()).contains("Ready=True");
            assertThat(device.update()).isInstanceOf(Device.Updated.class);
            var before = operator.writes().size();

            assertThat(terminal.type(page.blocks(DELETE).get(1))).contains("this file is the only one");
            awaitGone();
            assertThat(deletions(
                            operator.writes().subList(before, operator.writes().size())))
                    .as("the keys that were taken, then the commit point")
                    .startsWith("acme-root-keys", "acme-timestamp")
                    .endsWith("acme-root-1");
            assertThat(left()).isEmpty();
            assertThat(fleet.target("lmp")).isNotNull();
            Fleet.await(() -> assertThat(Http.get(fleet.url(operator).resolve("timestamp.json"))
                            .statusCode())
                    .isEqualTo(404));
            assertThatNobodyCounts(operator);
            assertThat(events()).contains("RootKeysNotRetrieved", "Deleting", "Deleted");
        }
    }

    /** What the operator deleted, in order. */
    private static List<String> deletions(List<String> writes) {
        return writes.stream()
                .filter(write -> write.startsWith("DELETE "))
                .map(write -> write.substring(write.lastIndexOf('/') + 1))
                .toList();
    }

    private void awaitGone() {
        Fleet.await(() -> assertThat(fleet.factory()).isNull());
    }

    private Stream<String> left() {
        return Stream.<HasMetadata>concat(
                        admin
                                .configMaps()
                                .inNamespace(fleet.namespace())
                                .withLabel("factory-trust.dev/factory")
                                .list()
                                .getItems()
                                .stream(),
                        fleet.secrets().stream())
                .map(object -> object.getMetadata().getName());
    }

    private void assertThatNobodyCounts(RunningOperator operator) {
        Fleet.await(() -> assertThat(operator.metrics().getMeters()).noneMatch(meter -> meter.getId().getTags().stream()
                .anyMatch(tag -> tag.getValue().equals("acme"))));
    }

    private Stream<String> events() {
        return admin.v1().events().inNamespace(fleet.namespace()).list().getItems().stream()
                .map(event -> event.getReason());
    }

    @Test
    void under_retain_all_stays_and_the_same_factory_goes_on_from_it() {
        try (var operator = fleet.operator(InstantSource.system())) {
            fleet.awaitReady();
            var stored = fleet.stored();
            admin.resource(fleet.factory()).delete();
            awaitGone();
            assertThatNobodyCounts(operator, READY);
            assertThat(fleet.stored()).isEqualTo(stored);

            fleet.declare("");
            fleet.awaitReady();
            assertThat(fleet.stored()).isEqualTo(stored);
        }
    }

    /** Devices that are still served are still counted. */
    private void assertThatNobodyCounts(RunningOperator operator, String name) {
        Fleet.await(() -> assertThat(operator.metrics().find(name).meters()).isEmpty());
    }

    /** The last look at it ends after it has gone, and must not bring its metrics back for good. */
    @Test
    void a_factory_that_goes_while_it_is_looked_at_leaves_no_metrics() {
        try (var operator = fleet.operator(InstantSource.system())) {
            fleet.awaitReady();
            var look = operator.stallBefore("PATCH /apis/factory-trust.dev/v1alpha1/namespaces/" + fleet.namespace()
                    + "/factories/acme/status");
            fleet.patch("{\"paused\": true}");
            Fleet.await(() -> assertThat(look.isReached()).isTrue());
            admin.resource(fleet.factory()).delete();
            assertThatNobodyCounts(operator, READY);

            var back = new CompletableFuture<Void>();
            operator.metrics().config().onMeterAdded(meter -> {
                if (meter.getId().getName().equals(READY)) {
                    back.complete(null);
                }
            });
            look.close();
            Fleet.await(() -> assertThat(back).isDone());
            assertThatNobodyCounts(operator, READY);
        }
    }

    @Test
    void where_no_operator_is_left_the_finalizer_is_taken_off_and_all_stays() throws Exception {
        try (var _ = fleet.operator(InstantSource.system())) {
            fleet.awaitReady();
            fleet.patch("{\"deletionPolicy\": \"Delete\"}");
            Fleet.await(() ->
                    assertThat(fleet.factory().getMetadata().getFinalizers()).hasSize(1));
        }
        var stored = fleet.stored();
        admin.resource(fleet.factory()).delete();
        assertThat(fleet.factory().isMarkedForDeletion()).isTrue();
        new Terminal(directory, fleet.namespace()).type(page.under("When no operator is there"));
        assertThat(fleet.factory()).isNull();
        assertThat(fleet.stored()).isEqualTo(stored);
    }

    @Test
    void who_wants_to_be_rid_of_everything_is_whatever_the_policy() throws Exception {
        try (var _ = fleet.operator(InstantSource.system())) {
            fleet.target("lmp", "");
            fleet.awaitTarget("lmp", "Published");
            fleet.patch("{\"deletionPolicy\": \"Delete\"}");
            Fleet.await(() ->
                    assertThat(fleet.factory().getMetadata().getFinalizers()).hasSize(1));
            new Terminal(directory, fleet.namespace())
                    .type(page.blocks("Uninstall").get(1));
            assertThat(fleet.factory()).isNull();
            assertThat(fleet.target("lmp")).isNull();
            assertThat(left()).isEmpty();
        }
    }

    /** No controller is there that empties a namespace, so it is emptied by hand, as that one does it: in no order. */
    @Test
    void a_namespace_that_is_deleted_waits_for_no_factory() {
        try (var _ = fleet.operator(InstantSource.system())) {
            fleet.awaitReady();
            fleet.patch("{\"deletionPolicy\": \"Delete\"}");
            Fleet.await(() ->
                    assertThat(fleet.factory().getMetadata().getFinalizers()).hasSize(1));
            admin.namespaces().withName(fleet.namespace()).delete();
            admin.resources(Factory.class).inNamespace(fleet.namespace()).delete();
            fleet.awaitCondition("DeletionBlocked", "True", "RootKeysNotRetrieved");
            admin.secrets().inNamespace(fleet.namespace()).delete();
            awaitGone();
            admin.resources(ConfigMap.class).inNamespace(fleet.namespace()).delete();
            assertThat(left()).isEmpty();
        }
    }
}
