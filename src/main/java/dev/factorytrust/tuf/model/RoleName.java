package dev.factorytrust.tuf.model;

import java.util.Arrays;
import java.util.Optional;

/** The four top-level roles. */
public enum RoleName {
    ROOT("root"),
    TARGETS("targets"),
    SNAPSHOT("snapshot"),
    TIMESTAMP("timestamp");

    private final String value;

    RoleName(String value) {
        this.value = value;
    }

    /** The name that metadata and file names carry. */
    public String value() {
        return value;
    }

    public static Optional<RoleName> of(String value) {
        return Arrays.stream(values()).filter(role -> role.value.equals(value)).findFirst();
    }

    @Override
    public String toString() {
        return value;
    }
}
