package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One signature as tools write it and people paste it: the bytes as they are, in hex or in base64. */
public final class WrittenSignature {

    private static final Set<Integer> RSA_AND_ED25519 = Set.of(64, 256, 384, 512);

    private WrittenSignature() {}

    /**
     * Text first: no algorithm gives a signature whose every byte happens to be a hexadecimal or base64 digit. And hex
     * before base64: 512 hexadecimal digits are a signature of RSA-2048, and base64 of the length of RSA-3072's.
     *
     * @return empty unless it has the form of a signature of one of the {@link KeyType}s
     */
    public static Optional<Bytes> read(Bytes written) {
        var text = new String(written.toArray(), StandardCharsets.ISO_8859_1);
        var hex = TextEncodings.hex(text);
        var base64 = TextEncodings.base64(text);
        // 64 digits are a keyid or a digest that went astray, not the 64 bytes of a signature.
        var raw = hex.isEmpty() && base64.isEmpty() ? Optional.of(written) : Optional.<Bytes>empty();
        return Stream.of(hex, base64, raw)
                .flatMap(Optional::stream)
                .filter(WrittenSignature::looksLikeOne)
                .findFirst();
    }

    private static boolean looksLikeOne(Bytes value) {
        return RSA_AND_ED25519.contains(value.size()) || isEcdsa(value.toArray());
    }

    /** SEQUENCE of two INTEGERs, which for P-256 have at most 33 bytes each. */
    private static boolean isEcdsa(byte[] der) {
        return der.length >= 8 && der.length <= 72 && der[0] == 0x30 && der[1] == der.length - 2 && der[2] == 0x02;
    }
}
