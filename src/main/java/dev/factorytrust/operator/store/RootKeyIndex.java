package dev.factorytrust.operator.store;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootExtras;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Whose roots have which keys. A root says nothing about where it belongs that a client would look at, so holders who
 * sign for two Factories sign what either's devices believe.
 */
public final class RootKeyIndex {

    private record Known(long roots, Set<PublicKey> keys) {}

    private final Map<FactoryRef, Known> known = new ConcurrentHashMap<>();

    /** Another Factory that has the key, or had it once: its devices may still trust that root. */
    public Optional<FactoryRef> otherThan(FactoryRef factory, PublicKey key) {
        return known.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(factory)
                        && entry.getValue().keys().contains(key))
                .map(Map.Entry::getKey)
                .min(Comparator.comparing(FactoryRef::toString));
    }

    void look(FactoryRef factory, Roots roots) {
        var count = roots.chain().size();
        known.compute(
                factory,
                (_, before) -> before != null && before.roots() == count
                        ? before
                        : count == 0 ? null : new Known(count, keys(factory, roots)));
    }

    void forget(FactoryRef factory) {
        known.remove(factory);
    }

    /** Only of roots that are the Factory's own: a copy of another's chain, put somewhere else, must not block it. */
    private static Set<PublicKey> keys(FactoryRef factory, Roots roots) {
        return roots.chain().values().stream()
                .map(Signed::metadata)
                .filter(root -> RootExtras.of(root)
                        .factory()
                        .map(factory.toString()::equals)
                        .orElse(true))
                .flatMap(root -> rootKeys(root).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<PublicKey> rootKeys(Root root) {
        return root.role(RoleName.ROOT).keyids().stream()
                .flatMap(keyid -> root.publicKey(keyid).stream())
                .collect(Collectors.toSet());
    }
}
