package dev.factorytrust.operator.target;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetSpec;
import dev.factorytrust.operator.target.TargetFiles.Result;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.operator.target.TargetSamples.SHA256;
import static dev.factorytrust.operator.target.TargetSamples.SHA512;
import static org.assertj.core.api.Assertions.assertThat;

class TargetFilesPropertiesTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** One entry that the dialect objects to would keep every other one from being published. */
    @Property
    void what_is_publishable_breaks_no_limit_of_a_client_in_tuf(@ForAll("targets") Target target) {
        publishes(target, new InDialect(TestMetadata.TUF));
    }

    @Property
    void what_is_publishable_breaks_no_limit_of_a_device_of_ota_connect(@ForAll("targets") Target target) {
        publishes(target, new InDialect(TestMetadata.OTA_CONNECT));
    }

    private static void publishes(Target target, InDialect made) {
        var result = TargetFiles.of(target, made.dialect, Optional.empty());

        Statistics.collect(result instanceof Result.Publishable);
        Statistics.coverage(coverage -> {
            coverage.check(true).percentage(share -> share > 5);
            coverage.check(false).percentage(share -> share > 5);
        });
        if (result instanceof Result.Publishable(var path, var file)) {
            var content = Map.of(path, file);
            var targets =
                    made.sign(new Targets(1, TestMetadata.EXPIRES, content, Optional.empty(), Map.of()), "targets");
            var signed = made.dialect.decode(Targets.class, targets);
            assertThat(made.dialect.violations(signed)).isEmpty();
            // Were it another one when read back, it would be published again and again.
            assertThat(signed.metadata().targets()).isEqualTo(content);
            assertThat(TargetFiles.of(
                            target,
                            made.dialect,
                            Optional.of(signed.metadata().targets().get(path))))
                    .isEqualTo(result);
            assertThat(update(made, targets).targets()).contains(targets);
        }
    }

    /** Of a device that has nothing yet. */
    private static DeviceState update(InDialect made, Bytes targets) {
        var snapshot = made.sign(TestMetadata.snapshot(1, targets, 1), "snapshot");
        var timestamp = made.sign(TestMetadata.timestamp(1, snapshot, 1), "timestamp");
        var files = Map.of(
                made.name(RoleName.TARGETS, 1),
                targets,
                made.name(RoleName.SNAPSHOT, 1),
                snapshot,
                "timestamp.json",
                timestamp);
        return ClientWorkflow.update(
                made.dialect,
                DeviceState.fresh(made.sign(made.root(1), "root")),
                name -> Optional.ofNullable(files.get(name)),
                TestMetadata.NOW);
    }

    @Provide
    Arbitrary<Target> targets() {
        var specs = Combinators.combine(
                        paths().injectNull(0.3),
                        Arbitraries.longs().between(-1, (1L << 53) + 1).edgeCases(edges -> edges.add(1L << 53)),
                        hashes(),
                        Arbitraries.recursive(this::scalars, this::containers, 0, 3)
                                .injectNull(0.2),
                        Arbitraries.of("lmp", "gr\u00fcn", "a\tb", "").injectNull(0.5),
                        Arbitraries.of("764", "1\u007f").injectNull(0.5))
                .as(TargetFilesPropertiesTest::spec);
        return specs.map(spec -> {
            var target = new Target();
            target.setMetadata(new ObjectMeta());
            target.getMetadata().setName("lmp-764");
            target.getMetadata().setCreationTimestamp("2026-11-20T08:00:00Z");
            target.setSpec(spec);
            return target;
        });
    }

    private static TargetSpec spec(
            String path, Long length, Map<String, String> hashes, JsonNode custom, String name, String version) {
        return new TargetSpec(
                "acme",
                path,
                length,
                hashes,
                custom == null || custom.isObject() ? custom : JSON.objectNode().set("a", custom),
                name,
                version,
                name == null ? null : List.of(name),
                version == null ? null : List.of("main", version),
                null,
                null,
                name == null ? null : Map.of(name, new TargetSpec.ComposeApp("hub/" + name)));
    }

    private Arbitrary<String> paths() {
        return Arbitraries.of("a", "b-1", "c.img", ".", "..", "", "\\", "\u00e4", "x y", "@~+")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(segments -> String.join("/", segments));
    }

    private Arbitrary<Map<String, String>> hashes() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(Map.of("sha256", SHA256))),
                Tuple.of(1, Arbitraries.just(Map.of("sha256", SHA256, "sha512", SHA512))),
                Tuple.of(
                        1,
                        Arbitraries.of(List.of(
                                Map.of(), Map.of("sha512", SHA512), Map.of("sha256", "0"), Map.of("md5", "0")))));
    }

    private Arbitrary<JsonNode> scalars() {
        return Arbitraries.oneOf(
                Arbitraries.just(JSON.nullNode()),
                Arbitraries.of(true, false).map(JSON::booleanNode),
                Arbitraries.integers().map(JSON::numberNode),
                Arbitraries.of("9007199254740991", "-9007199254740992", "1.5", "1e3", "18446744073709551616")
                        .map(TargetFilesPropertiesTest::number),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TWO.pow(52), BigInteger.TWO.pow(54))
                        .map(number -> number(number.toString())),
                Arbitraries.strings().ascii().ofMaxLength(3).map(JSON::textNode),
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(8).map(JSON::textNode),
                Arbitraries.of("\u00fc", "\ud800", "\ud83d\ude80", "\u2028", "\n")
                        .map(JSON::textNode));
    }

    private Arbitrary<JsonNode> containers(Arbitrary<JsonNode> value) {
        var names = Arbitraries.of("a", "b", "c d", "\"\\/", "", "\n", "\u00df", "\u0000");
        return Arbitraries.oneOf(
                value.list().ofMaxSize(3).map(values -> JSON.arrayNode().addAll(values)),
                Arbitraries.maps(names, value).ofMaxSize(3).map(members -> JSON.objectNode()
                        .setAll(members)));
    }

    /** As a parser reads it: the node's type is the parser's choice. */
    private static JsonNode number(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
