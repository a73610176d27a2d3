package dev.factorytrust.tuf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An immutable string of bytes, equal by content. What it holds may be secret, so {@link #toString} never shows it. */
public final class Bytes {

    private static final HexFormat HEX = HexFormat.of();

    private final byte[] content;

    /** Computed when it is first asked for, as of a String its hash code: files are told apart by it again and again. */
    private String sha256;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes of(byte[] content) {
        return new Bytes(content.clone());
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException for anything but pairs of hexadecimal digits; the text isn't echoed */
    public static Bytes hex(String text) {
        try {
            return new Bytes(HEX.parseHex(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not hexadecimal");
        }
    }

    /** @throws IllegalArgumentException for anything but base64 of RFC 4648 §4; the text isn't echoed */
    public static Bytes base64(String text) {
        try {
            return new Bytes(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not base64");
        }
    }

    public byte[] toArray() {
        return content.clone();
    }

    /** The content without a copy of it, which nobody can change. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    public int size() {
        return content.length;
    }

    public String utf8() {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** Lower-case hexadecimal. */
    public String hex() {
        return HEX.formatHex(content);
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(content);
    }

    /** The SHA-256 of the content, in lower-case hexadecimal. */
    public String sha256() {
        var known = sha256;
        if (known == null) {
            known = digest("SHA-256").hex();
            sha256 = known;
        }
        return known;
    }

    /**
     * The content's digest.
     *
     * @param algorithm a name of {@link MessageDigest} that every Java runtime has, such as SHA-256 or SHA-512
     */
    public Bytes digest(String algorithm) {
        try {
            return new Bytes(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("no digest " + algorithm, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return content.length + " bytes, sha256 " + sha256().substring(0, 8) + "…";
    }
}
