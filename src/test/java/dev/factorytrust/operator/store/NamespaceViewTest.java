package dev.factorytrust.operator.store;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NamespaceViewTest {

    @Test
    void an_informer_that_removes_what_it_no_longer_lists_leaves_other_namespaces_alone() {
        var all = new BasicItemStore<ConfigMap>(Cache::metaNamespaceKeyFunc);
        var fleet = new NamespaceView<>(all, "fleet");
        var lab = new NamespaceView<>(all, "lab");
        put(fleet, "fleet", "one");
        put(lab, "lab", "two");
        assertThat(fleet.keySet()).containsExactly("fleet/one");
        assertThat(fleet.size()).isOne();
        assertThat(all.keySet()).containsExactlyInAnyOrder("fleet/one", "lab/two");

        fleet.values().toList().forEach(gone -> fleet.remove(fleet.getKey(gone)));
        assertThat(all.keySet()).containsExactly("lab/two");
        assertThat(lab.get("lab/two").getMetadata().getName()).isEqualTo("two");
    }

    private static void put(NamespaceView<ConfigMap> view, String namespace, String name) {
        var object = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build();
        view.put(view.getKey(object), object);
    }
}
