package dev.factorytrust.operator.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.factorytrust.api.KubernetesJson;
import dev.factorytrust.api.v1alpha1.RootRotation;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class LenientReadingTest {

    private static final FactoryRef ACME = new FactoryRef("fleet", "acme");

    private final ArrayList<FactoryRef> changed = new ArrayList<>();
    private final FactoryCache<RootRotation> cache = new FactoryCache<>(
            rotation -> Optional.of(new FactoryRef("fleet", rotation.getSpec().factory())), changed::add);

    /** As the API server stored what it had no rule for. */
    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "1e+30", "[]", "\"four\""})
    void one_that_can_not_be_read_costs_nobody_the_others_and_is_what_it_was(String fromVersion) {
        list("4").getItems().forEach(rotation -> cache.put(cache.getKey(rotation), rotation));
        changed.clear();
        var items = list(fromVersion).getItems();
        assertThat(items)
                .extracting(rotation -> rotation.getMetadata().getName())
                .containsExactly("first", "odd", "last");
        assertThat(items.getLast().getSpec().message()).isEqualTo("new laptop");

        var odd = items.get(1);
        assertThat(cache.put(cache.getKey(odd), odd)).isNotSameAs(odd);

        assertThat(changed).isEmpty();
        assertThat(cache.of(ACME).get("odd").getSpec().fromVersion()).isEqualTo(4);
    }

    @Test
    void one_that_never_could_be_read_is_not_there() {
        var odd = list("1e+30").getItems().get(1);
        assertThat(cache.put(cache.getKey(odd), odd)).isNull();
        assertThat(cache.of(ACME)).isEmpty();
        assertThat(cache.remove(cache.getKey(odd))).isNull();
        assertThat(changed).isEmpty();
    }

    private static DefaultKubernetesResourceList<RootRotation> list(String fromVersion) {
        return KubernetesJson.serialization(LenientReading.module())
                .unmarshal("""
                {"kind": "RootRotationList", "apiVersion": "factory-trust.dev/v1alpha1", "metadata": {}, "items": [
                  {"metadata": {"name": "first", "namespace": "fleet"}, "spec": {"factory": "acme"}},
                  {"metadata": {"name": "odd", "namespace": "fleet"}, "spec": {"factory": "acme", "fromVersion": %s}},
                  {"metadata": {"name": "last", "namespace": "fleet"},
                   "spec": {"factory": "acme", "message": "new laptop"}}]}
                """.formatted(fromVersion), new RootRotations());
    }

    private static final class RootRotations extends TypeReference<DefaultKubernetesResourceList<RootRotation>> {}
}
