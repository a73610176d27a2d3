package dev.factorytrust.tuf.crypto;

import dev.factorytrust.tuf.Bytes;

import java.util.Base64;
import java.util.regex.Pattern;

/** RFC 7468 textual encodings, read strictly: one block, of the expected label, with nothing but white space around. */
public final class Pem {

    private static final String LABEL = "-----BEGIN ([A-Z0-9 ]{1,40})-----";
    private static final Pattern BEGIN = Pattern.compile(LABEL);
    private static final Pattern BLOCK =
            Pattern.compile("\\s*" + LABEL + "\\s([A-Za-z0-9+/=\\s]*+)-----END \\1-----\\s*");
    private static final int MAX_CHARACTERS = 16 * 1024;

    private Pem() {}

    public static String encode(String label, byte[] der) {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    public static Bytes decode(String expected, String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new InvalidKeyException("too long to be a key");
        }
        var begin = BEGIN.matcher(text);
        if (!begin.find()) {
            throw new InvalidKeyException(
                    text.contains("ssh-") ? "an OpenSSH key, a PEM " + expected + " is needed" : "no PEM block");
        }
        if (!begin.group(1).equals(expected)) {
            throw new InvalidKeyException(describe(begin.group(1)) + ", a PEM " + expected + " is needed");
        }
        var block = BLOCK.matcher(text);
        if (!block.matches()) {
            throw new InvalidKeyException("not exactly one whole PEM block");
        }
        try {
            return Bytes.of(Base64.getDecoder().decode(block.group(2).replaceAll("\\s", "")));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("damaged base64 in the PEM block");
        }
    }

    private static String describe(String label) {
        return switch (label) {
            case "PUBLIC KEY" -> "a public key";
            case "PRIVATE KEY" -> "a private key";
            case "ENCRYPTED PRIVATE KEY" -> "an encrypted private key";
            case "RSA PRIVATE KEY" -> "a private key in the older form PKCS#1";
            case "EC PRIVATE KEY" -> "a private key in the older form SEC 1";
            case "OPENSSH PRIVATE KEY" -> "a private key of OpenSSH";
            case "RSA PUBLIC KEY" -> "a public key in the older form PKCS#1";
            case "EC PARAMETERS" -> "curve parameters in front of a private key";
            case "CERTIFICATE" -> "a certificate";
            default -> "a PEM block of another kind";
        };
    }
}
