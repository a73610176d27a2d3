package dev.factorytrust.operator.store;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.OnlineSigners;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The Secrets that hold private keys: the online keys of a Factory, and its root key archive until it is erased. */
public final class KeyStore {

    /** @param keyid of the key that the Secret holds; empty where it holds none */
    public record StoredKey(Secret secret, Optional<KeyId> keyid) {

        /** Names the Secret only: it holds a private key. */
        @Override
        public String toString() {
            return "StoredKey[" + secret.getMetadata().getName() + ']';
        }
    }

    private final ApiServer api;
    private final FactoryCache<Secret> cache;

    public KeyStore(ApiServer api, FactoryCache<Secret> cache) {
        this.api = api;
        this.cache = cache;
    }

    /**
     * The online keys that are stored and readable, by keyid. A Secret that doesn't hold the key which its name
     * promises counts as missing: nobody's signature is made with a key that root doesn't name.
     */
    public OnlineSigners signers(FactoryRef factory, Dialect dialect) {
        var signers = new HashMap<KeyId, Signer>();
        for (var secret : cache.of(factory).values()) {
            if (Names.ONLINE_KEY_TYPE.equals(secret.getType())) {
                key(secret).ifPresent(key -> signers.put(dialect.keyId(dialect.key(key.publicKey())), key));
            }
        }
        return new OnlineSigners(signers);
    }

    /**
     * The readable keys of each online role, oldest first: of two that two leaders may have made, everybody picks the same,
     * as long as neither is named by anything.
     */
    public Map<RoleName, List<PublicKey>> all(FactoryRef factory) {
        return oldestFirst(cache.of(factory).values());
    }

    /** The same, asked of the API server itself, as before making a key. */
    public Map<RoleName, List<PublicKey>> allLive(FactoryRef factory) {
        return oldestFirst(api.secrets(factory));
    }

    /** Every online key that is stored, readable or not, with the keyid that its content has. */
    public List<StoredKey> onlineKeys(FactoryRef factory, Dialect dialect) {
        return cache.of(factory).values().stream()
                .filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType()))
                .map(secret -> new StoredKey(
                        secret, key(secret).map(SoftwareKey::publicKey).map(key -> dialect.keyId(dialect.key(key)))))
                .toList();
    }

    /** The online keys that were made for each RootRotation, by its UID. */
    public Map<String, Map<RoleName, List<PublicKey>>> madeFor(FactoryRef factory) {
        return byRotation(cache.of(factory).values());
    }

    /** The same, asked of the API server itself, as before making a key. */
    public Map<String, Map<RoleName, List<PublicKey>>> madeForLive(FactoryRef factory) {
        return byRotation(api.secrets(factory));
    }

    private static Map<String, Map<RoleName, List<PublicKey>>> byRotation(Collection<Secret> secrets) {
        return secrets.stream()
                .filter(secret -> rotation(secret).isPresent())
                .collect(Collectors.groupingBy(
                        secret -> rotation(secret).orElseThrow(),
                        Collectors.collectingAndThen(Collectors.toList(), KeyStore::oldestFirst)));
    }

    /** The UID of the RootRotation that the key was made for. */
    public static Optional<String> rotation(Secret secret) {
        return Optional.ofNullable(secret.getMetadata().getAnnotations()).map(all -> all.get(Names.OWNER_UID));
    }

    private static Map<RoleName, List<PublicKey>> oldestFirst(Collection<Secret> secrets) {
        var keys = new EnumMap<RoleName, List<PublicKey>>(RoleName.class);
        secrets.stream()
                .filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType()))
                .sorted(Comparator.comparing(
                                (Secret secret) -> secret.getMetadata().getCreationTimestamp())
                        .thenComparing(secret -> secret.getMetadata().getName()))
                .forEach(secret -> role(secret).ifPresent(role -> key(secret)
                        .ifPresent(key -> keys.computeIfAbsent(role, _ -> new ArrayList<>())
                                .add(key.publicKey()))));
        return keys;
    }

    private static Optional<RoleName> role(Secret secret) {
        return Optional.ofNullable(secret.getMetadata().getLabels().get(Names.ROLE))
                .flatMap(RoleName::of);
    }

    /** The archive of root keys made in the cluster, while it is there. */
    public Optional<Secret> rootKeys(FactoryRef factory) {
        return Optional.ofNullable(cache.of(factory).get(Names.rootKeys(factory.name())))
                .filter(secret -> Names.ROOT_KEYS_TYPE.equals(secret.getType()));
    }

    public static Optional<Bytes> archive(Secret secret) {
        return decoded(secret, Names.ROOT_KEYS_TGZ);
    }

    /** @param rotation whose payload will name the key; empty for one that root 1 names */
    public void createOnlineKey(
            FactoryRef factory, Dialect dialect, RoleName role, SoftwareKey key, Optional<RootRotation> rotation) {
        var keyid = dialect.keyId(dialect.key(key.publicKey()));
        var made = secret(factory, Names.onlineKey(factory.name(), role, keyid), Names.ONLINE_KEY_TYPE)
                .editMetadata()
                .addToLabels(Names.ROLE, role.value())
                .addToLabels(Names.KEYID, Names.keyidLabel(keyid))
                .endMetadata()
                .withData(Map.of(
                        Names.PRIVATE_PEM, encoded(key.privatePem()),
                        Names.PUBLIC_PEM, encoded(key.publicKey().pem())));
        rotation.map(RootRotation::getMetadata).ifPresent(owner -> made.editMetadata()
                .addToLabels(Names.ROOT_ROTATION, owner.getName())
                .addToAnnotations(Names.OWNER_UID, owner.getUid())
                .endMetadata());
        create(made.build());
    }

    public void createRootKeys(FactoryRef factory, Bytes archive) {
        create(secret(factory, Names.rootKeys(factory.name()), Names.ROOT_KEYS_TYPE)
                .withData(Map.of(Names.ROOT_KEYS_TGZ, archive.base64()))
                .build());
    }

    /** Deletes exactly the Secret that was seen. */
    public void delete(Secret seen) {
        try {
            api.delete(seen);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                throw new PlanOutdatedException(seen.getMetadata().getName(), e);
            }
            throw e;
        }
    }

    private void create(Secret secret) {
        try {
            api.create(secret);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                requireOurs(secret);
                throw new PlanOutdatedException(secret.getMetadata().getName(), e);
            }
            throw e;
        }
    }

    /** What no informer tells of would be met again and again, and nobody would know why nothing happens. */
    private void requireOurs(Secret secret) {
        var factory = FactoryCache.byLabel(secret).orElseThrow();
        api.find(
                        Secret.class,
                        secret.getMetadata().getNamespace(),
                        secret.getMetadata().getName())
                .filter(other -> !FactoryCache.byLabel(other).equals(Optional.of(factory))
                        || !secret.getType().equals(other.getType()))
                .ifPresent(other -> {
                    throw new NameTakenException("Secret", other.getMetadata().getName(), factory);
                });
    }

    /** Keys and archives are immutable too: a half-edited key would look like a lost one. */
    private static SecretBuilder secret(FactoryRef factory, String name, String type) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(factory.namespace())
                .addToLabels(Names.FACTORY, factory.name())
                .endMetadata()
                .withImmutable(true)
                .withType(type);
    }

    private static Optional<SoftwareKey> key(Secret secret) {
        try {
            return decoded(secret, Names.PRIVATE_PEM).map(pem -> SoftwareKey.parsePem(pem.utf8()));
        } catch (InvalidKeyException e) {
            return Optional.empty();
        }
    }

    private static Optional<Bytes> decoded(Secret secret, String entry) {
        try {
            return Optional.ofNullable(secret.getData())
                    .map(data -> data.get(entry))
                    .map(Bytes::base64);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
