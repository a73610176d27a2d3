package dev.factorytrust.cli.token;

import dev.factorytrust.cli.token.Cryptoki.TokenInfo;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.Signer;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A PKCS#11 token that somebody has logged in to. Its private keys stay where they are. */
public final class Token implements AutoCloseable {

    private static final long USER = 1;

    /** Which of the module's tokens: one of the two is present. */
    public record Place(Path module, Optional<String> label, OptionalLong slot) {}

    private final Cryptoki cryptoki;
    private final long slot;
    private final String label;
    private final boolean padded;
    private final long session;
    private final Optional<byte[]> pin;

    private Token(Cryptoki cryptoki, long slot, TokenInfo info, Supplier<char[]> pin, boolean write) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.label = info.label();
        this.padded = info.has(TokenInfo.PIN_PAD);
        if (info.has(TokenInfo.PIN_LOCKED)) {
            throw locked();
        }
        this.pin = padded ? Optional.empty() : Optional.of(utf8(pin.get()));
        this.session = cryptoki.openSession(slot, write);
        login();
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
            var slot = slot(cryptoki, place);
            return new Token(cryptoki, slot, cryptoki.token(slot), pin, write);
        } catch (RuntimeException e) {
            cryptoki.close();
            throw e;
        }
    }

    private static long slot(Cryptoki cryptoki, Place place) {
        var slots = Arrays.stream(cryptoki.slots()).boxed().toList();
        var found = slots.stream()
                .filter(slot -> place.slot().isEmpty() || place.slot().getAsLong() == slot)
                .filter(slot -> cryptoki.token(slot).has(TokenInfo.INITIALIZED))
                .filter(slot ->
                        place.label().map(cryptoki.token(slot).label()::equals).orElse(true))
                .toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        var wanted = place.label()
                .map(name -> "token \"" + name + '"')
                .orElseGet(() -> "token in slot " + place.slot().orElse(0));
        var there = slots.stream()
                .filter(slot -> cryptoki.token(slot).has(TokenInfo.INITIALIZED))
                .map(slot -> '"' + cryptoki.token(slot).label() + "\" in slot " + slot)
                .collect(Collectors.joining(", "));
        throw new TokenException(
                found.isEmpty()
                        ? "there is no " + wanted + "; " + place.module() + " knows of "
                                + (there.isEmpty() ? "none: is it plugged in?" : there)
                        : "there are several of the label \"" + place.label().orElse("") + "\"; name one with --slot: "
                                + there);
    }

    private void login() {
        var result = cryptoki.login(session, USER, pin);
        if (result == Result.OK || result == Result.USER_ALREADY_LOGGED_IN) {
            return;
        }
        throw result == Result.PIN_LOCKED ? locked() : new TokenException(told(result));
    }

    private String told(long result) {
        if (result == Result.PIN_INCORRECT || result == Result.PIN_INVALID || result == Result.PIN_LEN_RANGE) {
            return "this is not the PIN of token \"" + label + "\". " + triesLeft();
        }
        if (result == Result.PIN_EXPIRED) {
            return "the PIN of token \"" + label + "\" has expired; set a new one with the token's own tool";
        }
        return result == Result.USER_PIN_NOT_INITIALIZED
                ? "token \"" + label + "\" has no PIN yet; set one with the token's own tool"
                : "token \"" + label + "\" lets nobody in: " + Result.name(result);
    }

    /** PKCS#11 knows no number, only how near the end is. */
    private String triesLeft() {
        var now = cryptoki.token(slot);
        if (now.has(TokenInfo.PIN_LOCKED)) {
            return "It is locked now: unlock it with its PUK or security officer's PIN";
        }
        if (now.has(TokenInfo.PIN_FINAL_TRY)) {
            return "One try is left before it locks: be sure before you try again";
        }
        return now.has(TokenInfo.PIN_COUNT_LOW)
                ? "Wrong PINs are counted, and few tries are left before it locks"
                : "Wrong PINs may be counted (many tokens lock at the third); this one doesn't say how many tries are left";
    }

    private TokenException locked() {
        return new TokenException("the PIN of token \"" + label
                + "\" is locked: unlock it with its PUK or security officer's PIN, and the token's own tool");
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
        return TokenSigner.of(cryptoki, session, slot, found.getFirst(), this::authenticateAgain);
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
        var signer = TokenSigner.of(cryptoki, session, slot, pair.privateKey(), this::authenticateAgain);
        // A token that makes a key need not be able to sign with it as TUF wants it.
        signer.sign(Bytes.utf8("a key that is new"));
        return signer;
    }

    private static long rsa(List<Attribute> publicKey, long bits) {
        publicKey.add(Attribute.of(Attribute.MODULUS_BITS, bits));
        publicKey.add(Attribute.of(Attribute.PUBLIC_EXPONENT, new byte[] {1, 0, 1}));
        return 0x0L;
    }

    /** Some keys, as that of a YubiKey's slot 9c, want the PIN for every signature (CKU_CONTEXT_SPECIFIC). */
    private void authenticateAgain() {
        var result = cryptoki.login(session, 2, pin);
        if (result != Result.OK) {
            throw new TokenException(told(result));
        }
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

    private static byte[] der(org.bouncycastle.asn1.ASN1Object object) {
        try {
            return object.getEncoded("DER");
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] utf8(char[] text) {
        var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
        var bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(text, '\0');
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    @Override
    public void close() {
        pin.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        cryptoki.closeSession(session);
        cryptoki.close();
    }
}
