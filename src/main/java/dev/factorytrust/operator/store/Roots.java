package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.verify.Verifier;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The stored chain of roots: from the first on, as far as each is a fully signed successor of the one before.
 *
 * @param first the version that the chain starts at: 1, or where an imported fleet starts
 * @param chain every root that holds, whether devices see it yet or not: a stored, fully signed root is always rolled
 *     forward, since its holders meant it and somebody may have read it
 * @param stray what stands at the next root's name without being its fully signed successor
 */
public record Roots(long first, NavigableMap<Long, Signed<Root>> chain, Optional<ConfigMap> stray) {

    public static Roots of(Dialect dialect, StoredMetadata stored) {
        var chain = new TreeMap<Long, Signed<Root>>();
        var first = stored.firstRoot();
        for (var version = first; ; version++) {
            var object = stored.find(Names.metadata(stored.factory().name(), RoleName.ROOT, version));
            var expected = version;
            var root = object.flatMap(found -> successor(dialect, chain, expected, found));
            if (root.isEmpty()) {
                return new Roots(first, Collections.unmodifiableNavigableMap(chain), object);
            }
            chain.put(version, root.get());
        }
    }

    public Optional<Signed<Root>> newest() {
        return Optional.ofNullable(chain.lastEntry()).map(entry -> entry.getValue());
    }

    /** What devices were born with, or walk from. */
    public Optional<Signed<Root>> oldest() {
        return Optional.ofNullable(chain.firstEntry()).map(entry -> entry.getValue());
    }

    private static Optional<Signed<Root>> successor(
            Dialect dialect, NavigableMap<Long, Signed<Root>> chain, long version, ConfigMap object) {
        var before = Optional.ofNullable(chain.lastEntry())
                .map(entry -> entry.getValue().metadata());
        try {
            return StoredMetadata.file(object, Names.metadataEntry(RoleName.ROOT))
                    .map(file -> dialect.decode(Root.class, file))
                    .filter(root -> root.metadata().version() == version)
                    .filter(root -> Verifier.verifyRoot(before, root).verified());
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }
}
