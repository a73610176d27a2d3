package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.PublicKey;

/**
 * A person or token with an offline key.
 *
 * @param name {@code [a-z0-9-]{1,32}}, unique per root; root signs it, so it is public for ever
 */
public record Holder(String name, PublicKey key) {}
