package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.OnlineSigners;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The online keys of a Factory as they were stored at one moment, oldest first, each read once.
 *
 * @param dialect that they sign in
 * @param all every Secret of an online key, readable or not
 */
public record OnlineKeys(Dialect dialect, List<StoredKey> all) {

    /**
     * One Secret of an online key.
     *
     * @param key what its content is, whatever its name promises; empty where that can't be read or used
     * @param refused the type of a key that isn't used because the Factory's devices refuse every file that names it
     */
    public record StoredKey(
            Secret secret, Optional<KeyId> keyid, Optional<SoftwareKey> key, Optional<KeyType> refused) {

        /** The UID of the RootRotation that the key was made for. */
        public Optional<String> rotation() {
            return Optional.ofNullable(secret.getMetadata().getAnnotations()).map(all -> all.get(Names.OWNER_UID));
        }

        private Optional<RoleName> role() {
            return Optional.ofNullable(secret.getMetadata().getLabels().get(Names.ROLE))
                    .flatMap(RoleName::of);
        }

        /** Names the Secret only: it holds a private key. */
        @Override
        public String toString() {
            return "StoredKey[" + secret.getMetadata().getName() + ']';
        }
    }

    public OnlineKeys {
        all = all.stream()
                .sorted(Comparator.comparing(
                                (StoredKey key) -> key.secret().getMetadata().getCreationTimestamp())
                        .thenComparing(key -> key.secret().getMetadata().getName()))
                .toList();
    }

    /** What was read of this very object. */
    Optional<StoredKey> of(Secret secret) {
        return all.stream().filter(key -> key.secret() == secret).findFirst();
    }

    /**
     * The readable ones, by keyid. A Secret that doesn't hold the key which its name promises counts as missing: nobody's
     * signature is made with a key that root doesn't name. Imported roots may know a key by another keyid than ours.
     *
     * @param roots whose keyids are in use
     */
    public OnlineSigners signers(Collection<Root> roots) {
        var byMaterial = all.stream()
                .flatMap(key -> key.key().stream())
                .collect(Collectors.toMap(SoftwareKey::publicKey, Function.identity(), (first, _) -> first));
        var signers = new HashMap<KeyId, Signer>();
        all.forEach(key -> key.keyid()
                .ifPresent(keyid -> signers.putIfAbsent(keyid, key.key().orElseThrow())));
        roots.forEach(root -> root.keys()
                .forEach((keyid, key) ->
                        key.publicKey().map(byMaterial::get).ifPresent(signer -> signers.put(keyid, signer))));
        return new OnlineSigners(signers);
    }

    /**
     * The readable ones of each role: of two that two leaders may have made, everybody picks the same, as long as neither is
     * named by anything.
     */
    public Map<RoleName, List<PublicKey>> byRole() {
        return byRole(all);
    }

    /** The readable ones that were made for each RootRotation, by its UID. */
    public Map<String, Map<RoleName, List<PublicKey>>> byRotation() {
        return all.stream()
                .filter(key -> key.rotation().isPresent())
                .collect(Collectors.groupingBy(
                        key -> key.rotation().orElseThrow(),
                        Collectors.collectingAndThen(Collectors.toList(), OnlineKeys::byRole)));
    }

    private static Map<RoleName, List<PublicKey>> byRole(Collection<StoredKey> keys) {
        return keys.stream()
                .filter(key -> key.role().isPresent() && key.key().isPresent())
                .collect(Collectors.groupingBy(
                        key -> key.role().orElseThrow(),
                        () -> new EnumMap<>(RoleName.class),
                        Collectors.mapping(
                                key -> key.key().orElseThrow().publicKey(), Collectors.toUnmodifiableList())));
    }
}
