package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Targets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.root;
import static dev.factorytrust.tuf.TestMetadata.sign;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;

/** What some known client can't take. Each row makes one fault in a file that has none. */
class ViolationsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Bytes fine(RoleName role) {
        var targets = sign(targets(7, delegations()), "targets");
        var snapshot = sign(snapshot(8, targets, 7), "snapshot");
        return switch (role) {
            case ROOT -> sign(root(3), "root");
            case TARGETS -> targets;
            case SNAPSHOT -> snapshot;
            case TIMESTAMP -> sign(timestamp(9, snapshot, 8), "timestamp");
        };
    }

    private static Delegations delegations() {
        var role = new DelegatedRole(
                "r",
                List.of(TestMetadata.keyid("alice")),
                1,
                true,
                Optional.of(List.of("*")),
                Optional.empty(),
                Map.of());
        return new Delegations(TestMetadata.keys("alice"), List.of(role), Optional.empty(), Map.of());
    }

    private static List<String> violations(RoleName role, Bytes file) {
        return TUF.violations(TUF.decode(StandardDialectTest.type(role.value()), file));
    }

    @ParameterizedTest
    @EnumSource
    void what_every_client_takes_has_none(RoleName role) {
        assertThat(violations(role, fine(role))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ROOT      | /signed/version                | 2147483648 | signed.version is 2147483648, where clients stop at 2147483647
            ROOT      | /signed/consistent_snapshot    | false      | signed.consistent_snapshot is false
            ROOT      | /signed/x                      | "é"        | signed.x holds other characters
            ROOT      | /signed/é                      | 1          | signed holds other characters
            ROOT      | /x                             | "\\t"      | x holds a control character
            ROOT      | /é                             | 1          | the file holds other characters
            ROOT      | /signed/x                      | "\\u007f"  | signed.x holds a control character
            ROOT      | /signed/x                      | {}         | signed.x is an empty object
            ROOT      | /signed/x                      | [9007199254740992] | signed.x[0] is a number that
            ROOT      | /signed/x                      | -9007199254740992  | signed.x is a number that
            ROOT      | /signed/roles/mirrors          | {"keyids":[],"threshold":1} | signed.roles.mirrors is a role that
            ROOT      | /signed/roles/root/threshold   | 2          | signed.roles.root.threshold is 2, with 1 keys
            ROOT      | /signed/roles/root/threshold   | 1001       | signed.roles.root.threshold is 1001, where clients
            ROOT      | /signed/roles/root/keyids      | ["a"]      | signed.roles.root.keyids names a, which keys doesn't
            ROOT      | /signed/roles/root/keyids      | ["a"]      | signed.roles.root.threshold is 1, with 0 keys
            ROOT      | /signed/keys/a                 | {"keytype":"new","scheme":"x","keyval":{}} | signed.keys.a: key type new
            ROOT      | /signed/keys/a                 | {"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"AB"}} | signed.keys.a: an Ed25519 key isn't
            TARGETS   | /signed/targets/p              | {"length":1,"hashes":{"sha512":"00"}} | signed.targets.p.hashes has no sha256
            TARGETS   | /signed/targets/p              | {"length":1,"hashes":{"sha512":"00"}} | signed.targets.p.hashes.sha512 hasn't 128
            TARGETS   | /signed/targets/a/hashes/md5   | "00"       | signed.targets.a.hashes.md5 is an algorithm
            TARGETS   | /signed/targets/a/custom       | {}         | signed.targets.a.custom is an empty object
            TARGETS   | /signed/targets/a/custom       | {"b":[{}]} | signed.targets.a.custom.b[0] is an empty object
            TARGETS   | /signed/targets/a/length       | 9007199254740992 | signed.targets.a.length is a number that
            TARGETS   | /signed/delegations/roles/0/x  | 1          | signed.delegations.roles.r has fields
            TARGETS   | /signed/delegations/roles/0/threshold | 2   | signed.delegations.roles.r.threshold is 2
            SNAPSHOT  | /signed/meta/targets.json/version | 2147483648 | signed.meta.targets.json.version is
            SNAPSHOT  | /signed/meta/targets           | {"version":1} | signed.meta.targets isn't the name
            SNAPSHOT  | /signed/meta                   | {"a.json":{"version":1}} | signed.meta doesn't list targets.json
            TIMESTAMP | /signed/meta/snapshot.json     | {"version":1} | signed.meta.snapshot.json has no length
            TIMESTAMP | /signed/meta/snapshot.json/length | 2000001 | signed.meta.snapshot.json.length is more
            """)
    @DisplayName("invariant 12: each fault that some client refuses is found")
    void one_fault_is_found_by_its_place(RoleName role, String pointer, String value, String violation)
            throws Exception {
        var file = Faults.put(fine(role), pointer, value);
        assertThat(violations(role, Bytes.utf8(file.toString())))
                .anySatisfy(found -> assertThat(found).startsWith(violation));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            nullValues = "none",
            value = {
                "|is an empty path", "/a|starts with a slash", "a\\b|has a backslash", "..|has a segment ..",
                "a/../b|has a segment ..", "a/.|has a segment .", "a//b|has an empty segment",
                        "a/|has an empty segment",
                "a/b..c/.d|none"
            })
    void a_target_path_that_is_no_plain_relative_path_is_found(String path, String violation) throws Exception {
        var file = (ObjectNode) JSON.readTree(fine(RoleName.TARGETS).utf8());
        var targets = (ObjectNode) file.at("/signed/targets");
        targets.set(path == null ? "" : path, targets.get("a"));
        var found = violations(RoleName.TARGETS, Bytes.utf8(file.toString()));
        if (violation == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).anySatisfy(sentence -> assertThat(sentence).endsWith(violation));
        }
    }

    @ParameterizedTest
    @CsvSource({"ROOT,65536", "TIMESTAMP,16384", "SNAPSHOT,2000000", "TARGETS,5000000"})
    @DisplayName("invariant 12: a file is as large as clients take, and no larger")
    void a_file_may_be_as_large_as_clients_take_and_no_larger(RoleName role, int most) {
        assertThat(TUF.limits().bytes(role)).isEqualTo(most);
        var fine = fine(role);
        var filled = Bytes.utf8(fine.utf8() + " ".repeat(most - fine.size()));
        assertThat(violations(role, filled)).isEmpty();
        assertThat(violations(role, Bytes.utf8(filled.utf8() + " ")))
                .containsExactly("the file has " + (most + 1) + " bytes, where clients take " + most);
    }

    @Test
    void newlines_are_no_fault_and_neither_are_numbers_just_below_the_limit() throws Exception {
        var file = (ObjectNode) JSON.readTree(fine(RoleName.ROOT).utf8());
        ((ObjectNode) file.get("signed")).put("x", "a\nb~").put("y", (1L << 53) - 1);
        assertThat(violations(RoleName.ROOT, Bytes.utf8(file.toString()))).isEmpty();
    }

    @Test
    void a_key_under_a_name_that_is_not_its_own_is_found_and_so_is_its_twin() {
        var root = root(1, Map.of(RoleName.ROOT, TestMetadata.role(2, "alice", "bob")));
        var keys = new HashMap<>(root.keys());
        var bob = TestMetadata.keyid("bob");
        keys.put(bob, keys.get(TestMetadata.keyid("alice")));
        var twins = new Root(1, root.expires(), true, keys, root.roles(), Map.of());
        assertThat(violations(RoleName.ROOT, sign(twins)))
                .contains("signed.keys." + bob + " isn't the SHA-256 of its key, which tough refuses")
                .contains("signed.roles.root.threshold is 2, with 1 keys")
                .anyMatch(sentence -> sentence.startsWith("signed.roles.root.keyids names one key twice"));
    }

    @Test
    void delegations_that_clients_read_differently_are_found() {
        assertThat(TUF.violations(TUF.decode(Targets.class, PYTHON_TUF.file("targets-with-bins"))))
                .anyMatch(sentence -> sentence.startsWith("signed.delegations.succinct_roles isn't read by tough"));
        assertThat(TUF.violations(TUF.decode(Targets.class, PYTHON_TUF.file("targets"))))
                .anyMatch(sentence -> sentence.startsWith("signed.delegations.roles.prefixes.path_hash_prefixes"));
    }

    @Test
    @DisplayName("invariant 12: the tightest client sets the limit")
    void the_limits_of_hops_and_versions_are_those_of_the_tightest_clients() {
        assertThat(TUF.limits().maxRootHops()).isEqualTo(256);
        assertThat(TUF.limits().maxVersion()).isEqualTo(Integer.MAX_VALUE);
        assertThat(new KeyId("a")).hasToString("a").isLessThan(new KeyId("b"));
    }
}
