package dev.factorytrust.operator.factory;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.KeyStore;

import java.util.Optional;
import java.util.stream.Stream;

/** The archive of root keys that were made in the cluster, and when it may go. */
final class RootKeys {

    private RootKeys() {}

    /**
     * Whether the owner has shown that he holds the archive: only its digest, computed from his file, proves that. The
     * digest stands nowhere in the cluster, so it can't be copied from there instead.
     */
    static boolean mayBeErased(FactoryState state) {
        return state.stored().rootVersion() > 0 && areRetrieved(state);
    }

    static boolean areRetrieved(FactoryState state) {
        return state.rootKeys()
                .flatMap(KeyStore::archive)
                .filter(bytes -> digests(state).anyMatch(bytes.sha256()::equals))
                .isPresent();
    }

    /** A digest was handed in, and it isn't the archive's. */
    static boolean wrongDigest(FactoryState state) {
        return state.rootKeys().isPresent()
                && digests(state).findAny().isPresent()
                && !mayBeErased(state)
                && state.stored().rootVersion() > 0;
    }

    private static Stream<String> digests(FactoryState state) {
        var annotation = state.rootKeys()
                .flatMap(secret -> Optional.ofNullable(secret.getMetadata().getAnnotations()))
                .map(all -> all.get(Names.RETRIEVED));
        return Stream.concat(Optional.ofNullable(state.spec().rootKeysRetrieved()).stream(), annotation.stream())
                .map(String::strip);
    }
}
