package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of a role's keys signed something.
 *
 * @param signed the keys with a valid signature, in the role's order
 * @param missing the role's other keys, in the same order
 */
public record VerificationResult(int threshold, Map<KeyId, Key> signed, Map<KeyId, Key> missing) {

    public VerificationResult {
        signed = Collections.unmodifiableMap(new LinkedHashMap<>(signed));
        missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
    }

    public boolean verified() {
        return lacking() == 0;
    }

    /** How many more keys have to sign; one key listed under two keyids counts once. */
    public int lacking() {
        return Math.max(0, threshold - distinct());
    }

    int distinct() {
        return (int) signed.values().stream()
                .flatMap(key -> key.publicKey().stream())
                .map(PublicKey::fingerprint)
                .distinct()
                .count();
    }
}
