package dev.factorytrust.api.v1alpha1;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What the API server accepts and refuses as a Factory. In these specs ED25519 and P256 stand for PEM public keys. */
class FactoryRulesIT {

    private static final String FULL = """
            dialect: OTAConnect
            bootstrap:
              offline: {threshold: 2, keys: [{name: alice, publicKey: ED25519}, {name: bob, publicKey: ED25519}]}
              targets: {threshold: 1, keys: [{name: release, publicKey: ED25519}]}
            trustedRootSha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            rootKeysRetrieved: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            root: {expiresAfter: 365d, renewBefore: 60d}
            targets: {keyType: rsa-2048, expiresAfter: 90d, refreshBefore: 30d, custody: Shared, allowEmpty: true}
            snapshot: {keyType: rsa-4096, expiresAfter: 7d, refreshBefore: 2d}
            timestamp: {keyType: ed25519, expiresAfter: 1d, refreshBefore: 8h}
            rotationPolicy: {onlineKeys: {maxAge: 365d, overlap: 1h}}
            allowSharedRootKeys: true
            deletionPolicy: Delete
            paused: true
            """;

    private final Declared declared = new Declared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                FULL,
                "{dialect: TUF, bootstrap: {generate: {}}}",
                "{dialect: OTAConnect, bootstrap: {generate: {threshold: 2, keys: 3, keyType: rsa-3072}}}",
                "{dialect: TUF, bootstrap: {generate: {keyType: ecdsa-p256}}, targets: {keyType: ecdsa-p256}}",
                "{dialect: TUF, bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: P256}]}}}",
                "{dialect: TUF, bootstrap: {generate: {}}, root: {renewBefore: 364d}, targets: {refreshBefore: 89d}}",
                "{dialect: TUF, bootstrap: {generate: {}}, root: {expiresAfter: 1s}, timestamp: {expiresAfter: 8s}}",
                "{dialect: TUF, bootstrap: {generate: {}}, timestamp: {expiresAfter: 10s, refreshBefore: 5s}}",
                "{dialect: TUF, bootstrap: {generate: {}}, timestamp: {expiresAfter: 99999d, refreshBefore: 99998d}}",
                "{dialect: TUF, bootstrap: {import: {sources: [{configMapRef: {name: m}}, {secretRef: {name: k}}],"
                        + " firstVersion: 3}}}",
            })
    void a_factory_is_accepted_and_read_back_as_it_was_written(String spec) {
        var created = declared.create("Factory", spec);

        assertThat(declared.read(created).<Object>get("spec")).isEqualTo(Declared.yaml(spec));
    }

    @Test
    void nothing_is_defaulted_but_the_dialect() {
        var created = declared.create("Factory", "{bootstrap: {generate: {}}}");

        assertThat(created.<Object>get("spec"))
                .isEqualTo(Map.of("dialect", "TUF", "bootstrap", Map.of("generate", Map.of())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                                        | spec.bootstrap: Required
                    {bootstrap: {}}                                                           | needs exactly one of generate, offline and import
                    {bootstrap: {targets: {threshold: 1, keys: [{name: a, publicKey: ED25519}]}}} | needs exactly one of
                    {bootstrap: {generate: {}, import: {sources: [{secretRef: {name: k}}]}}}  | needs exactly one of
                    {bootstrap: {generate: {}, offline: {threshold: 1, keys: [{name: a, publicKey: ED25519}]}}} | needs exactly one of
                    {bootstrap: {import: {sources: [{secretRef: {name: k}}]}, targets: {threshold: 1, keys: [{name: a, publicKey: ED25519}]}}} | does not go with import
                    {bootstrap: {generate: {threshold: 2}}}                                   | threshold must not exceed keys
                    {bootstrap: {generate: {threshold: 3, keys: 2}}}                          | threshold must not exceed keys
                    {bootstrap: {generate: {threshold: 0}}}                                   | spec.bootstrap.generate.threshold
                    {bootstrap: {generate: {keys: 17}}}                                       | spec.bootstrap.generate.keys
                    {bootstrap: {generate: {keyType: dsa}}}                                   | Unsupported value: "dsa"
                    {bootstrap: {offline: {threshold: 2, keys: [{name: a, publicKey: ED25519}]}}} | threshold must not exceed the number of keys
                    {bootstrap: {offline: {threshold: 1}}}                                    | spec.bootstrap.offline.keys: Required
                    {bootstrap: {offline: {threshold: 1, keys: []}}}                          | spec.bootstrap.offline.keys
                    {bootstrap: {offline: {keys: [{name: a, publicKey: ED25519}]}}}           | spec.bootstrap.offline.threshold: Required
                    {bootstrap: {offline: {threshold: 1, keys: [{publicKey: ED25519}]}}}      | keys[0].name: Required
                    {bootstrap: {offline: {threshold: 1, keys: [{name: a}]}}}                 | keys[0].publicKey: Required
                    {bootstrap: {offline: {threshold: 1, keys: [{name: A, publicKey: ED25519}]}}} | keys[0].name
                    {bootstrap: {offline: {threshold: 1, keys: [{name: abcdefghijklmnopqrstuvwxyz-1234567, publicKey: ED25519}]}}} | keys[0].name
                    {bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: ED25519}, {name: a, publicKey: ED25519}]}}} | Duplicate value
                    {bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: ssh-ed25519}]}}} | must be one PEM block
                    {bootstrap: {generate: {}, targets: {threshold: 2, keys: [{name: a, publicKey: ED25519}]}}} | targets could never be signed
                    {bootstrap: {generate: {}, targets: {threshold: 1, keys: []}}}            | spec.bootstrap.targets.keys
                    {bootstrap: {import: {}}}                                                 | spec.bootstrap.import.sources: Required
                    {bootstrap: {import: {sources: []}}}                                      | spec.bootstrap.import.sources
                    {bootstrap: {import: {sources: [{}]}}}                                    | either a configMapRef or a secretRef
                    {bootstrap: {import: {sources: [{secretRef: {name: k}, configMapRef: {name: m}}]}}} | either a configMapRef or a secretRef
                    {bootstrap: {import: {sources: [{secretRef: {name: No_Name}}]}}}          | secretRef.name
                    {bootstrap: {import: {sources: [{secretRef: {}}]}}}                       | secretRef.name: Required
                    {bootstrap: {import: {sources: [{secretRef: {name: k}}], firstVersion: 0}}} | firstVersion
                    {bootstrap: {import: {sources: [{secretRef: {name: k}}], firstVersion: 2147483648}}} | firstVersion
                    {bootstrap: {generate: {}}, dialect: Uptane}                              | Unsupported value: "Uptane"
                    {bootstrap: {generate: {}}, deletionPolicy: Keep}                         | Unsupported value: "Keep"
                    {bootstrap: {generate: {}}, targets: {custody: Nobody}}                   | Unsupported value: "Nobody"
                    {bootstrap: {generate: {}}, paused: 1}                                    | spec.paused
                    {bootstrap: {generate: {}}, rootKeysRetrieved: 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08} | spec.rootKeysRetrieved
                    {bootstrap: {generate: {}}, rootKeysRetrieved: abc}                       | spec.rootKeysRetrieved
                    {bootstrap: {generate: {}}, trustedRootSha256: abc}                       | spec.trustedRootSha256
                    {bootstrap: {generate: {}}, root: {expiresAfter: 1y}}                     | spec.root.expiresAfter
                    {bootstrap: {generate: {}}, root: {expiresAfter: 0d}}                     | spec.root.expiresAfter
                    {bootstrap: {generate: {}}, root: {expiresAfter: 100000d}}                | spec.root.expiresAfter
                    {bootstrap: {generate: {}}, root: {renewBefore: 1w}}                      | spec.root.renewBefore
                    {bootstrap: {generate: {}}, root: {expiresAfter: 60d, renewBefore: 60d}}  | renewBefore must be shorter
                    {bootstrap: {generate: {}}, root: {expiresAfter: 1h, renewBefore: 61m}}   | renewBefore must be shorter
                    {bootstrap: {generate: {}}, root: {renewBefore: 365d}}                    | renewBefore must be shorter
                    {bootstrap: {generate: {}}, targets: {expiresAfter: 1h30m}}               | spec.targets.expiresAfter
                    {bootstrap: {generate: {}}, targets: {refreshBefore: 5}}                  | spec.targets.refreshBefore
                    {bootstrap: {generate: {}}, targets: {refreshBefore: 90d}}                | spec.targets: Invalid value: refreshBefore + 5s
                    {bootstrap: {generate: {}}, targets: {expiresAfter: 10s, refreshBefore: 6s}} | refreshBefore + 5s
                    {bootstrap: {generate: {}}, targets: {expiresAfter: 7s}}                  | refreshBefore + 5s
                    {bootstrap: {generate: {}}, snapshot: {expiresAfter: 1x}}                 | spec.snapshot.expiresAfter
                    {bootstrap: {generate: {}}, snapshot: {refreshBefore: 1x}}                | spec.snapshot.refreshBefore
                    {bootstrap: {generate: {}}, snapshot: {refreshBefore: 7d}}                | spec.snapshot: Invalid value: refreshBefore + 5s
                    {bootstrap: {generate: {}}, timestamp: {expiresAfter: 1x}}                | spec.timestamp.expiresAfter
                    {bootstrap: {generate: {}}, timestamp: {refreshBefore: 24h}}              | spec.timestamp: Invalid value: refreshBefore + 5s
                    {bootstrap: {generate: {}}, timestamp: {expiresAfter: 6h, refreshBefore: 8h}} | refreshBefore + 5s
                    {bootstrap: {generate: {}}, timestamp: {keyType: rsa}}                    | Unsupported value: "rsa"
                    {bootstrap: {generate: {}}, rotationPolicy: {onlineKeys: {maxAge: 1x}}}   | maxAge
                    {bootstrap: {generate: {}}, rotationPolicy: {onlineKeys: {overlap: 1x}}}  | overlap
                    {bootstrap: {generate: {}}, rotationPolicy: {onlineKeys: {maxAge: 1h}}}   | overlap (1h where absent) must be shorter
                    {bootstrap: {generate: {}}, rotationPolicy: {onlineKeys: {overlap: 365d}}} | overlap (1h where absent) must be shorter
                    {dialect: OTAConnect, bootstrap: {generate: {keyType: ecdsa-p256}}}       | keys are ed25519 or RSA
                    {dialect: OTAConnect, bootstrap: {generate: {}}, targets: {keyType: ecdsa-p256}} | keys are ed25519 or RSA
                    {dialect: OTAConnect, bootstrap: {generate: {}}, snapshot: {keyType: ecdsa-p256}} | keys are ed25519 or RSA
                    {dialect: OTAConnect, bootstrap: {generate: {}}, timestamp: {keyType: ecdsa-p256}} | keys are ed25519 or RSA
                    {dialect: OTAConnect, bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: P256}]}}} | keys are Ed25519 or RSA
                    {dialect: OTAConnect, bootstrap: {generate: {}, targets: {threshold: 1, keys: [{name: a, publicKey: P256}]}}} | keys are Ed25519 or RSA
                    """)
    void a_mistake_is_refused_and_named(String spec, String expected) {
        assertThat(declared.refusal("Factory", spec)).contains(expected);
    }

    @Test
    void a_name_that_leaves_no_room_for_other_names_is_refused() {
        declared.create("Factory", "a".repeat(36), "{bootstrap: {generate: {}}}");

        assertThat(declared.refusal("Factory", "a".repeat(37), "{bootstrap: {generate: {}}}"))
                .contains("36 characters at most");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void a_private_key_is_refused_without_being_repeated(String label) {
        // As long as the PKCS#8 of RSA-4096, to see that the limit of length doesn't hide the reason.
        var secret = "not-really-a-secret-".repeat(162);
        var pem = "\"-----BEGIN " + label + "-----\\n" + secret + "\\n-----END " + label + "-----\\n\"";

        assertThat(declared.refusal(
                        "Factory", "{bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: " + pem + "}]}}}"))
                .contains("A private key must never enter the cluster", "generate a new one")
                .doesNotContain("not-really");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {bootstrap: {generate: {}}}                    | {dialect: OTAConnect, bootstrap: {generate: {}}} | dialect is for life
                    {dialect: OTAConnect, bootstrap: {generate: {}}} | {bootstrap: {generate: {}}}                  | dialect is for life
                    {bootstrap: {generate: {}}}                    | {bootstrap: {generate: {threshold: 1}}}         | bootstrap is for life
                    {bootstrap: {generate: {keys: 2}}}             | {bootstrap: {generate: {}}}                     | bootstrap is for life
                    {bootstrap: {generate: {}}}                    | {bootstrap: {import: {sources: [{secretRef: {name: k}}]}}} | bootstrap is for life
                    {bootstrap: {generate: {}}}                    | {bootstrap: {generate: {}, targets: {threshold: 1, keys: [{name: a, publicKey: ED25519}]}}} | bootstrap is for life
                    {bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: ED25519}]}}} | {bootstrap: {offline: {threshold: 1, keys: [{name: a, publicKey: P256}]}}} | bootstrap is for life
                    {bootstrap: {generate: {}}}                    | {}                                              | spec.bootstrap: Required
                    """)
    void what_is_for_life_cannot_change(String before, String after, String expected) {
        var created = declared.create("Factory", before);

        assertThat(declared.refusal(created, after)).contains(expected);
    }

    @Test
    void everything_else_may_change() {
        var created = declared.create("Factory", "{bootstrap: {generate: {}}}");

        declared.update(created, FULL.replaceAll("(?s)dialect.*trusted", "bootstrap: {generate: {}}\ntrusted"));
        declared.update(created, "{bootstrap: {generate: {}}}");
    }

    @Test
    void the_digest_of_the_archive_may_be_corrected_until_the_archive_is_erased() {
        var wrong = "{bootstrap: {generate: {}}, rootKeysRetrieved: " + "a".repeat(64) + "}";
        var right = "{bootstrap: {generate: {}}, rootKeysRetrieved: " + "b".repeat(64) + "}";
        var created = declared.create("Factory", "{bootstrap: {generate: {}}}");
        declared.update(created, wrong);
        declared.update(created, right);
        erased(created);

        assertThat(declared.refusal(created, wrong)).contains("has been erased", "Put the former value back");
        assertThat(declared.refusal(created, "{bootstrap: {generate: {}}}")).contains("has been erased");
        declared.update(created, right.replace("}, root", "}, paused: true, root"));
    }

    @Test
    void a_digest_cannot_appear_once_the_archive_is_erased() {
        var created = declared.create("Factory", "{bootstrap: {generate: {}}}");
        erased(created);

        assertThat(declared.refusal(created, "{bootstrap: {generate: {}}, rootKeysRetrieved: " + "a".repeat(64) + "}"))
                .contains("has been erased");
    }

    private void erased(GenericKubernetesResource factory) {
        declared.updateStatus(factory, Map.of("rootKeysErasedAt", "2026-11-23T10:00:00Z"));
    }
}
