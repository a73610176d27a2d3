package dev.factorytrust.operator.store;

import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who writes second has lost, and changes nothing. */
class MetadataStoreIT {

    private static final StandardDialect TUF = new StandardDialect();
    private static final Bytes FIRST = Bytes.utf8("first");
    private static final Bytes SECOND = Bytes.utf8("second");

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final FactoryRef factory = new FactoryRef(ControlPlane.shared().newNamespace(), "acme");
    private final MetadataStore store = new MetadataStore(
            ApiServer.of(client), new FactoryCache<>(FactoryCache::byLabel, _ -> {}), _ -> Optional.empty());

    @Test
    @DisplayName("invariant 2: the timestamp is replaced only under the resourceVersion that the plan was made from")
    void a_timestamp_that_was_replaced_meanwhile_is_not_replaced() {
        store.create(MetadataStore.emptyTimestamp(factory, TUF));
        var seen = store.liveTimestamp(factory).orElseThrow();
        store.replaceTimestamp(MetadataStore.timestamp(seen, FIRST, Map.of()));
        var late = MetadataStore.timestamp(seen, SECOND, Map.of());
        assertThatThrownBy(() -> store.replaceTimestamp(late)).isInstanceOf(PlanOutdatedException.class);
        assertThat(store.liveTimestamp(factory).orElseThrow().getBinaryData())
                .containsExactly(Map.entry("timestamp.json", FIRST.base64()));
    }

    @Test
    @DisplayName("invariant 2: a timestamp that was deleted meanwhile is not made anew")
    void a_timestamp_that_was_deleted_meanwhile_is_not_made_anew() {
        store.create(MetadataStore.emptyTimestamp(factory, TUF));
        var seen = store.liveTimestamp(factory).orElseThrow();
        client.resource(seen).delete();
        assertThatThrownBy(() -> store.replaceTimestamp(MetadataStore.timestamp(seen, FIRST, Map.of())))
                .isInstanceOf(PlanOutdatedException.class);
        assertThat(store.liveTimestamp(factory)).isEmpty();
    }

    @Test
    @DisplayName("invariant 3: a version has the content that came first")
    void a_name_that_is_taken_keeps_its_content() {
        store.create(snapshot(FIRST));
        assertThatThrownBy(() -> store.create(snapshot(SECOND))).isInstanceOf(PlanOutdatedException.class);
        assertThat(client.resource(snapshot(SECOND)).get().getBinaryData())
                .containsExactly(Map.entry("snapshot.json", FIRST.base64()));
    }

    @Test
    @DisplayName("invariant 3: what is removed is the object that was judged, not one that has taken its name since")
    void an_object_that_took_the_name_of_a_judged_one_stays() {
        store.create(snapshot(FIRST));
        var judged = client.resource(snapshot(FIRST)).get();
        client.resource(judged).delete();
        store.create(snapshot(SECOND));
        store.delete(judged);
        assertThat(client.resource(judged).get().getBinaryData())
                .containsExactly(Map.entry("snapshot.json", SECOND.base64()));
    }

    private ConfigMap snapshot(Bytes file) {
        return MetadataStore.versioned(factory, TUF, RoleName.SNAPSHOT, 1, file);
    }
}
