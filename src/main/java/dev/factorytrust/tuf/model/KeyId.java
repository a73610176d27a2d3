package dev.factorytrust.tuf.model;

/** What metadata calls a key: in well-made metadata a SHA-256 in hexadecimal, in a stranger's any short ASCII word. */
public record KeyId(String value) implements Comparable<KeyId> {

    private static final int MAX_LENGTH = 128;

    public KeyId {
        Values.require(
                !value.isEmpty()
                        && value.length() <= MAX_LENGTH
                        && value.chars().allMatch(c -> c > ' ' && c < 0x7f),
                "a keyid is not 1 to " + MAX_LENGTH + " printable ASCII characters");
    }

    @Override
    public int compareTo(KeyId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
