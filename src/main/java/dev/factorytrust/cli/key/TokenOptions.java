package dev.factorytrust.cli.key;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.HiddenInput;
import dev.factorytrust.cli.token.Token;
import dev.factorytrust.cli.token.TokenException;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.Signer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Which token, which key on it, and where its PIN comes from. */
final class TokenOptions {

    @Option(
            names = "--pkcs11-module",
            required = true,
            paramLabel = "LIBRARY",
            description = "The key is on a token: the PKCS#11 library of its maker.")
    private Path module;

    @Option(names = "--token", paramLabel = "LABEL", description = "The token's label.")
    private String token;

    @Option(
            names = "--slot",
            paramLabel = "ID",
            description = "The slot's id instead, as pkcs11-tool --list-token-slots shows it.")
    private String slot;

    @Option(names = "--key-label", paramLabel = "LABEL", description = "The key's label.")
    private String keyLabel;

    @Option(
            names = "--key-id",
            paramLabel = "HEX",
            converter = Hex.class,
            description = "The key's id, in hexadecimal digits, instead of its label or with it.")
    private Bytes keyId;

    @Option(names = "--pin-file", paramLabel = "FILE", description = "The first line of this file is the PIN.")
    private Path pinFile;

    @Option(names = "--pin-env", paramLabel = "VARIABLE", description = "This environment variable is the PIN.")
    private String pinVariable;

    static final class Hex implements ITypeConverter<Bytes> {
        @Override
        public Bytes convert(String text) {
            try {
                return Bytes.hex(text.replace(":", ""));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is not pairs of hexadecimal digits");
            }
        }
    }

    Optional<String> keyLabel() {
        return Optional.ofNullable(keyLabel);
    }

    Optional<Bytes> keyId() {
        return Optional.ofNullable(keyId);
    }

    /** As people find it again. */
    String name() {
        return "the key " + (keyLabel != null ? '"' + keyLabel + '"' : "of id " + keyId.hex()) + " on token "
                + (token != null ? '"' + token + '"' : "in slot " + slot);
    }

    /** With the key that is on the token, as long as that is open. */
    <T> T withKey(Function<Signer, T> use) {
        if (keyLabel == null && keyId == null) {
            throw Failure.refused("which of the token's keys? Name --key-label or --key-id");
        }
        return onToken(false, open -> use.apply(open.key(keyLabel(), keyId())));
    }

    /** @param write whether keys are to be made on it */
    <T> T onToken(boolean write, Function<Token, T> use) {
        if ((token == null) == (slot == null)) {
            throw Failure.refused("which token? Name --token or --slot, and not both");
        }
        if (pinFile != null && pinVariable != null) {
            throw Failure.refused("name --pin-file or --pin-env, and not both");
        }
        var place = new Token.Place(
                module,
                Optional.ofNullable(token),
                slot == null ? OptionalLong.empty() : OptionalLong.of(slotId(slot)));
        var pin = new HiddenInput("PIN", "--pin", pinFile, pinVariable);
        var prompt = "PIN of token " + (token != null ? token : "in slot " + slot);
        try (var open = Token.open(place, () -> pin.read(prompt, false), write)) {
            return use.apply(open);
        } catch (TokenException e) {
            throw Failure.refused(e.getMessage());
        }
    }

    private static long slotId(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw Failure.refused("'" + text + "' is no slot's id: a number, or 0x and hexadecimal digits");
        }
    }
}
