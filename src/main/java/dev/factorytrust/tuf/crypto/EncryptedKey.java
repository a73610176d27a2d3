package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;

import java.io.IOException;

/** A private key under a passphrase: PKCS#8 with PBES2 (RFC 8018), in the form that openssl reads and writes. */
public final class EncryptedKey {

    private static final String LABEL = "ENCRYPTED PRIVATE KEY";

    /** What OWASP asks of PBKDF2 with HMAC-SHA-256; a few tenths of a second. */
    private static final int ITERATIONS = 600_000;

    private EncryptedKey() {}

    /** Whether a text claims to be such a key. */
    public static boolean isOne(String pem) {
        return pem.contains("-----BEGIN " + LABEL + "-----");
    }

    /** AES-256-CBC under PBKDF2 with HMAC-SHA-256. */
    public static String encrypt(SoftwareKey key, char[] passphrase) {
        try {
            var plain = PrivateKeyInfo.getInstance(
                    Pem.decode("PRIVATE KEY", key.privatePem()).toArray());
            var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPRF(PKCS8Generator.PRF_HMACSHA256)
                    .setIterationCount(ITERATIONS)
                    .setPassword(passphrase)
                    .build();
            return Pem.encode(
                    LABEL,
                    new PKCS8EncryptedPrivateKeyInfoBuilder(plain)
                            .build(encryptor)
                            .getEncoded());
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("can't encrypt " + key.publicKey());
        }
    }

    /** @throws InvalidKeyException if it is none, or the passphrase doesn't open it; neither is ever repeated */
    public static SoftwareKey decrypt(String pem, char[] passphrase) {
        var der = Pem.decode(LABEL, pem);
        try {
            var plain = new PKCS8EncryptedPrivateKeyInfo(der.toArray())
                    .decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(passphrase));
            return SoftwareKey.parsePem(
                    Pem.encode("PRIVATE KEY", Bytes.of(plain.getEncoded()).toArray()));
        } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
            // Without the cause: nobody can promise that a parser's message never quotes what it read.
            throw new InvalidKeyException(
                    "the passphrase doesn't open it, or it is damaged, or encrypted otherwise than by PBES2 with PBKDF2");
        }
    }
}
