package dev.factorytrust.api.v1alpha1;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.bouncycastle.util.io.pem.PemReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashSet;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The examples are what a newcomer copies: each of them is accepted as it stands. */
class ExamplesIT {

    private final Declared declared = new Declared();

    static List<Path> examples() throws IOException {
        try (var files = Files.list(Path.of("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void an_example_is_accepted_without_a_warning(Path file) throws IOException {
        var example = Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
        example.getMetadata().setNamespace(declared.namespace());

        var created = ControlPlane.shared()
                .admin()
                .resource(example)
                .fieldValidation(Validation.STRICT)
                .create();

        assertThat(created.getMetadata().getUid()).isNotNull();
    }

    @Test
    void there_is_an_example_of_every_kind() throws IOException {
        var kinds = new HashSet<String>();
        for (var file : examples()) {
            kinds.add(Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class)
                    .getKind());
        }

        assertThat(kinds).containsExactlyInAnyOrder("Factory", "RootRotation", "Target", "Secret");
    }

    @Test
    void the_holders_keys_are_keys() throws Exception {
        var factory =
                Serialization.unmarshal(Files.readString(Path.of("examples", "factory-offline.yaml")), Factory.class);
        var keys = factory.getSpec().bootstrap().offline().keys();

        assertThat(keys).hasSize(2).extracting(Holder::publicKey).doesNotHaveDuplicates();
        for (var key : keys) {
            var der = new PemReader(new StringReader(key.publicKey()))
                    .readPemObject()
                    .getContent();
            assertThat(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)))
                    .isNotNull();
        }
    }
}
