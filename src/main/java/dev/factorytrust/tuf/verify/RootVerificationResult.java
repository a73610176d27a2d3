package dev.factorytrust.tuf.verify;

import java.util.Optional;

/**
 * §5.3.4: a root is signed twice over.
 *
 * @param current by the keys of the root before it; absent for the first one
 * @param next by its own keys
 */
public record RootVerificationResult(Optional<VerificationResult> current, VerificationResult next) {

    public boolean verified() {
        return current.map(VerificationResult::verified).orElse(true) && next.verified();
    }
}
