package dev.factorytrust.tuf.dialect;

import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.factorytrust.tuf.TestMetadata.OTA_CONNECT;
import static dev.factorytrust.tuf.Vectors.OTA_CONNECT_PYTHON;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What decoding refuses in this dialect beyond what all dialects share: for each row devices refused the whole file. */
class OtaConnectRefusalsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "absent", textBlock = """
            root      | /signed/_type                          | "root"     | signed._type is root, where Root is expected
            targets   | /signed/_type                          | "targets"  | signed._type is targets, where Targets
            timestamp | /signed/_type                          | "TIMESTAMP" | signed._type is TIMESTAMP, where Timestamp
            root      | /signed/consistent_snapshot            | 1          | consistent_snapshot isn't true or false
            root      | /signed/version                        | "1"        | version isn't a whole number
            root      | /signed/expires                        | "2030-01-01T00:00:00.000Z"  | signed.expires isn't
            root      | /signed/expires                        | "2030-01-01T00:00:00+00:00" | signed.expires isn't
            root      | /signed/expires                        | "2030-02-30T00:00:00Z"      | signed.expires isn't
            root      | /signed/expires                        | null       | signed.expires isn't
            root      | /signed/x                              | 0.1        | x isn't a whole number
            root      | /signed/x                              | 1e10       | x isn't a whole number
            root      | /signed/roles/root/threshold           | 0          | threshold is 0
            root      | /signed/roles/root/threshold           | -1         | threshold is -1
            root      | /signed/roles/root/threshold           | "1"        | threshold isn't a whole number
            root      | /signed/roles/root/threshold           | null       | threshold isn't a whole number
            root      | /signed/keys/a                         | {"keytype":"ecdsa","keyval":{"public":""}} | signed.keys.a: key type ecdsa, where
            root      | /signed/keys/a                         | {"keytype":"ECPRIME256V1","keyval":{"public":"00"}} | signed.keys.a: key type ECPRIME256V1
            root      | /signed/keys/a                         | {"keytype":"ml-dsa-44","keyval":{}} | signed.keys.a: key type ml-dsa-44
            root      | /signed/keys/a                         | {"keytype":"ED25519","keyval":{"public":"-----BEGIN PUBLIC KEY-----"}} | signed.keys.a: an Ed25519 key isn't 64
            root      | /signed/keys/a                         | {"keytype":"ED25519","keyval":{"public":"MCowBQYDK2VwAyEA"}} | signed.keys.a: an Ed25519 key isn't 64
            root      | /signed/keys/a                         | {"keyval":{}} | signed.keys.a.keytype is missing
            root      | /signed/keys/a                         | {"keytype":"RSA"} | signed.keys.a.keyval is missing
            targets   | /signed/delegations/keys/a             | {"keytype":"ecdsa","keyval":{"public":""}} | signed.delegations.keys.a: key type ecdsa
            timestamp | /signed/meta/snapshot.json/length      | absent     | signed.meta.snapshot.json.length is missing
            timestamp | /signed/meta/snapshot.json/hashes      | absent     | hashes has neither sha256 nor sha512
            timestamp | /signed/meta/snapshot.json/hashes      | {}         | hashes is empty
            timestamp | /signed/meta/snapshot.json/hashes      | {"md5":"00"} | hashes has neither sha256 nor sha512
            timestamp | /signed/meta/snapshot.json/version     | absent     | version is missing
            snapshot  | /signed/meta/root.json/version         | absent     | signed.meta.root.json.version is missing
            root      | /signatures                            | absent     | signatures isn't an array
            root      | /signatures/0/method                   | absent     | signatures[0].method isn't one of
            root      | /signatures/0/method                   | ""         | signatures[0].method isn't one of
            root      | /signatures/0/method                   | 1          | signatures[0].method isn't one of
            root      | /signatures/0/method                   | "rsa-pkcs1v15-sha256" | signatures[0].method isn't one of
            root      | /signatures/0/sig                      | "AA\\nAA"  | signatures[0]: not base64
            root      | /signatures/0/sig                      | "-_-_"     | signatures[0]: not base64
            root      | /signatures/0/sig                      | "abc="     | ``
            root      | /signatures/1                          | {"keyid":"a","method":"x","sig":""} | signatures[1].method isn't one of
            """)
    void one_fault_is_refused_by_its_place(String name, String pointer, String value, String why) throws Exception {
        var file = Bytes.utf8(
                Faults.put(OTA_CONNECT_PYTHON.file(name), pointer, value).toString());
        if (why.isEmpty()) {
            OTA_CONNECT.decode(StandardDialectTest.type(name), file);
        } else {
            assertThatThrownBy(() -> OTA_CONNECT.decode(StandardDialectTest.type(name), file))
                    .isInstanceOf(MalformedMetadataException.class)
                    .hasMessageContaining(why);
        }
    }

    @ParameterizedTest
    @CsvSource({"ed25519", "rsassa-pss-sha256"})
    void two_signatures_of_one_keyid_are_refused(String method) {
        var signature = "{\"keyid\":\"a\",\"method\":\"" + method + "\",\"sig\":\"\"}";
        assertThatThrownBy(() -> OTA_CONNECT.decodeSignatures(Bytes.utf8("[" + signature + "," + signature + "]")))
                .isInstanceOf(MalformedMetadataException.class)
                .hasMessageContaining("signatures has two of a");
    }
}
