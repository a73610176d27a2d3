package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes keys, and signs root 1 with those that the cluster holds only until their owner has taken them. */
final class Keysmith {

    private final KeyStore keys;

    Keysmith(KeyStore keys) {
        this.keys = keys;
    }

    /** Stored before anything is signed with them: a root whose keys were lost in a crash would be lost for ever. */
    void createRootKeys(FactoryState state) {
        var generate = state.spec().bootstrap().generate();
        var count = Optional.ofNullable(generate.keys()).orElse(1);
        var type = Defaults.keyType(Optional.ofNullable(generate.keyType()));
        var made = Stream.generate(() -> SoftwareKey.generate(type))
                .limit(count)
                .map(key -> new KeyArchive.ArchivedKey(
                        RoleName.ROOT, state.dialect().keyId(state.dialect().key(key.publicKey())), key))
                .toList();
        keys.createRootKeys(state.ref(), KeyArchive.write(made));
    }

    /** Asks the API server first: a cache that lags would have a second key made. */
    void createOnlineKeys(FactoryState state, Set<RoleName> roles, Optional<RootRotation> rotation) {
        for (var role : PublicationSteps.ONLINE) {
            if (roles.contains(role) && !there(state, rotation).contains(role)) {
                var key = SoftwareKey.generate(state.policy().of(role).keyType());
                keys.createOnlineKey(state.ref(), state.dialect(), role, key, rotation);
            }
        }
    }

    private Set<RoleName> there(FactoryState state, Optional<RootRotation> rotation) {
        var stored = keys.liveOnlineKeys(state.ref(), state.dialect());
        return rotation.map(owner ->
                        stored.byRotation().getOrDefault(owner.getMetadata().getUid(), Map.of()))
                .orElseGet(stored::byRole)
                .keySet();
    }

    Signed<Root> sign(FactoryState state, Signed<Root> root, Secret archive) {
        var canonical = root.canonical();
        var signatures = KeyStore.archive(archive).map(KeyArchive::read).orElseThrow().keys().stream()
                .map(named -> {
                    var publicKey = named.key().publicKey();
                    var keyid = state.dialect().keyId(state.dialect().key(publicKey));
                    return state.dialect()
                            .signature(keyid, publicKey, named.key().sign(canonical));
                })
                .toList();
        var theirs = root.signatures().stream().filter(signature -> signatures.stream()
                .noneMatch(own -> own.keyid().equals(signature.keyid())));
        return state.dialect()
                .assemble(
                        Root.class,
                        canonical,
                        Stream.concat(theirs, signatures.stream()).toList());
    }
}
