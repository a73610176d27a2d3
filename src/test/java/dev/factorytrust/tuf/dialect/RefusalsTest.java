package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What decoding refuses: each row makes one fault in a file that is fine without it. */
class RefusalsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "absent", textBlock = """
            root      | /signed                                | 1          | the file.signed isn't an object
            root      | /signed                                | absent     | the file.signed is missing
            root      | /signatures                            | absent     | signatures isn't an array
            root      | /signed/_type                          | absent     | signed._type is missing
            root      | /signed/_type                          | "Root"     | signed._type is Root
            root      | /signed/_type                          | "targets"  | signed._type is targets, where root
            root      | /signed/_type                          | 1          | signed._type isn't a string
            root      | /signed/spec_version                   | "2.0.0"    | spec_version
            root      | /signed/spec_version                   | absent     | spec_version is missing
            root      | /signed/version                        | 0          | version is 0
            root      | /signed/version                        | -1         | version is -1
            root      | /signed/version                        | "1"        | version isn't a whole number
            root      | /signed/version                        | 1.0        | .signed.version isn't a whole number
            root      | /signed/version                        | 9223372036854775808 | version isn't a whole number
            root      | /signed/consistent_snapshot            | absent     | consistent_snapshot is missing
            root      | /signed/consistent_snapshot            | 1          | consistent_snapshot isn't true or false
            root      | /signed/keys                           | []         | signed.keys isn't an object
            root      | /signed/keys/a                         | 1          | signed.keys.a isn't an object
            root      | /signed/keys/a                         | {"keytype":"x","keyval":{}}  | signed.keys.a.scheme is missing
            root      | /signed/keys/a                         | {"scheme":"x","keyval":{}}   | signed.keys.a.keytype is missing
            root      | /signed/keys/a                         | {"keytype":"x","scheme":"x"} | signed.keys.a.keyval is missing
            root      | /signed/roles/root                     | absent     | roles has no root
            root      | /signed/roles/timestamp                | absent     | roles has no timestamp
            root      | /signed/roles/root/threshold           | 0          | signed.roles.root: threshold is 0
            root      | /signed/roles/root/threshold           | 2147483648 | threshold isn't a whole number of 32 bits
            root      | /signed/roles/root/keyids              | ["a","a"]  | keyids names a twice
            root      | /signed/roles/root/keyids              | [1]        | keyids[0] isn't a string
            root      | /signed/roles/root/keyids              | absent     | keyids is missing
            timestamp | /signed/meta/snapshot.json             | absent     | lists other than just snapshot.json
            timestamp | /signed/meta/root.json                 | {"version":1} | lists other than just snapshot.json
            timestamp | /signed/meta/snapshot.json/version     | 0          | version is 0
            timestamp | /signed/meta/snapshot.json/version     | absent     | version is missing
            timestamp | /signed/meta/snapshot.json/length      | 0          | length is less than 1
            timestamp | /signed/meta/snapshot.json/length      | "1"        | length isn't a whole number
            timestamp | /signed/meta/snapshot.json/hashes      | {}         | hashes is empty
            timestamp | /signed/meta/snapshot.json/hashes/sha256 | "AB"     | isn't lower-case hexadecimal
            timestamp | /signed/meta/snapshot.json/hashes/sha256 | "abc"    | isn't lower-case hexadecimal
            timestamp | /signed/meta/snapshot.json/hashes/sha256 | ""       | isn't lower-case hexadecimal
            timestamp | /signed/meta/snapshot.json/hashes/sha256 | 1        | isn't lower-case hexadecimal
            snapshot  | /signed/meta                           | absent     | signed.meta is missing
            targets   | /signed/targets                        | absent     | signed.targets is missing
            targets   | /signed/targets/p/length               | -1         | length is negative
            targets   | /signed/targets/p/length               | absent     | length is missing
            targets   | /signed/targets/p/hashes               | absent     | hashes is missing
            targets   | /signed/targets/p/hashes               | {}         | hashes is empty
            targets   | /signed/targets/p/custom               | []         | custom isn't an object
            targets   | /signed/targets/p/custom/n             | 0.5        | custom.n isn't a whole number
            targets   | /signed/targets/p/x                    | 1e3        | x isn't a whole number
            targets   | /signed/delegations/roles              | absent     | not exactly one of roles and succinct_roles
            targets   | /signed/delegations/succinct_roles     | {}         | not exactly one of roles and succinct_roles
            targets   | /signed/delegations/keys               | absent     | delegations.keys is missing
            targets   | /signed/delegations/roles/0/terminating | absent    | terminating is missing
            targets   | /signed/delegations/roles/0/name       | "targets"  | has the name "targets"
            targets   | /signed/delegations/roles/0/name       | ""         | has the name ""
            targets   | /signed/delegations/roles/0/name       | "r1"       | roles names r1 twice
            targets   | /signed/delegations/roles/0/paths      | absent     | not exactly one of paths
            targets   | /signed/delegations/roles/0/paths      | [1]        | paths[0] isn't a string
            targets   | /signed/delegations/roles/0/path_hash_prefixes | [] | not exactly one of paths
            targets-with-bins | /signed/delegations/succinct_roles/bit_length | 0  | bit_length is not between
            targets-with-bins | /signed/delegations/succinct_roles/bit_length | 33 | bit_length is not between
            targets-with-bins | /signed/delegations/succinct_roles/name_prefix | absent | name_prefix is missing
            """)
    void one_fault_is_refused_by_its_place(String name, String pointer, String value, String why) throws Exception {
        var file = Faults.put(PYTHON_TUF.file(name), pointer, value);
        refused(StandardDialectTest.type(name), Bytes.utf8(file.toString()), why);
    }

    private static void refused(Class<? extends Metadata> type, Bytes file, String why) {
        assertThatThrownBy(() -> TUF.decode(type, file))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2030-01-01T00:00:00.000Z",
                "2030-01-01T00:00:00+00:00",
                "2030-01-01T00:00:00z",
                "2030-01-01t00:00:00Z",
                "2030-01-01 00:00:00Z",
                "2030-02-29T00:00:00Z",
                "2030-13-01T00:00:00Z",
                "2030-01-01T24:00:00Z",
                "2030-12-31T23:59:60Z",
                "+12030-01-01T00:00Z",
                "+12030-01-01T00:00:00Z",
                "-203-01-01T00:00:00Z",
                "２030-01-01T00:00:00Z",
                "2030-01-01T00:00Z",
                "1893456000",
                ""
            })
    void a_date_in_any_other_form_is_refused(String expires) {
        refused(Timestamp.class, timestamp("\"2038-02-28T23:59:59Z\"", "\"" + expires + "\""), "signed.expires isn't");
    }

    @Test
    void a_leap_day_is_a_date() {
        var file = timestamp("2038-02-28T23:59:59Z", "2032-02-29T00:00:00Z");
        assertThat(TUF.decode(Timestamp.class, file).metadata().expires()).hasToString("2032-02-29T00:00:00Z");
    }

    private static Bytes timestamp(String text, String otherwise) {
        var file = PYTHON_TUF.file("timestamp").utf8();
        assertThat(file).contains(text);
        return Bytes.utf8(file.replace(text, otherwise));
    }

    @Test
    void json_that_two_readers_may_read_differently_is_refused() {
        refused(Timestamp.class, timestamp("\"version\": 12", "\"version\": 12, \"version\": 13"), "Duplicate field");
        refused(Timestamp.class, timestamp("\"x-text\"", "\"a\": {\"b\": 1, \"\\u0062\": 2}, \"x-text\""), "Duplicate");
        refused(Timestamp.class, Bytes.utf8(PYTHON_TUF.file("timestamp").utf8() + "{}"), "Trailing token");
        refused(Timestamp.class, timestamp("12", "012"), "not strict JSON");
        refused(Timestamp.class, timestamp("12", "NaN"), "not strict JSON");
        refused(Timestamp.class, timestamp("12", "1" + "0".repeat(70)), "not strict JSON");
        refused(Timestamp.class, timestamp("{", "{// comment\n"), "not strict JSON");
        refused(Timestamp.class, timestamp("newline", "new\nline"), "not strict JSON");
        refused(Timestamp.class, timestamp("newline", "\\ud83d"), "half a surrogate pair");
        refused(Timestamp.class, timestamp("x-text", "\\udd11"), "half a surrogate pair");
        refused(Timestamp.class, timestamp("12", "[".repeat(100) + "]".repeat(100)), "nesting depth");
        refused(Timestamp.class, Bytes.utf8(""), "no JSON");
        refused(
                Timestamp.class,
                Bytes.utf8("\ufeff" + PYTHON_TUF.file("timestamp").utf8()),
                "not strict JSON");
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() {
        var text = PYTHON_TUF.file("timestamp").utf8();
        refused(Timestamp.class, Bytes.of(text.replace("newline", "é").getBytes(StandardCharsets.ISO_8859_1)), "UTF-8");
        refused(Timestamp.class, Bytes.of(text.getBytes(StandardCharsets.UTF_16LE)), "not strict JSON");
    }

    @Test
    void a_file_beyond_any_size_is_refused_before_it_is_read() {
        refused(Timestamp.class, Bytes.of(new byte[16 * 1024 * 1024 + 1]), "is the most");
    }

    @Test
    void a_refusal_quotes_strangers_shortly_and_in_one_line() {
        assertThatThrownBy(() -> TUF.decode(
                        Timestamp.class, timestamp("\"timestamp\"", "\"a\\n\\u001b" + "é".repeat(9999) + "\"")))
                .isInstanceOf(MalformedMetadataException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250).matches("[ -~…]+"));
    }

    @Test
    void canonical_json_holds_no_fraction() throws Exception {
        JsonNode fraction = JSON.readTree("[1.5]");
        assertThatThrownBy(() -> CanonicalJson.OLPC.of(fraction)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.OLPC.of(JSON.missingNode()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(CanonicalJson.OLPC.of(JSON.readTree("[1,{},[],{\"b\":null,\"a\":true}]")))
                .isEqualTo(Bytes.utf8("[1,{},[],{\"a\":true,\"b\":null}]"));
    }
}
