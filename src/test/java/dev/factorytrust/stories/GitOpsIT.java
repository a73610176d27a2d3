package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.ControlPlane;
import dev.factorytrust.testing.RunningOperator;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code examples/gitops/fleet}, merge by merge, applied as Argo CD and Flux do, with keys of people who are there. */
class GitOpsIT {

    private static final Path EXAMPLE = Path.of("examples", "gitops", "fleet");

    private final ControlPlane controlPlane = ControlPlane.shared();
    private final String namespace = controlPlane.newNamespace();
    private final Person alice = Person.withKey("alice", KeyType.ED25519);
    private final Person bob = Person.withKey("bob", KeyType.ED25519);

    @TempDir
    Path git;

    @TempDir
    Path home;

    /** To kstatus, by which Flux and Helm wait, an object without a status is ready; src/dev/e2e.sh gitops runs Flux itself. */
    @Test
    void what_no_operator_has_looked_at_says_so() throws Exception {
        merge();
        for (var object : List.of("factory/acme", "target/firmware-1.4.0.bin", "rootrotation/alice-to-bob")) {
            assertThat(kubectl("get", object, "-o", "jsonpath={.status.observedGeneration}"))
                    .as(object)
                    .isEqualTo("-1");
        }
        assertThat(controlPlane
                        .admin()
                        .resources(Factory.class)
                        .inNamespace(namespace)
                        .withName("acme")
                        .get()
                        .getStatus())
                .as("what the operator sees of it")
                .isNull();
    }

    @Test
    void a_rotation_is_two_pull_requests_and_what_is_applied_twice_changes_nothing() throws Exception {
        try (var _ = RunningOperator.in(namespace, InstantSource.system())) {
            merge("namespace.yaml", "factory.yaml", "targets.yaml");
            waitFor("jsonpath={.status.phase}=AwaitingSignatures", "rootrotation/acme-root-1");
            sign("rotations/1-first-root/signatures.yaml", "acme-root-1", alice);
            merge("namespace.yaml", "factory.yaml", "targets.yaml", "rotations/1-first-root");
            waitFor("condition=Ready", "factory/acme");
            waitFor("condition=Ready", "target/firmware-1.4.0.bin");

            // Argo CD's and Flux' own view of the folder with one of its two resources.
            write("rotations/2-alice-to-bob/kustomization.yaml", "resources: [rotation.yaml]");
            merge();
            waitFor("jsonpath={.status.phase}=AwaitingSignatures", "rootrotation/alice-to-bob");
            assertThat(kubectl(
                            "get", "factory", "acme", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}"))
                    .as("while people are waited for")
                    .isEqualTo("True");

            Files.copy(
                    EXAMPLE.resolve("rotations/2-alice-to-bob/kustomization.yaml"),
                    git.resolve("rotations/2-alice-to-bob/kustomization.yaml"),
                    StandardCopyOption.REPLACE_EXISTING);
            sign("rotations/2-alice-to-bob/signatures.yaml", "alice-to-bob", alice, bob);
            merge();
            waitFor("condition=Complete", "rootrotation/alice-to-bob");
            waitFor("jsonpath={.status.roles.root.version}=2", "factory/acme");
            waitFor("condition=Ready", "target/firmware-1.4.0.bin");

            var before = versions();
            merge();
            assertThat(versions()).isEqualTo(before);
        }
    }

    /** What is on the main branch now, without or with only some of what the example lists. */
    private void merge(String... resources) throws Exception {
        for (var file : List.of(
                "kustomization.yaml",
                "namespace.yaml",
                "factory.yaml",
                "targets.yaml",
                "rotations/1-first-root/kustomization.yaml",
                "rotations/1-first-root/signatures.yaml",
                "rotations/2-alice-to-bob/kustomization.yaml",
                "rotations/2-alice-to-bob/rotation.yaml",
                "rotations/2-alice-to-bob/signatures.yaml")) {
            if (Files.notExists(git.resolve(file))) {
                write(file, ours(Files.readString(EXAMPLE.resolve(file))));
            }
        }
        if (resources.length > 0) {
            write("kustomization.yaml", "namespace: %s%nresources: %s".formatted(namespace, List.of(resources)));
        } else {
            write("kustomization.yaml", ours(Files.readString(EXAMPLE.resolve("kustomization.yaml"))));
        }
        kubectl("apply", "--server-side", "--field-manager=gitops", "-k", git.toString());
    }

    /** With the namespace and the keys of this test. */
    private String ours(String example) {
        return example.replaceAll("(?m)^(namespace|  name): fleet$", "$1: " + namespace)
                .replaceAll("(?s)(name: alice\\s+publicKey: )\\|.*?END PUBLIC KEY-----", "$1" + pem(alice))
                .replaceAll("(?s)(name: bob\\s+publicKey: )\\|.*?END PUBLIC KEY-----", "$1" + pem(bob));
    }

    private static String pem(Person person) {
        return Serialization.asJson(person.key().publicKey().pem()).replace("\\", "\\\\");
    }

    /** Replaces the example's signatures, which sign nothing, one by one. */
    private void sign(String file, String rotation, Person... people) throws Exception {
        var payload = Bytes.base64(controlPlane
                .admin()
                .configMaps()
                .inNamespace(namespace)
                .withName(rotation + "-payload")
                .get()
                .getBinaryData()
                .get("payload.json"));
        var signatures = Files.readString(EXAMPLE.resolve(file));
        for (var person : people) {
            var signature =
                    Base64.getEncoder().encodeToString(person.sign(payload).toArray());
            signatures = signatures.replaceAll(
                    "(?s)(signed-by-" + person.name() + "\\n.*?signature: )[A-Za-z0-9+/=]+", "$1" + signature);
        }
        write(file, signatures);
    }

    private Path write(String file, String content) throws IOException {
        Files.createDirectories(git.resolve(file).getParent());
        return Files.writeString(git.resolve(file), content);
    }

    /** Name, generation and resourceVersion of all that lies in Git. */
    private String versions() throws Exception {
        return kubectl(
                "get",
                "factories,rootrotations,targets,secrets",
                "-l",
                "!factory-trust.dev/factory",
                "-o",
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation} {.metadata.resourceVersion}{\"\\n\"}{end}");
    }

    private void waitFor(String what, String object) throws Exception {
        kubectl("wait", "--for=create", object, "--timeout=60s");
        kubectl("wait", "--for=" + what, object, "--timeout=60s");
    }

    private String kubectl(String... arguments) throws Exception {
        var kubeconfig = Files.writeString(home.resolve("kubeconfig"), controlPlane.adminKubeconfig());
        var command = new ArrayList<>(
                List.of(ControlPlane.kubectl().toString(), "--kubeconfig", kubeconfig.toString(), "-n", namespace));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }
}
