package dev.factorytrust.tuf.crypto;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeysTest {

    private static final Bytes MESSAGE = Bytes.utf8("a message");

    static Stream<JsonNode> vectors() {
        return PYTHON_TUF.list("keys");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void keys_and_signatures_made_by_others_are_read(JsonNode vector) {
        var key = SoftwareKey.parsePem(vector.get("private").textValue());
        var publicKey = PublicKey.ofSpki(Bytes.hex(vector.get("spki").textValue()));
        assertThat(key.publicKey()).isEqualTo(publicKey).hasSameHashCodeAs(publicKey);
        assertThat(publicKey.type())
                .isEqualTo(KeyType.of(vector.get("type").textValue()).orElseThrow());
        assertThat(publicKey.spki().hex()).isEqualTo(vector.get("spki").textValue());
        assertThat(publicKey.fingerprint()).isEqualTo(publicKey.spki().sha256());
        assertThat(publicKey.verify(MESSAGE, Bytes.hex(vector.get("signature").textValue())))
                .isTrue();
    }

    @Test
    void an_ed25519_signature_is_byte_for_byte_what_another_signer_makes() {
        var vector = PYTHON_TUF.key("ed25519");
        var key = SoftwareKey.parsePem(vector.get("private").textValue());
        assertThat(key.sign(MESSAGE).hex()).isEqualTo(vector.get("signature").textValue());
        assertThat(key.publicKey().raw().orElseThrow().hex())
                .isEqualTo(vector.at("/json/keyval/public").textValue());
    }

    @ParameterizedTest
    @EnumSource
    void a_generated_key_signs_is_stored_and_signs_again(KeyType type) {
        var key = SoftwareKey.generate(type);
        var again = SoftwareKey.parsePem(key.privatePem());
        assertThat(again.publicKey()).isEqualTo(key.publicKey());
        assertThat(again.privatePem()).isEqualTo(key.privatePem());
        assertThat(PublicKey.parsePem(key.publicKey().pem())).isEqualTo(key.publicKey());
        assertThat(key.publicKey().type()).isEqualTo(type);

        var signature = again.sign(MESSAGE);
        assertThat(key.publicKey().verify(MESSAGE, signature)).isTrue();
        assertThat(key.publicKey().verify(Bytes.utf8("another"), signature)).isFalse();
        assertThat(SoftwareKey.generate(KeyType.ED25519).publicKey().verify(MESSAGE, signature))
                .isFalse();
        var damaged = signature.toArray();
        damaged[damaged.length / 2] ^= 1;
        assertThat(key.publicKey().verify(MESSAGE, Bytes.of(damaged))).isFalse();
        assertThat(key.publicKey().verify(MESSAGE, Bytes.of(new byte[0]))).isFalse();
    }

    @Test
    @DisplayName("invariant 6: a key shows no private part")
    void a_private_key_is_never_shown() {
        var key = SoftwareKey.generate(KeyType.ED25519);
        assertThat(key.toString())
                .isEqualTo("private key of ed25519 "
                        + key.publicKey().fingerprint().substring(0, 8));
    }

    @Test
    void no_security_provider_is_registered() {
        SoftwareKey.generate(KeyType.ED25519).sign(MESSAGE);
        SoftwareKey.generate(KeyType.ECDSA_P256).sign(MESSAGE);
        assertThat(Security.getProviders()).extracting("name").doesNotContain("BC");
    }

    @Test
    void one_key_written_in_two_ways_is_one_key() throws Exception {
        var ecdsa = PublicKey.ofSpki(
                Bytes.hex(PYTHON_TUF.key("ecdsa-p256").get("spki").textValue()));
        var info = SubjectPublicKeyInfo.getInstance(ecdsa.spki().toArray());
        var point = CustomNamedCurves.getByName("secp256r1")
                .getCurve()
                .decodePoint(info.getPublicKeyData().getOctets());
        var compressed = new SubjectPublicKeyInfo(info.getAlgorithm(), point.getEncoded(true));
        assertThat(PublicKey.ofSpki(Bytes.of(compressed.getEncoded())).fingerprint())
                .isEqualTo(ecdsa.fingerprint());

        var rsa = PublicKey.ofSpki(
                Bytes.hex(PYTHON_TUF.key("rsa-2048").get("spki").textValue()));
        var withoutNull = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                SubjectPublicKeyInfo.getInstance(rsa.spki().toArray()).parsePublicKey());
        assertThat(withoutNull.getEncoded()).isNotEqualTo(rsa.spki().toArray());
        assertThat(PublicKey.ofSpki(Bytes.of(withoutNull.getEncoded())).fingerprint())
                .isEqualTo(rsa.fingerprint());
    }

    @Test
    void keys_that_the_clients_do_not_all_take_are_refused_by_name() throws Exception {
        refused(spki("RSA", new RSAKeyGenParameterSpec(1024, BigInteger.valueOf(65537))), "RSA 1024");
        refused(spki("EC", new ECGenParameterSpec("secp384r1")), "P-384");
        refused(spki("EC", new ECGenParameterSpec("secp521r1")), "P-521");
        refused(spki("Ed448", null), "Ed448");
        refused(spki("X25519", null), "X25519");
        refused(spki("RSASSA-PSS", null), "restricted to PSS");
        refused(spki("DSA", null), "DSA");
        refused(spki("ML-DSA-44", null), "algorithm 2.16.840.1.101.3.4.3.17");
        var curve = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, DERNull.INSTANCE);
        refused(new SubjectPublicKeyInfo(curve, new byte[65]).getEncoded(), "a curve that isn't named");
        var k1 = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256k1);
        refused(new SubjectPublicKeyInfo(k1, new byte[65]).getEncoded(), "secp256k1");
    }

    private static byte[] spki(String algorithm, java.security.spec.AlgorithmParameterSpec parameters)
            throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (parameters != null) {
            generator.initialize(parameters);
        }
        return generator.generateKeyPair().getPublic().getEncoded();
    }

    private static void refused(byte[] spki, String why) {
        assertThatThrownBy(() -> PublicKey.ofSpki(Bytes.of(spki)))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining(why)
                .hasNoCause();
    }

    @Test
    void points_off_the_curve_and_of_small_order_are_refused() throws Exception {
        var p256 = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
        var off = new byte[65];
        off[0] = 4;
        off[64] = 1;
        refused(new SubjectPublicKeyInfo(p256, off).getEncoded(), "not a SubjectPublicKeyInfo");
        refused(new SubjectPublicKeyInfo(p256, new byte[1]).getEncoded(), "infinity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0100000000000000000000000000000000000000000000000000000000000000", // the neutral element
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // of order 2
                "0000000000000000000000000000000000000000000000000000000000000000", // of order 4
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // of order 8
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // the neutral element, not reduced
                "0200000000000000000000000000000000000000000000000000000000000000", // no point
                "01"
            })
    void an_ed25519_key_that_is_no_proper_point_is_refused(String raw) {
        assertThatThrownBy(() -> PublicKey.ed25519(Bytes.hex(raw)))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("canonical point");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 4})
    void an_rsa_key_with_an_exponent_that_proves_nothing_is_refused(long exponent) throws Exception {
        refused(rsa(BigInteger.valueOf(exponent)), "exponent");
    }

    @Test
    void an_rsa_key_with_an_exponent_that_takes_too_long_is_refused() throws Exception {
        refused(rsa(BigInteger.TWO.pow(64).add(BigInteger.ONE)), "exponent");
        assertThat(PublicKey.ofSpki(Bytes.of(rsa(BigInteger.valueOf(3)))).type())
                .isEqualTo(KeyType.RSA_2048);
    }

    private static byte[] rsa(BigInteger exponent) throws Exception {
        var spki = Bytes.hex(PYTHON_TUF.key("rsa-2048").get("spki").textValue());
        var info = SubjectPublicKeyInfo.getInstance(spki.toArray());
        var modulus = RSAPublicKey.getInstance(info.parsePublicKey()).getModulus();
        return new SubjectPublicKeyInfo(info.getAlgorithm(), new RSAPublicKey(modulus, exponent)).getEncoded();
    }

    static Stream<String[]> texts() {
        var pem = SoftwareKey.generate(KeyType.ED25519).publicKey().pem();
        return Stream.of(
                new String[] {SoftwareKey.generate(KeyType.ED25519).privatePem(), "a private key, a PEM PUBLIC KEY"},
                new String[] {block("ENCRYPTED PRIVATE KEY"), "an encrypted private key"},
                new String[] {block("RSA PRIVATE KEY"), "PKCS#1"},
                new String[] {block("EC PRIVATE KEY"), "SEC 1"},
                new String[] {block("OPENSSH PRIVATE KEY"), "OpenSSH"},
                new String[] {block("RSA PUBLIC KEY"), "a public key in the older form PKCS#1"},
                new String[] {block("EC PARAMETERS"), "curve parameters"},
                new String[] {block("CERTIFICATE"), "a certificate"},
                new String[] {block("CERTIFICATE REQUEST"), "of another kind"},
                new String[] {block("PUBLIC KEY"), "not a SubjectPublicKeyInfo"},
                new String[] {"ssh-ed25519 c2VjcmV0", "an OpenSSH key"},
                new String[] {"c2VjcmV0", "no PEM block"},
                new String[] {pem + pem, "not exactly one"},
                new String[] {"x" + pem, "not exactly one"},
                new String[] {pem.replace("END", "AND"), "not exactly one"},
                new String[] {pem.replace("MCow", "MC=w"), "damaged base64"},
                new String[] {pem.replace("MCow", "MCo"), "damaged base64"},
                new String[] {" ".repeat(20_000), "too long"});
    }

    private static String block(String label) {
        return "-----BEGIN " + label + "-----\nc2VjcmV0\n-----END " + label + "-----\n";
    }

    @ParameterizedTest
    @MethodSource("texts")
    void a_text_that_is_no_public_key_is_refused_without_being_repeated(String text, String why) {
        assertThatThrownBy(() -> PublicKey.parsePem(text))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining(why)
                .hasNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("c2Vj", "secret", "MC"));
    }

    @Test
    void a_pem_text_may_come_from_windows_and_with_blank_lines_around() {
        var key = SoftwareKey.generate(KeyType.ECDSA_P256).publicKey();
        assertThat(PublicKey.parsePem("\n " + key.pem().replace("\n", "\r\n") + "\n\n"))
                .isEqualTo(key);
    }

    @Test
    void a_text_that_is_no_private_key_is_refused_without_being_repeated() throws Exception {
        privateRefused(SoftwareKey.generate(KeyType.ED25519).publicKey().pem(), "a public key, a PEM PRIVATE KEY");
        privateRefused(block("PRIVATE KEY"), "not a PKCS#8 private key");
        privateRefused(block("EC PRIVATE KEY"), "a private key in the older form SEC 1");
        privateRefused(privatePem("EC", "secp384r1"), "ECDSA on another curve");
        privateRefused(privatePem("Ed448", null), "Ed448");
        var ed25519 = Base64.getMimeDecoder()
                .decode(SoftwareKey.generate(KeyType.ED25519)
                        .privatePem()
                        .lines()
                        .toList()
                        .get(1));
        privateRefused(pem(Arrays.copyOf(ed25519, 40)), "not a PKCS#8 private key");
    }

    private static String privatePem(String algorithm, String curve) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (curve != null) {
            generator.initialize(new ECGenParameterSpec(curve));
        }
        return pem(generator.generateKeyPair().getPrivate().getEncoded());
    }

    private static String pem(byte[] der) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static void privateRefused(String text, String why) {
        assertThatThrownBy(() -> SoftwareKey.parsePem(text))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining(why)
                .hasNoCause();
    }

    @Test
    void key_types_are_found_by_the_names_that_users_write() {
        assertThat(Arrays.stream(KeyType.values()).map(KeyType::id))
                .containsExactly("ed25519", "ecdsa-p256", "rsa-2048", "rsa-3072", "rsa-4096")
                .allSatisfy(id ->
                        assertThat(KeyType.of(id)).get().extracting(KeyType::id).isEqualTo(id));
        assertThat(KeyType.of("rsa")).isEmpty();
    }
}
