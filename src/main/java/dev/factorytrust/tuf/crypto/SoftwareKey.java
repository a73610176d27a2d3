package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;

/** A private key in this process' memory. It leaves only through {@link #privatePem()}. */
public final class SoftwareKey implements Signer {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final PublicKey publicKey;
    private final Material material;

    private sealed interface Material {
        record Edwards(Ed25519PrivateKeyParameters key) implements Material {}

        record Jca(PrivateKey key) implements Material {}
    }

    private SoftwareKey(PublicKey publicKey, Material material) {
        this.publicKey = publicKey;
        this.material = material;
    }

    public static SoftwareKey generate(KeyType type) {
        try {
            return switch (type) {
                case ED25519 -> ed25519(new Ed25519PrivateKeyParameters(RANDOM));
                case ECDSA_P256 -> {
                    var generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
                    yield jca(generator.generateKeyPair());
                }
                case RSA_2048, RSA_3072, RSA_4096 -> {
                    var generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(type.bits(), RANDOM);
                    yield jca(generator.generateKeyPair());
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime can't make " + type.id(), e);
        }
    }

    /** @throws InvalidKeyException unless the text is one unencrypted PKCS#8 key; it is never repeated */
    public static SoftwareKey parsePem(String pem) {
        var der = Pem.decode("PRIVATE KEY", pem);
        try {
            var info = PrivateKeyInfo.getInstance(der.toArray());
            var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
            if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
                return ed25519(new Ed25519PrivateKeyParameters(
                        ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets()));
            }
            if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                return ecdsa(der);
            }
            if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
                return rsa(der);
            }
            throw new InvalidKeyException(Spki.name(algorithm) + ", where ed25519, ecdsa-p256 and rsa are taken");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Without the cause: nobody can promise that a parser's message never quotes what it read.
            throw e instanceof InvalidKeyException ours ? ours : new InvalidKeyException("not a PKCS#8 private key");
        }
    }

    private static SoftwareKey ed25519(Ed25519PrivateKeyParameters key) {
        var publicKey = PublicKey.ed25519(Bytes.of(key.generatePublicKey().getEncoded()));
        return new SoftwareKey(publicKey, new Material.Edwards(key));
    }

    /** PKCS#8 need not carry the public point, so it is computed. */
    private static SoftwareKey ecdsa(Bytes der) throws GeneralSecurityException, IOException {
        var key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der.toArray()));
        var curve = CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1);
        var parameters = ((ECPrivateKey) key).getParams();
        var scalar = ((ECPrivateKey) key).getS();
        if (!parameters.getOrder().equals(curve.getN())) {
            throw new InvalidKeyException("ECDSA on another curve, where P-256 is taken");
        }
        if (scalar.signum() <= 0 || scalar.compareTo(curve.getN()) >= 0) {
            throw new InvalidKeyException("an ECDSA key outside its curve's order");
        }
        var point =
                new FixedPointCombMultiplier().multiply(curve.getG(), scalar).normalize();
        var algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
        var spki = new SubjectPublicKeyInfo(algorithm, point.getEncoded(false)).getEncoded("DER");
        return new SoftwareKey(PublicKey.ofSpki(Bytes.of(spki)), new Material.Jca(key));
    }

    private static SoftwareKey rsa(Bytes der) throws GeneralSecurityException {
        var factory = KeyFactory.getInstance("RSA");
        if (!(factory.generatePrivate(new PKCS8EncodedKeySpec(der.toArray())) instanceof RSAPrivateCrtKey key)
                || key.getPublicExponent().equals(BigInteger.ZERO)) {
            throw new InvalidKeyException("an RSA private key without its public exponent");
        }
        var publicKey = factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        return new SoftwareKey(PublicKey.ofSpki(Bytes.of(publicKey.getEncoded())), new Material.Jca(key));
    }

    private static SoftwareKey jca(java.security.KeyPair pair) {
        var publicKey = PublicKey.ofSpki(Bytes.of(pair.getPublic().getEncoded()));
        return new SoftwareKey(publicKey, new Material.Jca(pair.getPrivate()));
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public Bytes sign(Bytes message) {
        return switch (material) {
            case Material.Edwards(var key) -> {
                var bytes = message.toArray();
                var signature = new byte[Ed25519.SIGNATURE_SIZE];
                key.sign(Ed25519.Algorithm.Ed25519, null, bytes, 0, bytes.length, signature, 0);
                yield Bytes.of(signature);
            }
            case Material.Jca(var key) -> {
                try {
                    var engine = Algorithm.engine(publicKey.type());
                    engine.initSign(key, RANDOM);
                    engine.update(message.toArray());
                    yield Bytes.of(engine.sign());
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("can't sign with " + publicKey, e);
                }
            }
        };
    }

    /** The private key, PKCS#8 PEM: for the file or Secret that keeps it, and for nothing else. */
    public String privatePem() {
        return Pem.encode(
                "PRIVATE KEY",
                switch (material) {
                    case Material.Edwards(var key) -> {
                        try {
                            // BouncyCastle's own factory appends the public key (RFC 5958), which older openssl
                            // refuses.
                            yield new PrivateKeyInfo(
                                            new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
                                            new DEROctetString(key.getEncoded()))
                                    .getEncoded("DER");
                        } catch (IOException e) {
                            throw new IllegalStateException("can't encode " + publicKey);
                        }
                    }
                    case Material.Jca(var key) -> key.getEncoded();
                });
    }

    @Override
    public String toString() {
        return "private key of " + publicKey;
    }
}
