package dev.factorytrust.operator.rotation;

import dev.factorytrust.operator.rotation.SignatureSecrets.Offers;
import dev.factorytrust.operator.rotation.SignatureSecrets.Parsed;
import dev.factorytrust.operator.rotation.SignatureSecrets.Refusal;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class SignatureSecretsTest {

    private static final Dialect DIALECT = new StandardDialect();
    private static final Bytes PAYLOAD = Bytes.utf8("payload");
    private static final String KEYID = "4e".repeat(32);
    private static final Map<KeyType, SoftwareKey> KEYS =
            Arrays.stream(KeyType.values()).collect(Collectors.toMap(type -> type, SoftwareKey::generate));

    @ParameterizedTest
    @EnumSource
    void a_signature_of_every_kind_is_read_raw_in_hex_and_in_base64(KeyType type) {
        // ECDSA's signatures differ in length; some dozens meet most.
        for (var round = 0; round < (type == KeyType.ECDSA_P256 ? 50 : 1); round++) {
            var value = KEYS.get(type).sign(PAYLOAD);
            var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(value.toArray()) + '\n';
            var urlSafe = Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray());

            assertThat(parse(Map.of("signature", value.toArray()))).isEqualTo(offers(value));
            for (var text :
                    List.of(value.hex(), value.hex().toUpperCase() + "\r\n", ' ' + value.base64(), lines, urlSafe)) {
                assertThat(parse("signature", text)).as(text).isEqualTo(offers(value));
            }
        }
    }

    @Test
    void what_the_signer_says_of_key_and_payload_comes_along() {
        var value = KEYS.get(KeyType.ED25519).sign(PAYLOAD);

        var parsed = parse(Map.of(
                "signature", bytes(value.base64()),
                "keyid", bytes(KEYID + "\n"),
                "payloadSha256", bytes(' ' + PAYLOAD.sha256().toUpperCase())));

        assertThat(parsed)
                .isEqualTo(new Offers(List.of(
                        new Offer("secret", Optional.of(new KeyId(KEYID)), value, Optional.of(PAYLOAD.sha256())))));
    }

    @Test
    void a_list_of_signatures_is_read_alone_or_out_of_a_file_of_metadata() {
        var value = KEYS.get(KeyType.ED25519).sign(PAYLOAD);
        var list =
                "[{\"keyid\":\"%s\",\"sig\":\"%s\"},{\"keyid\":\"later\",\"sig\":\"\"}]".formatted(KEYID, value.hex());
        var expected = new Offers(List.of(new Offer("secret", Optional.of(new KeyId(KEYID)), value, Optional.empty())));

        assertThat(parse("signatures.json", list)).isEqualTo(expected);
        assertThat(parse("signatures.json", "{\"signed\": {}, \"signatures\": " + list + "}"))
                .isEqualTo(expected);
    }

    @Test
    void one_secret_may_hold_a_signature_and_a_list() {
        var value = KEYS.get(KeyType.ED25519).sign(PAYLOAD);
        var list = "[{\"keyid\":\"%s\",\"sig\":\"%s\"}]".formatted(KEYID, value.hex());

        assertThat(parse(Map.of("signature", value.toArray(), "signatures.json", bytes(list))))
                .isInstanceOfSatisfying(
                        Offers.class, offers -> assertThat(offers.offers()).hasSize(2));
    }

    @Test
    void fields_that_nobody_knows_are_somebody_elses() {
        var value = KEYS.get(KeyType.ED25519).sign(PAYLOAD);

        assertThat(parse(Map.of(
                        "signature", value.toArray(), "note", bytes("signed with my private key, on its token"))))
                .isEqualTo(offers(value));
    }

    @Test
    void a_secret_is_read_as_the_api_server_gives_it_out() {
        var value = KEYS.get(KeyType.ED25519).sign(PAYLOAD);
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withName("secret")
                .endMetadata()
                .addToData("signature", value.base64())
                .addToData("note", null)
                .build();

        assertThat(SignatureSecrets.parse(DIALECT, secret)).isEqualTo(offers(value));
        secret.setData(null);
        assertThat(SignatureSecrets.parse(DIALECT, secret)).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String reason, Map<String, byte[]> data) {
        assertThat(parse(data)).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.reason())
                .contains(reason));
    }

    static Stream<Arguments> refuses() {
        var good = KEYS.get(KeyType.ED25519).sign(PAYLOAD).toArray();
        var twice = "[{\"keyid\":\"a\",\"sig\":\"00\"},{\"keyid\":\"a\",\"sig\":\"01\"}]";
        var many = IntStream.range(0, 201)
                .mapToObj(i -> "{\"keyid\":\"k%d\",\"sig\":\"00\"}".formatted(i))
                .collect(Collectors.joining(",", "[", "]"));
        return Stream.of(
                arguments("needs `signature` (raw, hex or base64) or `signatures.json`, but has nothing", Map.of()),
                arguments("but has sig, sig.b64", Map.of("sig.b64", good, "sig", good)),
                arguments("`signature` is no signature", Map.of("signature", new byte[0])),
                arguments("`signature` is no signature", Map.of("signature", bytes("not a signature"))),
                arguments("`signature` is no signature", Map.of("signature", bytes("ab".repeat(32)))),
                arguments("`signature` is no signature", Map.of("signature", Arrays.copyOf(good, 63))),
                arguments("`signature` has 8193 bytes", Map.of("signature", new byte[8193])),
                arguments("`keyid` is not one word", Map.of("signature", good, "keyid", bytes("two words"))),
                arguments("`keyid` is not one word", Map.of("signature", good, "keyid", new byte[0])),
                arguments("`keyid` is not one word", Map.of("signature", good, "keyid", bytes("x".repeat(129)))),
                arguments("`keyid` is not one word", Map.of("signature", good, "keyid", new byte[1_000_000])),
                arguments("`payloadSha256` is not 64", Map.of("signature", good, "payloadSha256", bytes("abc"))),
                arguments("`signatures.json` is not JSON", Map.of("signatures.json", bytes("{"))),
                arguments("`signatures.json` is not JSON", Map.of("signatures.json", new byte[] {(byte) 0xff, 0})),
                arguments("has no signature yet", Map.of("signatures.json", bytes("[]"))),
                arguments("has no signature yet", Map.of("signatures.json", bytes("[{\"keyid\":\"a\",\"sig\":\"\"}]"))),
                arguments("is no list of TUF signatures", Map.of("signatures.json", bytes("{}"))),
                arguments("is no list of TUF signatures", Map.of("signatures.json", bytes(twice))),
                arguments("is no list of TUF signatures", Map.of("signatures.json", bytes("[1]"))),
                arguments(
                        "is no list of TUF signatures",
                        Map.of("signatures.json", bytes("[{\"keyid\":\"a\\u0007\",\"sig\":\"00\"}]"))),
                arguments("more than 200 signatures", Map.of("signatures.json", bytes(many))),
                arguments("more than 524288 bytes", Map.of("signatures.json", new byte[600_000])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("invariant 6: a private key in a signature's place is refused and never repeated")
    void a_private_key_is_refused_wherever_it_is_and_never_repeated(String what, byte[] key) {
        for (var field : List.of("signature", "signatures.json", "keyid", "payloadSha256", "anything")) {
            for (var form : encodings(key)) {
                var data = new HashMap<String, byte[]>();
                data.put("signature", KEYS.get(KeyType.ED25519).sign(PAYLOAD).toArray());
                data.put(field, form);

                assertThat(parse(data)).as(what + " in " + field).isEqualTo(new Refusal(SignatureSecrets.PRIVATE_KEY));
            }
        }
    }

    static Stream<Arguments> a_private_key_is_refused_wherever_it_is_and_never_repeated() {
        var ed25519 = KEYS.get(KeyType.ED25519);
        var seed = Arrays.copyOfRange(der(ed25519), der(ed25519).length - 32, der(ed25519).length);
        var seedAndPublic = concat(seed, ed25519.publicKey().raw().orElseThrow().toArray());
        return Stream.of(
                        KEYS.values().stream()
                                .flatMap(key -> Stream.of(
                                        arguments("PKCS#8 PEM, " + key, bytes(key.privatePem())),
                                        arguments("PKCS#8 DER, " + key, der(key)))),
                        Stream.of("ENCRYPTED ", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED SIGSTORE ")
                                .map(kind -> arguments(
                                        kind + "PEM", bytes("-----BEGIN " + kind + "PRIVATE KEY-----\nMC4CAQ"))),
                        Stream.of(
                                arguments("PGP", bytes("-----BEGIN PGP PRIVATE KEY BLOCK-----")),
                                arguments("PuTTY", bytes("PuTTY-User-Key-File-3: ssh-ed25519")),
                                arguments("minisign", bytes("untrusted comment: minisign encrypted secret key\nRWRT")),
                                arguments("OpenSSH's binary form", bytes("openssh-key-v1\0\0\0\0\4none")),
                                arguments("fioctl's file", bytes("""
                                        {"keytype":"ED25519","keyval":{"private":"%s"}}""".formatted(
                                                Bytes.of(seedAndPublic).hex()))),
                                arguments("JSON Web Key", bytes("""
                                        {"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxZl7MmkZcDusAxyuf2A"}""")),
                                arguments("seed and public key", seedAndPublic),
                                arguments("PKCS#8, encrypted", sequence(sequence(OID), octets(64))),
                                arguments("PKCS#1", sequence(integers(9))),
                                arguments("SEC 1", sequence(new byte[] {2, 1, 1}, octets(32))),
                                arguments("PKCS#12", sequence(new byte[] {2, 1, 3}, sequence(OID))),
                                arguments(
                                        "UTF-16",
                                        KEYS.get(KeyType.ED25519).privatePem().getBytes(StandardCharsets.UTF_16LE))))
                .flatMap(Function.identity());
    }

    @Property(tries = 2000)
    void nothing_but_offers_and_refusals_comes_out(@ForAll("secrets") Map<String, byte[]> data) {
        switch (parse(data)) {
            case Offers(var offers) ->
                assertThat(offers).isNotEmpty().allSatisfy(offer -> {
                    assertThat(offer.source()).isEqualTo("secret");
                    assertThat(offer.value().size()).isPositive();
                });
            case Refusal(var reason) ->
                assertThat(reason).hasSizeBetween(10, 1000).matches("[\\x20-\\x7e…]+");
        }
    }

    @Provide
    Arbitrary<Map<String, byte[]>> secrets() {
        var good = KEYS.values().stream().map(key -> key.sign(PAYLOAD)).toList();
        var texts = Arbitraries.of(
                        "[",
                        "]",
                        "{",
                        "}",
                        "\"signatures\"",
                        "\"keyid\"",
                        "\"sig\"",
                        ":",
                        ",",
                        "\"00\"",
                        "\"a\"",
                        "-----BEGIN",
                        "PUBLIC KEY-----",
                        "null",
                        "1e999",
                        "\u0000",
                        "\n",
                        "é",
                        "\"\\ud800\"",
                        "MEUCIQ",
                        "0x",
                        "==")
                .list()
                .ofMaxSize(12)
                .map(parts -> bytes(String.join("", parts)));
        var values = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(600),
                texts,
                Arbitraries.strings().ofMaxLength(300).map(SignatureSecretsTest::bytes),
                Arbitraries.strings()
                        .withChars("0123456789abcdef")
                        .ofMaxLength(600)
                        .map(SignatureSecretsTest::bytes),
                Combinators.combine(Arbitraries.of(good), Arbitraries.integers().between(0, 80))
                        .as((value, cut) -> Arrays.copyOf(value.toArray(), Math.max(0, value.size() - cut / 2))),
                Arbitraries.of(good).map(Bytes::toArray),
                Arbitraries.of(good).map(value -> bytes(value.base64())),
                Arbitraries.of(good).map(value -> bytes("[{\"keyid\":\"k\",\"sig\":\"" + value.hex() + "\"}]")));
        return Arbitraries.maps(
                        Arbitraries.of("signature", "signatures.json", "keyid", "payloadSha256", "other"), values)
                .ofMaxSize(4);
    }

    private static Parsed parse(String field, String value) {
        return parse(Map.of(field, bytes(value)));
    }

    private static Parsed parse(Map<String, byte[]> data) {
        return SignatureSecrets.parse(DIALECT, "secret", data);
    }

    private static Offers offers(Bytes value) {
        return new Offers(List.of(new Offer("secret", Optional.empty(), value, Optional.empty())));
    }

    private static List<byte[]> encodings(byte[] key) {
        var value = Bytes.of(key);
        var lines = Base64.getMimeEncoder().encode(key);
        return List.of(
                key,
                bytes(value.hex()),
                bytes(value.base64() + "\n"),
                lines,
                bytes(Bytes.of(lines).base64()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] der(SoftwareKey key) {
        return Base64.getMimeDecoder().decode(key.privatePem().replaceAll("-----[A-Z ]+-----", ""));
    }

    private static final byte[] OID = {6, 3, 42, 3, 4};

    private static byte[] integers(int count) {
        var der = new byte[3 * count];
        for (var i = 0; i < count; i++) {
            der[3 * i] = 2;
            der[3 * i + 1] = 1;
            der[3 * i + 2] = (byte) i;
        }
        return der;
    }

    private static byte[] octets(int size) {
        return concat(new byte[] {4, (byte) size}, new byte[size]);
    }

    private static byte[] sequence(byte[]... parts) {
        var content = concat(parts);
        return concat(new byte[] {0x30, (byte) content.length}, content);
    }

    private static byte[] concat(byte[]... parts) {
        return Bytes.hex(Arrays.stream(parts).map(part -> Bytes.of(part).hex()).collect(Collectors.joining()))
                .toArray();
    }
}
