package dev.factorytrust.cli.token;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.Signer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A PKCS#11 token that somebody has logged in to. Its private keys stay where they are. */
public final class Token implements AutoCloseable {

    /** Which of the module's tokens: one of the two is present. */
    public record Place(Path module, Optional<String> label, OptionalLong slot) {}

    private final Cryptoki cryptoki;
    private final long slot;
    private final String label;
    private final Login login;
    private final long session;

    private Token(Cryptoki cryptoki, long slot, TokenInfo info, Supplier<char[]> pin, boolean write) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.label = info.label();
        this.login = Login.with(cryptoki, slot, info, pin);
        this.session = cryptoki.openSession(slot, write);
        login.begin(session);
    }

    /**
     * Finds the token and logs in, once: a wrong PIN is never tried again.
     *
     * @param pin is asked for the PIN when the token has been found, unless the token has a pad of its own
     * @param write whether keys are to be made on it
     * @throws TokenException saying what there is instead
     */
    public static Token open(Place place, Supplier<char[]> pin, boolean write) {
        var cryptoki = Cryptoki.load(place.module());
        try {
            var found = find(cryptoki, place);
            return new Token(cryptoki, found.getKey(), found.getValue(), pin, write);
        } catch (RuntimeException e) {
            cryptoki.close();
            throw e;
        }
    }

    private static Map.Entry<Long, TokenInfo> find(Cryptoki cryptoki, Place place) {
        var tokens = new LinkedHashMap<Long, TokenInfo>();
        for (var slot : cryptoki.slots()) {
            cryptoki.token(slot)
                    .filter(info -> info.has(TokenInfo.INITIALIZED))
                    .ifPresent(info -> tokens.put(slot, info));
        }
        var found = tokens.entrySet().stream()
                .filter(token -> place.slot().isEmpty() || place.slot().getAsLong() == token.getKey())
                .filter(token -> place.label().isEmpty()
                        || place.label().get().equals(token.getValue().label()))
                .toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        var wanted = place.label()
                .map(name -> "token \"" + name + '"')
                .orElseGet(() -> "token in slot " + place.slot().orElse(0));
        var there = tokens.entrySet().stream()
                .map(token -> '"' + token.getValue().label() + "\" in slot " + token.getKey())
                .collect(Collectors.joining(", "));
        throw new TokenException(
                found.isEmpty()
                        ? "there is no " + wanted + "; " + place.module() + " knows of "
                                + (there.isEmpty() ? "none: is it plugged in?" : there)
                        : "there are several of the label \"" + place.label().orElse("") + "\"; name one with --slot: "
                                + there);
    }

    /**
     * The one private key of this label, of this id, or of both.
     *
     * @throws TokenException where there is none or several, naming those that there are
     */
    public Signer key(Optional<String> keyLabel, Optional<Bytes> id) {
        var found = cryptoki.find(session, template(Attribute.PRIVATE_KEY, keyLabel, id));
        if (found.size() != 1) {
            var all = cryptoki.find(session, template(Attribute.PRIVATE_KEY, Optional.empty(), Optional.empty()));
            throw new TokenException(
                    found.isEmpty()
                            ? "token \"" + label + "\" has no private key "
                                    + described(keyLabel, id) + "; it has "
                                    + (all.isEmpty() ? "none" : described(all))
                            : "token \"" + label + "\" has " + found.size() + " private keys " + described(keyLabel, id)
                                    + "; name one with --key-id: " + described(found));
        }
        return TokenSigner.of(cryptoki, session, slot, found.getFirst(), () -> login.again(session));
    }

    /**
     * Makes a key pair on the token, whose private half never leaves it.
     *
     * @throws TokenException where the label is taken, or the token doesn't make or use such keys
     */
    public Signer generate(KeyType type, String keyLabel, Bytes id) {
        if (!cryptoki.find(session, template(Attribute.PRIVATE_KEY, Optional.of(keyLabel), Optional.empty()))
                .isEmpty()) {
            throw new TokenException("token \"" + label + "\" has a key of label \"" + keyLabel
                    + "\" already, and none is ever written over; name another with --key-label");
        }
        for (var kind : List.of(Attribute.PRIVATE_KEY, Attribute.PUBLIC_KEY)) {
            if (!cryptoki.find(session, template(kind, Optional.empty(), Optional.of(id)))
                    .isEmpty()) {
                throw new TokenException(
                        "token \"" + label + "\" has a key of id " + id.hex()
                                + " already, and by its id a private key finds its public half; name another with --key-id, or none");
            }
        }
        var publicKey = new ArrayList<>(List.of(
                Attribute.of(Attribute.TOKEN, true),
                Attribute.of(Attribute.PRIVATE, false),
                Attribute.of(Attribute.VERIFY, true),
                Attribute.of(Attribute.LABEL, keyLabel),
                Attribute.of(Attribute.ID, id.toArray())));
        var privateKey = List.of(
                Attribute.of(Attribute.TOKEN, true),
                Attribute.of(Attribute.PRIVATE, true),
                Attribute.of(Attribute.SENSITIVE, true),
                Attribute.of(Attribute.EXTRACTABLE, false),
                Attribute.of(Attribute.SIGN, true),
                Attribute.of(Attribute.LABEL, keyLabel),
                Attribute.of(Attribute.ID, id.toArray()));
        var mechanism =
                switch (type) {
                    case ED25519 -> {
                        publicKey.add(Attribute.of(Attribute.EC_PARAMS, der(new DERPrintableString("edwards25519"))));
                        yield 0x1055L;
                    }
                    case ECDSA_P256 -> {
                        publicKey.add(Attribute.of(Attribute.EC_PARAMS, der(SECObjectIdentifiers.secp256r1)));
                        yield 0x1040L;
                    }
                    case RSA_2048 -> rsa(publicKey, 2048);
                    case RSA_3072 -> rsa(publicKey, 3072);
                    case RSA_4096 -> rsa(publicKey, 4096);
                };
        var pair = cryptoki.generate(session, new Cryptoki.Mechanism(mechanism), publicKey, privateKey);
        try {
            var signer = TokenSigner.of(cryptoki, session, slot, pair.privateKey(), () -> login.again(session));
            // A token that makes a key need not be able to sign with it as TUF wants it.
            signer.sign(Bytes.utf8("a key that is new"));
            return signer;
        } catch (TokenException e) {
            cryptoki.destroy(session, pair);
            throw e;
        }
    }

    private static long rsa(List<Attribute> publicKey, long bits) {
        publicKey.add(Attribute.of(Attribute.MODULUS_BITS, bits));
        publicKey.add(Attribute.of(Attribute.PUBLIC_EXPONENT, new byte[] {1, 0, 1}));
        return 0x0L;
    }

    private String described(List<Long> keys) {
        return keys.stream()
                .map(key -> '"'
                        + text(cryptoki.attribute(session, key, Attribute.LABEL)) + "\" (id "
                        + cryptoki.attribute(session, key, Attribute.ID)
                                .map(id -> Bytes.of(id).hex())
                                .orElse("none")
                        + ')')
                .collect(Collectors.joining(", "));
    }

    private static String described(Optional<String> keyLabel, Optional<Bytes> id) {
        var words = new ArrayList<String>();
        keyLabel.ifPresent(name -> words.add("of label \"" + name + '"'));
        id.ifPresent(value -> words.add("of id " + value.hex()));
        return String.join(" and ", words);
    }

    private static List<Attribute> template(long kind, Optional<String> keyLabel, Optional<Bytes> id) {
        var template = new ArrayList<Attribute>();
        template.add(Attribute.of(Attribute.CLASS, kind));
        keyLabel.ifPresent(name -> template.add(Attribute.of(Attribute.LABEL, name)));
        id.ifPresent(value -> template.add(Attribute.of(Attribute.ID, value.toArray())));
        return template;
    }

    private static String text(Optional<byte[]> value) {
        return value.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
    }

    private static byte[] der(ASN1Object object) {
        try {
            return object.getEncoded("DER");
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        login.forget();
        cryptoki.closeSession(session);
        cryptoki.close();
    }
}
