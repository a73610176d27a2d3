package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StandardDialectTest {

    static Stream<JsonNode> keys() {
        return PYTHON_TUF.list("keys");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keys_and_keyids_are_what_python_tuf_makes_of_them(JsonNode vector) {
        var publicKey = PublicKey.ofSpki(Bytes.hex(vector.get("spki").textValue()));
        var key = TUF.key(publicKey);
        assertThat(key.json()).isEqualTo(vector.get("json"));
        assertThat(key.publicKey()).contains(publicKey);
        assertThat(TUF.keyId(key).value()).isEqualTo(vector.get("keyid").textValue());
    }

    @ParameterizedTest
    @CsvSource({"root", "targets", "targets-with-bins", "snapshot", "timestamp"})
    void metadata_of_python_tuf_reads_back_to_the_same_bytes(String name) {
        var type = type(name);
        var file = PYTHON_TUF.file(name);
        var canonical = PYTHON_TUF.canonical(name);
        var signed = TUF.decode(type, file);
        assertThat(signed.file()).isEqualTo(file);
        assertThat(signed.canonical()).isEqualTo(canonical);
        assertThat(TUF.canonical(signed.metadata())).isEqualTo(canonical);
        assertThat(TUF.decodeSigned(type, canonical)).isEqualTo(signed.metadata());
        assertThat(signed.signatures()).hasSize(5).allSatisfy(signature -> assertThat(
                        key(signature.keyid()).verify(canonical, signature.value()))
                .isTrue());

        var assembled = TUF.assemble(type, canonical, signed.signatures().reversed());
        assertThat(assembled.metadata()).isEqualTo(signed.metadata());
        assertThat(assembled.signatures()).containsExactlyInAnyOrderElementsOf(signed.signatures());
        assertThat(TUF.decode(type, assembled.file())).isEqualTo(assembled);
        assertThat(TUF.assemble(type, canonical, signed.signatures()).file()).isEqualTo(assembled.file());
    }

    private static PublicKey key(KeyId keyid) {
        return PYTHON_TUF
                .list("keys")
                .filter(key -> key.get("keyid").textValue().equals(keyid.value()))
                .map(key -> PublicKey.ofSpki(Bytes.hex(key.get("spki").textValue())))
                .findFirst()
                .orElseThrow();
    }

    static Class<? extends Metadata> type(String name) {
        return switch (name) {
            case "root" -> Root.class;
            case "snapshot" -> Snapshot.class;
            case "timestamp" -> Timestamp.class;
            default -> Targets.class;
        };
    }

    @Test
    @DisplayName("invariant 9: unknown fields survive, wherever they stand")
    void fields_that_nobody_knows_are_kept_wherever_they_stand() {
        var root = TUF.decode(Root.class, PYTHON_TUF.file("root")).metadata();
        assertThat(root.unrecognized()).containsOnlyKeys("x-text", "🔑", "\uffff");
        assertThat(root.role(RoleName.ROOT).unrecognized()).containsOnlyKeys("x");
        assertThat(root.keys().values())
                .anyMatch(key -> key.json().path("x-name").asText().equals("alice"));
        var targets = TUF.decode(Targets.class, PYTHON_TUF.file("targets")).metadata();
        assertThat(targets.targets().get("p").unrecognized()).containsOnlyKeys("x");
        assertThat(targets.targets().get("p").custom().orElseThrow().toString())
                .isEqualTo("{\"deep\":[{\"é\":\"x\"}],\"n\":-1}");
        assertThat(targets.delegations().orElseThrow().roles().getLast().unrecognized())
                .containsOnlyKeys("x");
        var snapshot = TUF.decode(Snapshot.class, PYTHON_TUF.file("snapshot")).metadata();
        assertThat(snapshot.meta().get("targets.json").unrecognized()).containsOnlyKeys("x");
    }

    @Test
    void a_key_of_an_unknown_kind_is_kept_whole_and_has_no_public_key() {
        var root = TUF.decode(Root.class, PYTHON_TUF.file("root")).metadata();
        var vendor = root.keys().get(new KeyId("5".repeat(64)));
        assertThat(vendor.publicKey()).isEmpty();
        assertThat(vendor.keytype()).isEqualTo("ml-dsa-44");
        assertThat(vendor.json().path("scheme").textValue()).isEqualTo("ml-dsa-44/1");
        assertThat(vendor.json().path("x").toString()).isEqualTo("[1]");
    }

    @ParameterizedTest
    @CsvSource({
        "ecdsa-p256, ecdsa-sha2-nistp256, ecdsa-sha2-nistp256, true", // the key type of older repositories
        "ecdsa-p256, ecdsa, ecdsa-sha2-nistp384, false",
        "ecdsa-p256, rsa, rsassa-pss-sha256, false",
        "rsa-2048, ecdsa, ecdsa-sha2-nistp256, false",
        "rsa-2048, rsa, rsa-pkcs1v15-sha256, false",
        "rsa-2048, rsa, rsassa-pss-sha256, true",
        "rsa-2048, ed25519, ed25519, false",
        "ed25519, ed25519, ed25519, true",
        "ed25519, ed25519, other, false",
        "ed25519, ecdsa, ecdsa-sha2-nistp256, false",
    })
    void a_key_is_usable_if_kind_scheme_and_value_fit(String type, String keytype, String scheme, boolean usable) {
        var json = ((ObjectNode) PYTHON_TUF.key(type).get("json").deepCopy())
                .put("keytype", keytype)
                .put("scheme", scheme);
        assertThat(StandardKeys.decode("key", json).publicKey().isPresent()).isEqualTo(usable);
        assertThat(StandardKeys.unusable(new Key(json, Optional.empty())).isEmpty())
                .isEqualTo(usable);
    }

    @Test
    void a_pem_key_of_another_algorithm_than_its_type_is_unusable() {
        var pem = PublicKey.ofSpki(
                        Bytes.hex(PYTHON_TUF.key("ed25519").get("spki").textValue()))
                .pem();
        for (var type : List.of("rsa-2048", "ecdsa-p256")) {
            var json = (ObjectNode) PYTHON_TUF.key(type).get("json").deepCopy();
            ((ObjectNode) json.get("keyval")).put("public", pem);
            assertThat(StandardKeys.decode("key", json).publicKey()).isEmpty();
        }
    }

    @Test
    void every_role_has_its_file_name() {
        assertThat(TUF.fileName(RoleName.ROOT, 3)).isEqualTo("3.root.json");
        assertThat(TUF.fileName(RoleName.TARGETS, 7)).isEqualTo("7.targets.json");
        assertThat(TUF.fileName(RoleName.SNAPSHOT, 8)).isEqualTo("8.snapshot.json");
        assertThat(TUF.fileName(RoleName.TIMESTAMP, 9)).isEqualTo("timestamp.json");
        assertThat(TUF.id()).isEqualTo("TUF");
    }

    @Test
    void signatures_are_read_alone() {
        var json = Bytes.utf8("[{\"keyid\":\"a\",\"sig\":\"\"},{\"keyid\":\"b\",\"sig\":\"0A\",\"method\":\"m\"}]");
        var signatures = TUF.decodeSignatures(json);
        assertThat(signatures)
                .extracting(signature -> signature.keyid().value())
                .containsExactly("a", "b");
        assertThat(signatures).extracting(Signature::value).containsExactly(Bytes.hex(""), Bytes.hex("0a"));
        assertThat(signatures.getLast().unrecognized()).containsOnlyKeys("method");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                     | signatures isn't an array
            [1]                                                    | signatures[0] isn't an object
            [{"keyid":"a"}]                                        | signatures[0].sig is missing
            [{"keyid":"a","sig":"0"}]                              | signatures[0]: not hexadecimal
            [{"keyid":"a","sig":"AAAA=="}]                         | signatures[0]: not hexadecimal
            [{"keyid":"","sig":""}]                                | printable ASCII
            [{"keyid":"a b","sig":""}]                             | printable ASCII
            [{"keyid":"a","sig":""},{"keyid":"a","sig":"00"}]      | signatures has two of a
            """)
    void what_is_no_list_of_signatures_is_refused(String json, String why) {
        assertThatThrownBy(() -> TUF.decodeSignatures(Bytes.utf8(json)))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining(why);
    }

    @Test
    void a_signature_goes_into_the_file_in_hexadecimal_with_what_else_it_carries() throws Exception {
        var canonical = PYTHON_TUF.canonical("timestamp");
        var extra = Map.<String, JsonNode>of("method", new ObjectMapper().readTree("\"ed25519\""));
        var signature = new Signature(new KeyId("k"), Bytes.hex("0A"), extra);
        assertThat(TUF.assemble(Timestamp.class, canonical, List.of(signature))
                        .file()
                        .utf8())
                .startsWith("{\"signatures\":[{\"method\":\"ed25519\",\"keyid\":\"k\",\"sig\":\"0a\"}],\"signed\":{\"");
    }

    @Test
    void a_file_is_assembled_only_from_canonical_bytes_and_distinct_keyids() {
        var canonical = PYTHON_TUF.canonical("timestamp").utf8();
        var spaced = Bytes.utf8(canonical.replace(",\"version\"", ", \"version\""));
        var escaped = Bytes.utf8(canonical.replace("\"_type\"", "\"\\u005ftype\""));
        var unordered = Bytes.utf8("{\"version\":12," + canonical.substring(1).replace(",\"version\":12", ""));
        for (var other : List.of(spaced, escaped, unordered)) {
            assertThatThrownBy(() -> TUF.assemble(Timestamp.class, other, List.of()))
                    .isInstanceOf(MalformedMetadataException.class)
                    .hasMessageContaining("canonical");
            assertThatThrownBy(() -> TUF.decodeSigned(Timestamp.class, other))
                    .isInstanceOf(MalformedMetadataException.class);
        }
        var twice = new Signature(new KeyId("k"), Bytes.hex(""), Map.of());
        assertThatThrownBy(() -> TUF.assemble(Timestamp.class, Bytes.utf8(canonical), List.of(twice, twice)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
