package dev.factorytrust.operator.factory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.rotation.RootRotationReport;
import dev.factorytrust.testing.ArgoHealth;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** What Argo CD, and whoever reads kstatus (Flux, Helm's --wait), make of the status that the operator writes. */
class GitOpsHealthTest {

    private final InMemoryStory story = InMemoryStory.unwatched();

    @AfterEach
    void close() {
        story.close();
    }

    /** A case of a {@code health_test.yaml}, as Argo CD's own tests read them. */
    record Case(Path file, ArgoHealth expected) {

        static Stream<Case> of(Path tests) {
            try {
                return StreamSupport.stream(
                                new YAMLMapper()
                                        .readTree(tests.toFile())
                                        .get("tests")
                                        .spliterator(),
                                false)
                        .map(test -> new Case(
                                tests.resolveSibling(test.get("inputPath").asText()),
                                new ArgoHealth(
                                        test.at("/healthStatus/status").asText(),
                                        test.at("/healthStatus/message").asText())));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    static Stream<Case> cases() {
        return Stream.of("Factory", "RootRotation", "Target")
                .map(kind -> ArgoHealth.SCRIPTS.resolve(kind).resolve("health_test.yaml"))
                .flatMap(Case::of);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_script_says_what_its_test_file_says(Case example) throws IOException {
        assertThat(ArgoHealth.of(new YAMLMapper().readTree(example.file().toFile())))
                .isEqualTo(example.expected());
    }

    @Test
    void argo_cd_is_given_the_scripts_that_are_tested() throws IOException {
        var config = new YAMLMapper()
                .readTree(Path.of("examples", "gitops", "argo-cd", "argocd-cm.yaml")
                        .toFile());
        for (var kind : new String[] {"Factory", "RootRotation", "Target"}) {
            assertThat(config.at("/data/resource.customizations.health.factory-trust.dev_" + kind)
                            .asText())
                    .as(kind)
                    .isEqualTo(Files.readString(ArgoHealth.SCRIPTS.resolve(kind).resolve("health.lua")));
        }
    }

    @Test
    void a_factory_that_bootstraps_is_in_progress() throws IOException {
        story.declareFactory("generate: {}");
        assertThat(factory()).isEqualTo("Progressing, kstatus InProgress");
        story.settle();
        assertThat(factory()).isEqualTo("Healthy, kstatus Current");
    }

    @Test
    void a_first_root_that_waits_for_its_holders_is_not_done() throws IOException {
        story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(Flow.ALICE)));
        story.settle();
        assertThat(factory()).isEqualTo("Suspended, kstatus InProgress");
    }

    @Test
    void a_rotation_that_waits_for_people_keeps_nobody_else_waiting() throws IOException {
        Flow.ownedByAlice(story);
        story.settle();
        story.declare("bob-joins", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(Flow.BOB)));
        story.settle();
        assertThat(factory()).isEqualTo("Suspended, kstatus Current");
        assertThat(rotation("bob-joins")).isEqualTo("Suspended, kstatus Current");
    }

    @Test
    void paused_is_suspended_and_expired_is_failed() throws IOException {
        Flow.ownedByAlice(story);
        story.settle();
        story.changeFactory("paused: true");
        assertThat(factory()).isEqualTo("Suspended, kstatus Current");
        story.pass(Duration.ofDays(2));
        assertThat(factory()).isEqualTo("Degraded, kstatus Failed");
    }

    @Test
    void a_publication_that_fails_is_degraded_while_devices_go_on() throws IOException {
        Flow.ownedByAlice(story);
        story.settle();
        assertThat(factory(Optional.of("connection refused"))).isEqualTo("Degraded, kstatus Current");
    }

    private String factory() throws IOException {
        return factory(Optional.empty());
    }

    private String factory(Optional<String> failure) throws IOException {
        var look = story.look();
        var factory = story.cluster().find(Factory.class, "acme").orElseThrow();
        factory.setStatus(FactoryReport.status(look.situation(), look.decision(), failure, Optional.empty()));
        return health(factory);
    }

    private String rotation(String name) throws IOException {
        var rotation = story.cluster().find(RootRotation.class, name).orElseThrow();
        rotation.setStatus(
                RootRotationReport.status(rotation, story.look().rotations().get(name), story.now()));
        return health(rotation);
    }

    private static String health(HasMetadata object) throws IOException {
        var json = Serialization.jsonMapper().<JsonNode>valueToTree(object);
        return ArgoHealth.of(json).status() + ", kstatus " + kstatus(json);
    }

    /** Its rules for custom resources, in their order. */
    private static String kstatus(JsonNode object) {
        if (!object.at("/status/observedGeneration").equals(object.at("/metadata/generation"))) {
            return "InProgress";
        }
        if (condition(object, "Reconciling").equals("True")) {
            return "InProgress";
        }
        if (condition(object, "Stalled").equals("True")) {
            return "Failed";
        }
        return switch (condition(object, "Ready")) {
            case "True", "" -> "Current";
            default -> "InProgress";
        };
    }

    private static String condition(JsonNode object, String type) {
        return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
                .filter(condition -> condition.get("type").asText().equals(type))
                .map(condition -> condition.get("status").asText())
                .findFirst()
                .orElse("");
    }
}
