package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.KeyType;

import java.time.Duration;

/**
 * How an online role is signed and how long its metadata lives.
 *
 * @param keyType of a key that is still to be made; existing keys stay what they are
 * @param expiresAfter lifetime of a new version, whole seconds
 * @param refreshBefore how long before its expiry a version is replaced; less than {@code expiresAfter}
 */
public record RolePolicy(KeyType keyType, Duration expiresAfter, Duration refreshBefore) {}
