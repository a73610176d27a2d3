package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Holder;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.NameTakenException;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The first root of an offline Factory is declared once, however far the cache of RootRotations lags. */
class FirstRootDeclarationIT {

    private final ControlPlane cluster = ControlPlane.shared();
    private final String namespace = cluster.newNamespace();
    private final ApiServer api = ApiServer.of(cluster.admin());
    private final FactoryActor actor = new FactoryActor(
            api,
            new MetadataStore(api, new FactoryCache<>(FactoryCache::byLabel, _ -> {}), _ -> Optional.empty()),
            new KeyStore(api, new FactoryCache<>(FactoryCache::byLabel, _ -> {})));

    @Test
    void a_second_declaration_finds_the_first_and_looks_again() {
        declare("acme");
        assertThatThrownBy(() -> declare("acme")).isInstanceOf(PlanOutdatedException.class);
    }

    @Test
    void a_rotation_of_another_factory_under_that_name_is_a_fault() {
        declare("other");
        assertThatThrownBy(() -> declare("acme"))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining("RootRotation acme-root-1 is of Factory other");
    }

    private void declare(String factory) {
        var holder = new Holder(
                "alice", SoftwareKey.generate(KeyType.ED25519).publicKey().pem());
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName("acme-root-1")
                .withNamespace(namespace)
                .build());
        rotation.setSpec(new RootRotationSpec(
                factory,
                null,
                null,
                null,
                new RootRotationSpec.RoleChange(List.of(holder), null, 1),
                null,
                null,
                null));
        actor.act(null, new Decision.Declare(rotation));
    }
}
