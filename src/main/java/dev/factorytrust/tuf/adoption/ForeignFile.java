package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.Bytes;

/**
 * A file that somebody brings.
 *
 * @param place where it was found, for people: {@code ConfigMap acme-metadata}
 * @param name without any folder: {@code 3.root.json}
 */
public record ForeignFile(String place, String name, Bytes content) {

    /** For people: its name, and where it was found. */
    public String where() {
        return name + " of " + place;
    }
}
