package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

/** What devices refuse of files that are well-formed. Each row makes one fault in a file that has none. */
class OtaConnectViolationsTest extends InDialect {

    OtaConnectViolationsTest() {
        super(OTA_CONNECT);
    }

    private Bytes fine(RoleName role) {
        var targets = sign(targets(7, delegations()), "targets");
        var snapshot = sign(snapshot(8, targets, 7), "snapshot");
        return switch (role) {
            case ROOT -> sign(root(3), "root");
            case TARGETS -> targets;
            case SNAPSHOT -> snapshot;
            case TIMESTAMP -> sign(timestamp(9, snapshot, 8), "timestamp");
        };
    }

    private Delegations delegations() {
        var role = new DelegatedRole(
                "r", List.of(keyid("alice")), 1, true, Optional.of(List.of("*")), Optional.empty(), Map.of());
        return new Delegations(keys("alice"), List.of(role), Optional.empty(), Map.of());
    }

    private List<String> violations(RoleName role, Bytes file) {
        return dialect.violations(dialect.decode(StandardDialectTest.type(role.value()), file));
    }

    /** The fine file with another value somewhere, in canonical form. */
    private Bytes faulty(RoleName role, String pointer, String value) throws Exception {
        return CanonicalJson.ESCAPED.of(Faults.put(fine(role), pointer, value));
    }

    @ParameterizedTest
    @EnumSource
    void what_every_device_takes_has_none(RoleName role) {
        assertThat(violations(role, fine(role))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ROOT      | /signed/version                | 2147483648 | signed.version is 2147483648, where clients stop at 2147483647
            ROOT      | /signed/version                | 1000       | signed.version is 1000, where devices stop at 999
            TARGETS   | /signed/version                | 2147483648 | signed.version is 2147483648
            ROOT      | /signed/x                      | "é"        | signed.x holds other characters
            ROOT      | /signed/é                      | 1          | signed holds other characters
            ROOT      | /x                             | "\\t"      | x holds a control character
            ROOT      | /signed/x                      | "\\u007f"  | signed.x holds a control character
            ROOT      | /signed/x                      | "\\u0001"  | signed.x holds a control character
            ROOT      | /signed/roles/root/threshold   | 2          | signed.roles.root.threshold is 2, with 1 keys
            ROOT      | /signed/roles/root/threshold   | 1001       | signed.roles.root.threshold is 1001, where clients stop at 1000
            ROOT      | /signed/roles/root/keyids      | ["a"]      | signed.roles.root.keyids names a, which keys doesn't
            ROOT      | /signed/keys/a                 | {"keytype":"RSA","keyval":{"public":"-----BEGIN RSA PUBLIC KEY-----\\nAAAA\\n-----END RSA PUBLIC KEY-----\\n"}} | signed.keys.a: a public key in the older form PKCS#1
            TARGETS   | /signed/targets/p              | {"length":1,"hashes":{"md5":"00"}} | signed.targets.p.hashes has neither sha256 nor sha512
            TARGETS   | /signed/targets/p              | {"length":1,"hashes":{"sha256":"00"}} | signed.targets.p.hashes.sha256 hasn't 64 digits
            TARGETS   | /signed/targets/p              | {"length":1,"hashes":{"sha512":"00"}} | signed.targets.p.hashes.sha512 hasn't 128 digits
            TARGETS   | /signed/targets/a/custom       | {"uri":{}} | signed.targets.a.custom.uri isn't a text
            TARGETS   | /signed/targets/a/custom       | {"targetFormat":["OSTREE"]} | signed.targets.a.custom.targetFormat isn't a text
            TARGETS   | /signed/targets/a/custom       | {"hardwareIds":[{}]} | signed.targets.a.custom.hardwareIds holds other than texts
            TARGETS   | /signed/targets/a/custom       | {"ecuIdentifiers":{"a":{}}} | signed.targets.a.custom.ecuIdentifiers is for a director's
            TARGETS   | /signed/delegations/roles/0/threshold | 2   | signed.delegations.roles.r.threshold is 2, with 1 keys
            TARGETS   | /signed/delegations/keys/a     | {"keytype":"RSA","keyval":{}} | signed.delegations.keys.a: no PEM block
            SNAPSHOT  | /signed/meta/targets.json/version | 2147483648 | signed.meta.targets.json.version is
            SNAPSHOT  | /signed/meta/targets.json/hashes | {"md5":"00"} | signed.meta.targets.json.hashes has neither
            SNAPSHOT  | /signed/meta                   | {"a.json":{"version":1}} | signed.meta doesn't list targets.json
            TIMESTAMP | /signed/meta/snapshot.json/version | 2147483648 | signed.meta.snapshot.json.version is
            TIMESTAMP | /signed/meta/snapshot.json/length | 65537   | signed.meta.snapshot.json.length is more than the 65536
            """)
    @DisplayName("invariant 12: each fault that devices refuse is found")
    void one_fault_is_found_by_its_place(RoleName role, String pointer, String value, String violation)
            throws Exception {
        assertThat(violations(role, faulty(role, pointer, value)))
                .anySatisfy(found -> assertThat(found).startsWith(violation));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ROOT      | /signed/consistent_snapshot    | true
            ROOT      | /signed/spec_version           | "1.0.34"
            ROOT      | /signed/x-changelog            | {"message":"a\\nb \\" \\\\ / < > &","n":[],"o":{}}
            ROOT      | /signed/x                      | [18446744073709551615,-9223372036854775808,9007199254740993]
            ROOT      | /signed/roles/MIRRORS          | {"keyids":[],"threshold":1}
            TARGETS   | /signed/targets/a~1b~1c        | {"length":0,"hashes":{"sha512":"%sha512%"}}
            TARGETS   | /signed/targets/a/custom       | {"hardwareIds":["intel-corei7-64",1],"uri":null,"targetFormat":"OSTREE","tags":["main"],"x":{}}
            TARGETS   | /signed/targets/a/custom       | {"hardwareIds":"scalar","ecuIdentifiers":null}
            TARGETS   | /signed/targets/a/hashes/md5   | "00"
            SNAPSHOT  | /signed/meta/root.json         | {"version":3}
            """)
    void what_devices_take_though_others_would_not_is_no_fault(RoleName role, String pointer, String value)
            throws Exception {
        var file = faulty(role, pointer, value.replace("%sha512%", "0".repeat(128)));
        // Where a role without keys is added, that it has fewer than its threshold is found; nothing else.
        assertThat(violations(role, file))
                .filteredOn(found -> !found.contains("MIRRORS"))
                .isEmpty();
    }

    @Test
    void a_hardware_id_is_as_long_as_devices_take_and_no_longer() throws Exception {
        for (var length : List.of(200, 201)) {
            var custom = "{\"hardwareIds\":[\"" + "a".repeat(length) + "\"]}";
            assertThat(violations(RoleName.TARGETS, faulty(RoleName.TARGETS, "/signed/targets/a/custom", custom)))
                    .hasSize(length - 200);
        }
    }

    @ParameterizedTest
    @CsvSource({"ROOT,65536", "TIMESTAMP,65536", "SNAPSHOT,65536", "TARGETS,8388608"})
    @DisplayName("invariant 12: a file is as large as devices take, and no larger")
    void a_file_may_be_as_large_as_devices_take_and_no_larger(RoleName role, int most) throws Exception {
        assertThat(dialect.limits().bytes(role)).isEqualTo(most);
        var base = faulty(role, "/z", "\"\"").size();
        // One text holds 1 MiB at most, so the space is filled with several.
        assertThat(violations(role, filled(role, most - base))).isEmpty();
        assertThat(violations(role, filled(role, most - base + 1)))
                .containsExactly("the file has " + (most + 1) + " bytes, where clients take " + most);
    }

    private Bytes filled(RoleName role, int more) throws Exception {
        var text = 500_000;
        var parts = new StringBuilder("\"");
        var left = more;
        if (more > text) {
            parts = new StringBuilder("[\"");
            left -= 2; // the brackets
            while (left > text) {
                parts.append("a".repeat(text - 3)).append("\",\"");
                left -= text;
            }
        }
        parts.append("a".repeat(left)).append(more > text ? "\"]" : "\"");
        return faulty(role, "/z", parts.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"TARGETS", "SNAPSHOT", "TIMESTAMP"})
    void a_file_in_another_form_than_its_hash_is_over_is_found(RoleName role) throws Exception {
        var why = "the file isn't in the canonical form, of which devices check the hash";
        var spaced = Bytes.utf8(fine(role).utf8().replace("\"signed\":", "\"signed\": "));
        assertThat(violations(role, spaced)).containsExactly(why);
        var beyond =
                Bytes.utf8(Faults.put(fine(role), "/x", "18446744073709551616").toString());
        assertThat(violations(role, beyond)).contains(why);
    }

    /** As ota-tuf serves its own: nobody hashes a root. */
    @Test
    void a_root_may_have_another_form() {
        var spaced = Bytes.utf8(fine(RoleName.ROOT).utf8().replace("\"signed\":", "\"signed\": "));
        assertThat(violations(RoleName.ROOT, spaced)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 8192})
    void an_rsa_key_of_a_size_that_devices_do_not_take_is_found(int bits) throws Exception {
        var pem = bits == 8192 ? rsa8192() : pem(1024);
        var key = "{\"keytype\":\"RSA\",\"keyval\":{\"public\":\"" + pem.replace("\n", "\\n") + "\"}}";
        assertThat(violations(RoleName.ROOT, faulty(RoleName.ROOT, "/signed/keys/a", key)))
                .containsExactly("signed.keys.a: RSA " + bits + ", where 2048, 3072 and 4096 are taken");
    }

    private static String pem(int bits) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return pem(generator.generateKeyPair().getPublic());
    }

    /** Any modulus will do, and a real one of that size takes seconds to find. */
    private static String rsa8192() throws Exception {
        var modulus = BigInteger.ONE.shiftLeft(8191).add(BigInteger.ONE);
        var spec = new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537));
        return pem(KeyFactory.getInstance("RSA").generatePublic(spec));
    }

    private static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    @Test
    void one_key_under_two_keyids_is_found_though_devices_would_count_it_twice() {
        var root = root(1, Map.of(RoleName.ROOT, role(2, "alice", "bob")));
        var keys = new HashMap<>(root.keys());
        keys.put(keyid("bob"), keys.get(keyid("alice")));
        var twins = new Root(1, root.expires(), false, keys, root.roles(), Map.of());
        assertThat(violations(RoleName.ROOT, sign(twins)))
                .contains("signed.roles.root.threshold is 2, with 1 keys")
                .anyMatch(sentence -> sentence.startsWith("signed.roles.root.keyids names one key twice"));
    }

    @Test
    void hash_bins_are_read_by_no_device() throws Exception {
        var file = (ObjectNode) Faults.put(
                fine(RoleName.TARGETS),
                "/signed/delegations/succinct_roles",
                "{\"keyids\":[],\"threshold\":1,\"bit_length\":1,\"name_prefix\":\"b\"}");
        ((ObjectNode) file.at("/signed/delegations")).remove("roles");
        assertThat(violations(RoleName.TARGETS, CanonicalJson.ESCAPED.of(file)))
                .containsExactly("signed.delegations.succinct_roles isn't read by devices");
    }

    @Test
    @DisplayName("invariant 12: the oldest device sets the limit")
    void the_limits_of_versions_are_those_of_the_oldest_device() {
        assertThat(dialect.limits().maxRootVersion()).isEqualTo(999);
        assertThat(dialect.limits().maxRootHops()).isEqualTo(998);
        assertThat(dialect.limits().maxVersion()).isEqualTo(Integer.MAX_VALUE);
        assertThat(dialect.limits().maxThreshold()).isEqualTo(1000);
    }
}
