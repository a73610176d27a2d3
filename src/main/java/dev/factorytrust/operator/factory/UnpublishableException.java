package dev.factorytrust.operator.factory;

import dev.factorytrust.tuf.model.RoleName;

import java.util.List;

/** What was to be published would break a client's limits; nothing was written. */
final class UnpublishableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnpublishableException(RoleName role, List<String> violations) {
        super("the next " + role.value() + " would not be accepted by every client: " + String.join("; ", violations));
    }
}
