package dev.factorytrust.docs;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.rotation.SignatureSecrets;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Runs the commands of docs/ceremony-openssl.md as they stand there, and verifies what they made as the operator does. */
class OpensslCeremonyIT {

    private static final String ROTATION = "acme-alice-to-carol";
    private static final Path SOFTHSM = Path.of("/usr/lib/softhsm/libsofthsm2.so");

    /** As canonical JSON is: newlines inside strings, and no newline at the end. */
    private static final Bytes PAYLOAD = Bytes.utf8("{\"_type\":\"root\",\"key\":\"-----BEGIN\nEND-----\n\"}");

    private final KubernetesClient client = ControlPlane.shared().admin();
    private final String namespace = ControlPlane.shared().newNamespace();
    private final Page page = Page.read(Path.of("docs/ceremony-openssl.md"));

    @TempDir
    private Path directory;

    @BeforeEach
    void a_rotation_awaits_signatures() {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(ROTATION + "-payload")
                        .endMetadata()
                        .withBinaryData(Map.of("payload.json", PAYLOAD.base64()))
                        .build())
                .create();
        var rotation =
                Serialization.unmarshal("""
                apiVersion: factory-trust.dev/v1alpha1
                kind: RootRotation
                metadata: {name: %s, namespace: %s}
                spec: {factory: acme, rotateOnlineKeys: [timestamp]}
                status: {phase: AwaitingSignatures, payload: {configMap: %1$s-payload, sha256: %3$s}}
                """.formatted(ROTATION, namespace, PAYLOAD.sha256()), RootRotation.class);
        client.resource(rotation).create();
        client.resource(rotation).updateStatus();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "P-256", "RSA"})
    void a_signature_made_by_the_page_is_one_that_counts(String type) throws Exception {
        run(
                page.under("A ceremony with plain openssl"),
                // The passphrase is asked for at a terminal.
                page.under("Make a key", type).replace(" -aes256", ""),
                page.under("Fetch the payload"),
                page.under("Look before you sign"),
                page.under("Sign", type),
                page.under("Hand the signature over"),
                page.under("Watch"));

        assertThat(key().verify(PAYLOAD, offer().value())).isTrue();
    }

    @Test
    void so_is_one_made_on_a_token() throws Exception {
        assumeTrue(Files.exists(SOFTHSM), "needs SoftHSM and OpenSC");
        Files.write(directory.resolve("payload.json"), PAYLOAD.toArray());
        Files.createDirectory(directory.resolve("tokens"));
        Files.writeString(directory.resolve("softhsm2.conf"), "directories.tokendir = " + directory.resolve("tokens"));
        var token = page.blocks("A key on a token");
        assertThat(token).hasSize(3);

        for (var key : token.subList(1, 3)) {
            run(
                    page.under("A ceremony with plain openssl"),
                    "export SOFTHSM2_CONF=$PWD/softhsm2.conf",
                    "softhsm2-util --init-token --free --label alice --so-pin 12345678 --pin 1234",
                    token.getFirst(),
                    key.replace("--login", "--login --pin 1234"),
                    page.under("Hand the signature over"),
                    "rm -r tokens/*");

            assertThat(key().verify(PAYLOAD, offer().value())).isTrue();
        }
    }

    private PublicKey key() throws IOException {
        return PublicKey.parsePem(Files.readString(directory.resolve("alice.pub.pem")));
    }

    private Offer offer() {
        var secret = client.secrets()
                .inNamespace(namespace)
                .withLabel("factory-trust.dev/signs", ROTATION + "-payload")
                .withField("type", "factory-trust.dev/signature")
                .list()
                .getItems()
                .getFirst();
        return assertThat(SignatureSecrets.parse(new StandardDialect(), secret))
                .asInstanceOf(type(SignatureSecrets.Offers.class))
                .actual()
                .offers()
                .getFirst();
    }

    private void run(String... blocks) throws IOException, InterruptedException {
        var kubeconfig = directory.resolve("kubeconfig");
        Files.writeString(kubeconfig, kubeconfig());
        var script = "set -euo pipefail\nexport KUBECONFIG=" + kubeconfig + "\n"
                + "export PATH=" + ControlPlane.kubectl().getParent() + ":$PATH\n"
                + String.join("\n", blocks).replace("NAMESPACE=fleet", "NAMESPACE=" + namespace);
        Command.run(directory, List.of("bash", "-c", script));
    }

    private static String kubeconfig() {
        var config = ControlPlane.shared().adminConfig();
        return Serialization.asYaml(new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName("test")
                .withNewCluster()
                .withServer(config.getMasterUrl())
                .withCertificateAuthorityData(config.getCaCertData())
                .withCertificateAuthority(config.getCaCertFile())
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName("admin")
                .withNewUser()
                .withClientCertificateData(config.getClientCertData())
                .withClientCertificate(config.getClientCertFile())
                .withClientKeyData(config.getClientKeyData())
                .withClientKey(config.getClientKeyFile())
                .endUser()
                .endUser()
                .addNewContext()
                .withName("test")
                .withNewContext()
                .withCluster("test")
                .withUser("admin")
                .endContext()
                .endContext()
                .withCurrentContext("test")
                .build());
    }
}
