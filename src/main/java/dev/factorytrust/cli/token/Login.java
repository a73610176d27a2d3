package dev.factorytrust.cli.token;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Somebody's PIN, for as long as a token is open; a token with a pad of its own asks there. It is tried once. */
final class Login {

    private static final long USER = 1;

    /** For one signature. */
    private static final long CONTEXT_SPECIFIC = 2;

    private final Cryptoki cryptoki;
    private final long slot;
    private final String token;
    private final Optional<byte[]> pin;

    private Login(Cryptoki cryptoki, long slot, String token, Optional<byte[]> pin) {
        this.cryptoki = cryptoki;
        this.slot = slot;
        this.token = token;
        this.pin = pin;
    }

    /** @throws TokenException before the PIN is asked for, where the token takes none any more */
    static Login with(Cryptoki cryptoki, long slot, TokenInfo info, Supplier<char[]> pin) {
        var name = '"' + info.label() + '"';
        if (info.has(TokenInfo.PIN_LOCKED)) {
            throw locked(name);
        }
        return new Login(
                cryptoki, slot, name, info.has(TokenInfo.PIN_PAD) ? Optional.empty() : Optional.of(utf8(pin.get())));
    }

    void begin(long session) {
        var result = cryptoki.login(session, USER, pin);
        if (result != Result.OK && result != Result.USER_ALREADY_LOGGED_IN) {
            throw told(result);
        }
    }

    /** Some keys, as that of a YubiKey's slot 9c, want the PIN for every signature. */
    void again(long session) {
        var result = cryptoki.login(session, CONTEXT_SPECIFIC, pin);
        if (result != Result.OK) {
            throw told(result);
        }
    }

    void forget() {
        pin.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
    }

    private TokenException told(long result) {
        if (result == Result.PIN_LOCKED) {
            return locked(token);
        }
        if (result == Result.PIN_INCORRECT || result == Result.PIN_INVALID || result == Result.PIN_LEN_RANGE) {
            return new TokenException("this is not the PIN of token " + token + ". " + triesLeft());
        }
        if (result == Result.PIN_EXPIRED) {
            return new TokenException(
                    "the PIN of token " + token + " has expired; set a new one with the token's own tool");
        }
        return new TokenException(
                result == Result.USER_PIN_NOT_INITIALIZED
                        ? "token " + token + " has no PIN yet; set one with the token's own tool"
                        : "token " + token + " lets nobody in: " + Result.name(result));
    }

    /** PKCS#11 knows no number, only how near the end is. */
    private String triesLeft() {
        var now = cryptoki.token(slot);
        if (now.filter(info -> info.has(TokenInfo.PIN_LOCKED)).isPresent()) {
            return "It is locked now: unlock it with its PUK or security officer's PIN";
        }
        if (now.filter(info -> info.has(TokenInfo.PIN_FINAL_TRY)).isPresent()) {
            return "One try is left before it locks: be sure before you try again";
        }
        return now.filter(info -> info.has(TokenInfo.PIN_COUNT_LOW)).isPresent()
                ? "Wrong PINs are counted, and few tries are left before it locks"
                : "Wrong PINs may be counted (many tokens lock at the third); this one doesn't say how many tries are left";
    }

    private static TokenException locked(String token) {
        return new TokenException("the PIN of token " + token
                + " is locked: unlock it with its PUK or security officer's PIN, and the token's own tool");
    }

    private static byte[] utf8(char[] text) {
        var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
        var bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(text, '\0');
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }
}
