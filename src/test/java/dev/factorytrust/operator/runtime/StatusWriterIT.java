package dev.factorytrust.operator.runtime;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.FactoryStatus.TargetsSummary;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class StatusWriterIT {

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final StatusWriter<Factory, FactoryStatus> writer = new StatusWriter<>(client);

    @Test
    void a_status_is_written_once_and_the_spec_stays_its_authors() {
        var read = Factories.create(client, namespace, "acme");
        assertThat(writer.latest(read)).isNull();
        assertThat(writer.write(read, status(1, "https://tuf.example.com/acme")))
                .isTrue();

        var written = get("acme");
        assertThat(written.getStatus()).isEqualTo(status(1, "https://tuf.example.com/acme"));
        assertThat(written.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(written.getSpec()).isEqualTo(read.getSpec());
        assertThat(written.getMetadata().getManagedFields())
                .filteredOn(ManagedFieldsEntry::getManager, "factory-trust")
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getOperation()).isEqualTo("Apply");
                    assertThat(entry.getSubresource()).isEqualTo("status");
                    assertThat(entry.getFieldsV1().getAdditionalProperties()).containsOnlyKeys("f:status");
                });

        assertThat(writer.write(written, status(1, "https://tuf.example.com/acme")))
                .isFalse();
        assertThat(get("acme").getMetadata().getResourceVersion())
                .isEqualTo(written.getMetadata().getResourceVersion());
    }

    @Test
    void a_field_that_is_absent_now_is_cleared() {
        var read = Factories.create(client, namespace, "acme");
        writer.write(read, status(1, "https://tuf.example.com/acme"));
        assertThat(writer.write(get("acme"), new FactoryStatus(2L, null, null, null, null, null, null, null)))
                .isTrue();
        assertThat(get("acme").getStatus()).isEqualTo(new FactoryStatus(2L, null, null, null, null, null, null, null));
    }

    @Test
    void an_object_read_from_a_cache_that_is_behind_does_not_take_the_status_back() {
        var behind = Factories.create(client, namespace, "acme");
        writer.write(behind, status(1, null));
        assertThat(writer.latest(behind)).isEqualTo(status(1, null));
        assertThat(writer.write(behind, status(1, null))).isFalse();

        var somebody = get("acme");
        somebody.setStatus(status(9, null));
        var edited = client.resource(somebody).updateStatus();
        assertThat(writer.latest(edited)).isEqualTo(status(9, null));
    }

    @Test
    void a_spec_edited_meanwhile_is_no_conflict_and_stays() {
        var read = Factories.create(client, namespace, "acme");
        Factories.pause(client, namespace, "acme");
        assertThat(writer.write(read, status(1, null))).isTrue();
        assertThat(get("acme").getSpec().paused()).isTrue();
        assertThat(get("acme").getStatus()).isEqualTo(status(1, null));
    }

    @Test
    void an_object_that_is_gone_is_left_alone() {
        var read = Factories.create(client, namespace, "acme");
        client.resource(read).delete();
        assertThat(writer.write(read, status(1, null))).isFalse();
        assertThat(get("acme")).isNull();
    }

    private Factory get(String name) {
        return client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private static FactoryStatus status(long generation, String url) {
        var ready = new Condition("Ready", "True", "Published", "ok", Instant.EPOCH.toString(), generation);
        return new FactoryStatus(
                generation, List.of(ready), null, new TargetsSummary(1, 0, 0, null), null, null, null, url);
    }
}
