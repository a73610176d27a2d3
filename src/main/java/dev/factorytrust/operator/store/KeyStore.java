package dev.factorytrust.operator.store;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The Secrets that hold private keys: the online keys of a Factory, and its root key archive until it is erased. */
public final class KeyStore {

    private final ApiServer api;
    private final FactoryCache<Secret> cache;

    /** What the last look at each Factory found. A Secret that is still the same object holds the same key. */
    private final Map<FactoryRef, OnlineKeys> looks = new ConcurrentHashMap<>();

    public KeyStore(ApiServer api, FactoryCache<Secret> cache) {
        this.api = api;
        this.cache = cache;
    }

    public OnlineKeys onlineKeys(FactoryRef factory, Dialect dialect) {
        var before = Optional.ofNullable(looks.get(factory))
                .filter(look -> look.dialect().id().equals(dialect.id()));
        var keys = read(cache.of(factory).values(), dialect, secret -> before.flatMap(look -> look.of(secret)));
        looks.put(factory, keys);
        return keys;
    }

    /** The Factory is gone: its keys don't stay in memory. */
    public void forget(FactoryRef factory) {
        looks.remove(factory);
    }

    /** The same, asked of the API server itself, as before making a key. */
    public OnlineKeys liveOnlineKeys(FactoryRef factory, Dialect dialect) {
        return read(
                api.labelled(Secret.class, factory.namespace(), Names.FACTORY, factory.name()),
                dialect,
                _ -> Optional.empty());
    }

    private static OnlineKeys read(
            Collection<Secret> secrets, Dialect dialect, Function<Secret, Optional<OnlineKeys.StoredKey>> before) {
        return new OnlineKeys(
                dialect,
                secrets.stream()
                        .filter(secret -> Names.ONLINE_KEY_TYPE.equals(secret.getType()))
                        .map(secret -> before.apply(secret).orElseGet(() -> read(secret, dialect)))
                        .toList());
    }

    private static OnlineKeys.StoredKey read(Secret secret, Dialect dialect) {
        var found = key(secret);
        var type = found.map(key -> key.publicKey().type());
        var usable = found.filter(key -> dialect.takes(key.publicKey().type()));
        return new OnlineKeys.StoredKey(
                secret,
                usable.map(key -> dialect.keyId(dialect.key(key.publicKey()))),
                usable,
                type.filter(_ -> usable.isEmpty()));
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
        PlanOutdatedException.swap(seen.getMetadata().getName(), () -> api.delete(seen));
    }

    private void create(Secret secret) {
        try {
            PlanOutdatedException.swap(secret.getMetadata().getName(), () -> api.create(secret));
        } catch (PlanOutdatedException taken) {
            requireOurs(secret);
            throw taken;
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
