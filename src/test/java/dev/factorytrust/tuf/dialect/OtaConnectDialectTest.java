package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
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
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.Vectors.OTA_CONNECT_PYTHON;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OtaConnectDialectTest {

    static Stream<JsonNode> keys() {
        return OTA_CONNECT_PYTHON.list("keys");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keys_and_keyids_are_what_python_makes_of_them(JsonNode vector) {
        var publicKey = PublicKey.ofSpki(Bytes.hex(vector.get("spki").textValue()));
        var key = OTA_CONNECT.key(publicKey);
        assertThat(key.json()).isEqualTo(vector.get("json"));
        assertThat(key.publicKey()).contains(publicKey);
        assertThat(OTA_CONNECT.keyId(key).value())
                .isEqualTo(vector.get("keyid").textValue())
                .isEqualTo(Bytes.hex(vector.get("spki").textValue()).sha256());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void a_signature_is_base64_with_its_method(JsonNode vector) throws Exception {
        var key = SoftwareKey.parsePem(vector.get("private").textValue());
        var message = Bytes.utf8(vector.get("message").textValue());
        var value = Bytes.base64(vector.get("signature").textValue());
        assertThat(key.publicKey().verify(message, value)).isTrue();

        var signature = OTA_CONNECT.signature(new KeyId("k"), key.publicKey(), value);
        var file = OTA_CONNECT.assemble(Timestamp.class, OTA_CONNECT_PYTHON.canonical("timestamp"), List.of(signature));
        var written = new ObjectMapper().readTree(file.file().utf8()).at("/signatures/0");
        assertThat(written.get("sig")).isEqualTo(vector.get("signature"));
        assertThat(written.get("method")).isEqualTo(vector.get("method"));
        assertThat(written.get("keyid").textValue()).isEqualTo("k");
        assertThat(written.size()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "targets", "snapshot", "timestamp"})
    @DisplayName("invariant 9: unknown fields survive, byte for byte")
    void metadata_of_python_reads_back_to_the_same_bytes(String name) {
        var type = StandardDialectTest.type(name);
        var file = OTA_CONNECT_PYTHON.file(name);
        var canonical = OTA_CONNECT_PYTHON.canonical(name);
        var signed = OTA_CONNECT.decode(type, file);
        assertThat(signed.file()).isEqualTo(file);
        assertThat(signed.canonical()).isEqualTo(canonical);
        assertThat(OTA_CONNECT.canonical(signed.metadata())).isEqualTo(canonical);
        assertThat(OTA_CONNECT.decodeSigned(type, canonical)).isEqualTo(signed.metadata());
        assertThat(signed.metadata().unrecognized())
                .containsKeys("x-changelog", "x-key-owners", "x-text", "🔑", "\uffff");
        assertThat(signed.signatures()).hasSize(4).allSatisfy(signature -> assertThat(
                        key(signature.keyid()).verify(canonical, signature.value()))
                .isTrue());

        var assembled =
                OTA_CONNECT.assemble(type, canonical, signed.signatures().reversed());
        assertThat(assembled).isEqualTo(signed);
    }

    private static PublicKey key(KeyId keyid) {
        return keys().filter(key -> key.get("keyid").textValue().equals(keyid.value()))
                .map(key -> PublicKey.ofSpki(Bytes.hex(key.get("spki").textValue())))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "targets", "snapshot", "timestamp"})
    void a_file_with_white_space_signs_and_hashes_as_what_devices_make_of_it(String name) {
        var type = StandardDialectTest.type(name);
        var vector = OTA_CONNECT_PYTHON.metadata(name);
        var pretty = Bytes.utf8(vector.get("pretty").textValue());
        assertThat(OTA_CONNECT.decode(type, pretty).canonical()).isEqualTo(OTA_CONNECT_PYTHON.canonical(name));
        assertThat(OTA_CONNECT.hashed(pretty)).isEqualTo(OTA_CONNECT_PYTHON.file(name));
        assertThat(OTA_CONNECT.hashed(pretty).sha256())
                .isEqualTo(vector.get("sha256").textValue());
        assertThat(OTA_CONNECT.hashed(OTA_CONNECT_PYTHON.file(name)).sha256())
                .isEqualTo(vector.get("sha256").textValue());
    }

    @Test
    void what_one_file_tells_of_the_next_is_over_canonical_bytes() {
        var timestamp = OTA_CONNECT
                .decode(Timestamp.class, OTA_CONNECT_PYTHON.file("timestamp"))
                .metadata();
        var snapshot = OTA_CONNECT
                .decode(Snapshot.class, OTA_CONNECT_PYTHON.file("snapshot"))
                .metadata();
        assertThat(timestamp.snapshotMeta().hashes())
                .containsEntry(
                        "sha256",
                        OTA_CONNECT.hashed(OTA_CONNECT_PYTHON.file("snapshot")).sha256());
        assertThat(snapshot.meta().get("targets.json").hashes())
                .containsEntry(
                        "sha256",
                        OTA_CONNECT.hashed(OTA_CONNECT_PYTHON.file("targets")).sha256());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "\\u00e9"                 | "\\u00e9"
            "é"                       | "\\u00e9"
            "\\u00C9"                 | "\\u00c9"
            "🔑"                      | "\\ud83d\\udd11"
            "\\/"                     | "/"
            "\\u003c<>&'"             | "<<>&'"
            "\\u0022 \\u005c"         | "\\" \\\\"
            "\\u000a\\u0009\\u000d\\u0008\\u000c" | "\\n\\t\\r\\b\\f"
            "\\u0000\\u001f"          | "\\u0000\\u001f"
            [-9223372036854775808]    | [-9223372036854775808]
            [18446744073709551615]    | [18446744073709551615]
            [-0]                      | [0]
            {"b":{},"a":[],"":null}   | {"":null,"a":[],"b":{}}
            """)
    void text_is_written_as_devices_write_it(String json, String canonical) {
        assertThat(CanonicalJson.ESCAPED.of(StrictJson.parse(Bytes.utf8(json)))).isEqualTo(Bytes.utf8(canonical));
    }

    @Test
    void delete_stands_for_itself() {
        assertThat(CanonicalJson.ESCAPED.of(StrictJson.parse(Bytes.utf8("\"\\u007f\""))))
                .isEqualTo(Bytes.utf8("\"\u007f\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-9223372036854775809", "18446744073709551616"})
    void a_number_that_devices_would_make_a_floating_one_is_refused(String number) {
        assertThatThrownBy(() -> OTA_CONNECT.hashed(Bytes.utf8("[" + number + "]")))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining("no number " + number);
        var signed = OTA_CONNECT_PYTHON
                .canonical("timestamp")
                .utf8()
                .replace("\"version\":12", "\"version\":12,\"x\":" + number);
        assertThatThrownBy(() -> OTA_CONNECT.decodeSigned(Timestamp.class, Bytes.utf8(signed)))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining("no number " + number);
        assertThatThrownBy(() -> OTA_CONNECT.decode(
                        Timestamp.class, Bytes.utf8("{\"signatures\":[],\"signed\":" + signed + "}")))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining("no number " + number);
    }

    @Test
    void every_role_has_its_file_name_and_only_root_s_has_a_version() {
        assertThat(OTA_CONNECT.fileName(RoleName.ROOT, 3)).isEqualTo("3.root.json");
        assertThat(OTA_CONNECT.fileName(RoleName.TARGETS, 7)).isEqualTo("targets.json");
        assertThat(OTA_CONNECT.fileName(RoleName.SNAPSHOT, 8)).isEqualTo("snapshot.json");
        assertThat(OTA_CONNECT.fileName(RoleName.TIMESTAMP, 9)).isEqualTo("timestamp.json");
        assertThat(OTA_CONNECT.id()).isEqualTo("OTAConnect");
    }

    @Test
    void a_p_256_key_has_no_place_in_it() {
        var key = PublicKey.ofSpki(
                Bytes.hex(PYTHON_TUF.key("ecdsa-p256").get("spki").textValue()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OTA_CONNECT.key(key))
                .withMessageContaining("another type than Ed25519 and RSA");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OTA_CONNECT.signature(new KeyId("k"), key, Bytes.hex("")));
    }

    /** The matrix of keys: each row was put into a root that devices then read. */
    @ParameterizedTest
    @CsvSource({
        "ed25519,  Ed25519, true", // any case
        "rsa-2048, rsa,     true",
        "rsa-4096, RSA,     true",
    })
    void a_key_type_may_be_in_any_case(String type, String keytype, boolean usable) {
        var json = ((ObjectNode) OTA_CONNECT_PYTHON.key(type).get("json").deepCopy()).put("keytype", keytype);
        var key = OtaConnectKeys.decode("key", json);
        assertThat(key.publicKey().isPresent()).isEqualTo(usable);
        assertThat(OTA_CONNECT.keyId(key).value())
                .isEqualTo(OTA_CONNECT_PYTHON.key(type).get("keyid").textValue());
        assertThat(key.json().get("keytype").textValue()).isEqualTo(keytype);
    }

    @Test
    void an_rsa_key_in_pem_may_end_as_devices_let_it() {
        var json = (ObjectNode) OTA_CONNECT_PYTHON.key("rsa-2048").get("json");
        var pem = json.at("/keyval/public").textValue();
        for (var variant : List.of(pem.strip(), pem + "\n", pem.replace("\n", "\r\n"))) {
            var key = json.deepCopy();
            ((ObjectNode) key.get("keyval")).put("public", variant);
            assertThat(OtaConnectKeys.decode("key", key).publicKey()).isPresent();
        }
        var upper = (ObjectNode) OTA_CONNECT_PYTHON.key("ed25519").get("json").deepCopy();
        ((ObjectNode) upper.get("keyval"))
                .put("public", upper.at("/keyval/public").textValue().toUpperCase(java.util.Locale.ROOT));
        assertThat(OtaConnectKeys.decode("key", upper).publicKey()).isPresent();
    }

    @Test
    void an_rsa_key_that_can_not_be_used_is_kept_and_has_no_keyid() {
        var pem = PublicKey.ofSpki(
                        Bytes.hex(OTA_CONNECT_PYTHON.key("ed25519").get("spki").textValue()))
                .pem();
        for (var value : List.of("", "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n", pem)) {
            var json =
                    (ObjectNode) OTA_CONNECT_PYTHON.key("rsa-2048").get("json").deepCopy();
            ((ObjectNode) json.get("keyval")).put("public", value);
            var key = OtaConnectKeys.decode("key", json);
            assertThat(key.publicKey()).isEmpty();
            assertThat(OtaConnectKeys.unusable(key)).isPresent();
            assertThatIllegalArgumentException().isThrownBy(() -> OTA_CONNECT.keyId(key));
        }
    }

    @Test
    void signatures_are_read_alone_whatever_their_method_s_case_and_padding() {
        var json = Bytes.utf8("[{\"keyid\":\"a\",\"method\":\"RSASSA-PSS\",\"sig\":\"\"},"
                + "{\"keyid\":\"b\",\"method\":\"ed25519\",\"sig\":\"Cg\",\"x\":1}]");
        var signatures = OTA_CONNECT.decodeSignatures(json);
        assertThat(signatures).extracting(Signature::value).containsExactly(Bytes.hex(""), Bytes.hex("0a"));
        assertThat(signatures.getFirst().unrecognized().get("method").textValue())
                .isEqualTo("RSASSA-PSS");
        var file = OTA_CONNECT.assemble(Timestamp.class, OTA_CONNECT_PYTHON.canonical("timestamp"), signatures);
        assertThat(file.file().utf8())
                .startsWith("{\"signatures\":[{\"keyid\":\"a\",\"method\":\"RSASSA-PSS\",\"sig\":\"\"},"
                        + "{\"keyid\":\"b\",\"method\":\"ed25519\",\"sig\":\"Cg==\",\"x\":1}],\"signed\":{\"");
    }

    @Test
    void a_signature_without_a_method_that_devices_know_goes_into_no_file() {
        var canonical = OTA_CONNECT_PYTHON.canonical("timestamp");
        var bare = new Signature(new KeyId("k"), Bytes.hex("00"), Map.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OTA_CONNECT.assemble(Timestamp.class, canonical, List.of(bare)))
                .withMessageContaining("method isn't one of");
    }

    @Test
    void a_root_without_consistent_snapshot_has_none_and_a_spec_version_is_a_field_like_any_other() {
        var canonical = OTA_CONNECT_PYTHON.canonical("root").utf8();
        var without = Bytes.utf8(canonical.replace("\"consistent_snapshot\":false,", ""));
        assertThat(OTA_CONNECT.decodeSigned(Root.class, without).consistentSnapshot())
                .isFalse();
        var with = Bytes.utf8(canonical.replace("\"version\":3", "\"spec_version\":\"9.1\",\"version\":3"));
        assertThat(OTA_CONNECT.decodeSigned(Root.class, with).unrecognized()).containsKey("spec_version");
    }

    @Test
    void neither_dialect_reads_the_other_s_files() {
        assertThatThrownBy(() -> OTA_CONNECT.decode(Root.class, PYTHON_TUF.file("root")))
                .isInstanceOf(MalformedMetadataException.class);
        assertThatThrownBy(() -> new StandardDialect().decode(Root.class, OTA_CONNECT_PYTHON.file("root")))
                .isInstanceOf(MalformedMetadataException.class);
        assertThatThrownBy(() -> OTA_CONNECT.decodeSigned(Targets.class, PYTHON_TUF.canonical("targets")))
                .isInstanceOf(MalformedMetadataException.class);
    }
}
