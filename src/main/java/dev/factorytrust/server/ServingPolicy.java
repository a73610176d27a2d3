package dev.factorytrust.server;

import java.time.Duration;

/**
 * How long others may rely on an answer, and how long a device may be kept waiting for one.
 *
 * @param maxAge how long a cache may keep a name that can change its content (timestamp.json, the next root's 404). Must
 *     stay below half of every Factory's overlap: a device may see the two in either order
 * @param hold how long a request for a version above the view waits for the view to flip: its timestamp came from a
 *     replica that flipped a moment earlier
 * @param maxHeld how many requests may wait at once; the others get their 404 at once
 */
public record ServingPolicy(Duration maxAge, Duration hold, int maxHeld) {

    /**
     * For files that belong together and change together under names without a version: a cache that kept one of them would
     * give devices halves of two views, which they refuse. It may ask whether what it has still holds.
     */
    static final String REVALIDATED = "public, no-cache";

    public ServingPolicy {
        if (maxAge.isNegative() || hold.isNegative() || maxHeld < 0) {
            throw new IllegalArgumentException("negative: " + maxAge + ", " + hold + ", " + maxHeld);
        }
    }

    String changeable() {
        return "public, max-age=" + maxAge.toSeconds();
    }
}
