package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;

class DiagnosisTest {

    private static final Bytes MESSAGE = Bytes.utf8("{\"signed\":1}");
    private static final String NO_MATCH = "it doesn't match: another key made it, or it was made over other bytes";

    private static SoftwareKey key(String type) {
        return SoftwareKey.parsePem(PYTHON_TUF.key(type).get("private").textValue());
    }

    private static PrivateKey jca(String type, String algorithm) throws GeneralSecurityException {
        var pem = key(type)
                .privatePem()
                .lines()
                .filter(line -> !line.startsWith("-"))
                .toList();
        return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(String.join("", pem))));
    }

    private static Bytes sign(Signature engine, PrivateKey key) throws GeneralSecurityException {
        engine.initSign(key);
        engine.update(MESSAGE.toArray());
        return Bytes.of(engine.sign());
    }

    private static String why(String type, Bytes signature) {
        return key(type).publicKey().whyInvalid(MESSAGE, signature).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa-p256", "rsa-3072"})
    void a_valid_signature_has_nothing_wrong_with_it(String type) {
        assertThat(key(type).publicKey().whyInvalid(MESSAGE, key(type).sign(MESSAGE)))
                .isEmpty();
    }

    static Stream<String> types() {
        return Stream.of("ed25519", "ecdsa-p256", "rsa-2048");
    }

    @ParameterizedTest
    @MethodSource("types")
    void mistakes_that_any_tool_allows_are_named(String type) {
        var key = key(type);
        var digest = MESSAGE.sha256();
        assertThat(why(type, Bytes.of(new byte[0]))).isEqualTo("it is empty");
        assertThat(why(type, key.sign(Bytes.hex(digest))))
                .isEqualTo("it was made over the SHA-256 digest instead of the bytes");
        assertThat(why(type, key.sign(Bytes.utf8(digest)))).contains("digest as text");
        assertThat(why(type, key.sign(Bytes.utf8(digest + "\n")))).contains("digest as a line of text");
        assertThat(why(type, key.sign(Bytes.utf8(MESSAGE.utf8() + "\n")))).contains("a newline appended");
        assertThat(why(type, key.sign(Bytes.utf8("something else")))).isEqualTo(NO_MATCH);
        var valid = key.sign(MESSAGE);
        assertThat(why(type, Bytes.utf8(valid.hex() + "\n"))).isEqualTo("it is hexadecimal text instead of the bytes");
        assertThat(why(type, Bytes.utf8(valid.base64()))).isEqualTo("it is base64 text instead of the bytes");
    }

    @Test
    void a_signature_of_the_wrong_length_is_named() {
        assertThat(why("rsa-2048", Bytes.of(new byte[100]))).isEqualTo("it has 100 bytes, where rsa-2048 makes 256");
        assertThat(why("ed25519", Bytes.of(new byte[63]))).isEqualTo("it has 63 bytes, where ed25519 makes 64");
        assertThat(why("ecdsa-p256", Bytes.of(new byte[63]))).isEqualTo(NO_MATCH);
    }

    @Test
    void a_prehashed_ed25519_signature_is_named() {
        var seed = Bytes.of(new byte[32]);
        var secret = new Ed25519PrivateKeyParameters(seed.toArray());
        var signer = new Ed25519phSigner(new byte[0]);
        signer.init(true, secret);
        signer.update(MESSAGE.toArray(), 0, MESSAGE.size());
        var key = PublicKey.ed25519(Bytes.of(secret.generatePublicKey().getEncoded()));
        assertThat(key.whyInvalid(MESSAGE, Bytes.of(signer.generateSignature())).orElseThrow())
                .contains("Ed25519ph");
    }

    @Test
    void an_ecdsa_signature_as_tokens_give_it_is_named() throws Exception {
        var raw = sign(Signature.getInstance("SHA256withECDSAinP1363Format"), jca("ecdsa-p256", "EC"));
        assertThat(raw.size()).isEqualTo(64);
        assertThat(why("ecdsa-p256", raw)).contains("raw r and s", "--signature-format openssl");
        assertThat(why("ecdsa-p256", Bytes.of(new byte[64]))).isEqualTo(NO_MATCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 31, 33, 64, 222})
    void an_rsa_signature_with_another_salt_is_named_with_its_length(int salt) throws Exception {
        var signature = sign(Algorithm.pss("SHA-256", MGF1ParameterSpec.SHA256, salt), jca("rsa-2048", "RSA"));
        assertThat(key("rsa-2048").publicKey().verify(MESSAGE, signature)).isFalse();
        assertThat(why("rsa-2048", signature))
                .isEqualTo("it is RSA-PSS with salt length " + salt + ", where clients accept only 32");
    }

    @Test
    void an_rsa_signature_with_another_digest_is_named() throws Exception {
        var rsa = jca("rsa-4096", "RSA");
        assertThat(why("rsa-4096", sign(Algorithm.pss("SHA-512", MGF1ParameterSpec.SHA512, 64), rsa)))
                .isEqualTo("it is RSA-PSS with SHA-512 and MGF1-SHA-512, where clients accept only SHA-256");
        assertThat(why("rsa-4096", sign(Algorithm.pss("SHA-256", MGF1ParameterSpec.SHA1, 32), rsa)))
                .isEqualTo("it is RSA-PSS with SHA-256 and MGF1-SHA-1, where clients accept only SHA-256");
        assertThat(why("rsa-4096", sign(Algorithm.pss("SHA-1", MGF1ParameterSpec.SHA1, 20), rsa)))
                .contains("RSA-PSS with SHA-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA256withRSA", "SHA512withRSA"})
    void an_rsa_signature_of_the_older_padding_is_named(String engine) throws Exception {
        var signature = sign(Signature.getInstance(engine), jca("rsa-3072", "RSA"));
        assertThat(why("rsa-3072", signature)).isEqualTo("it is RSA PKCS#1 v1.5, RSA-PSS is needed");
    }

    @Test
    void an_rsa_signature_that_is_larger_than_its_modulus_is_no_match() {
        var huge = new byte[256];
        Arrays.fill(huge, (byte) 0xff);
        assertThat(why("rsa-2048", Bytes.of(huge))).isEqualTo(NO_MATCH);
        assertThat(why("rsa-2048", Bytes.of(new byte[256]))).isEqualTo(NO_MATCH);
    }
}
