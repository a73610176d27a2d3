package dev.factorytrust.operator;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactorySpec.Custody;
import dev.factorytrust.api.v1alpha1.FactorySpec.OnlineRolePolicy;
import dev.factorytrust.api.v1alpha1.FactorySpec.TargetsPolicy;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.Policy;
import dev.factorytrust.tuf.repository.RolePolicy;

import java.time.Duration;
import java.util.Optional;

import static dev.factorytrust.tuf.model.RoleName.SNAPSHOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static dev.factorytrust.tuf.model.RoleName.TIMESTAMP;

/**
 * What a Factory's fields mean where they are absent. The defaults live here and not in the CRD, so that a GitOps tool
 * reads back exactly what it applied.
 */
public final class Defaults {

    private static final Duration DAY = Duration.ofDays(1);

    private Defaults() {}

    /** @param leastOverlap a shorter overlap is lengthened to this: less would not outlast the caches on the way */
    public static Policy policy(FactorySpec spec, Duration leastOverlap) {
        var targets = Optional.ofNullable(spec.targets());
        var root = Optional.ofNullable(spec.root());
        var keys = Optional.ofNullable(spec.rotationPolicy()).map(FactorySpec.RotationPolicy::onlineKeys);
        var rootLife = duration(root.map(FactorySpec.RootPolicy::expiresAfter), Durations.ROOT_EXPIRES_AFTER);
        return new Policy(
                role(
                        targets.map(TargetsPolicy::keyType),
                        targets.map(TargetsPolicy::expiresAfter),
                        targets.map(TargetsPolicy::refreshBefore),
                        Durations.TARGETS_EXPIRES_AFTER),
                role(Optional.ofNullable(spec.snapshot()), DAY.multipliedBy(7)),
                role(Optional.ofNullable(spec.timestamp()), DAY),
                rootLife,
                duration(root.map(FactorySpec.RootPolicy::renewBefore), part(rootLife, 6)),
                targets.map(TargetsPolicy::allowEmpty).orElse(false),
                duration(keys.map(FactorySpec.OnlineKeys::maxAge), DAY.multipliedBy(365)),
                longer(duration(keys.map(FactorySpec.OnlineKeys::overlap), Durations.OVERLAP), leastOverlap));
    }

    /** The policy with the key types that the root has, for roles whose key type the spec leaves open. */
    public static Policy keepingKeyTypes(Policy policy, FactorySpec spec, Root root) {
        return new Policy(
                keeping(
                        policy.targets(),
                        Optional.ofNullable(spec.targets()).map(TargetsPolicy::keyType),
                        root,
                        TARGETS),
                keeping(
                        policy.snapshot(),
                        Optional.ofNullable(spec.snapshot()).map(OnlineRolePolicy::keyType),
                        root,
                        SNAPSHOT),
                keeping(
                        policy.timestamp(),
                        Optional.ofNullable(spec.timestamp()).map(OnlineRolePolicy::keyType),
                        root,
                        TIMESTAMP),
                policy.rootExpiresAfter(),
                policy.rootRenewBefore(),
                policy.allowEmptyTargets(),
                policy.onlineKeyMaxAge(),
                policy.overlap());
    }

    private static RolePolicy keeping(RolePolicy policy, Optional<String> keyType, Root root, RoleName role) {
        return keyType.isPresent()
                ? policy
                : root.role(role).keyids().stream()
                        .flatMap(keyid -> Optional.ofNullable(root.keys().get(keyid)).flatMap(Key::publicKey).stream())
                        .findFirst()
                        .map(key -> new RolePolicy(key.type(), policy.expiresAfter(), policy.refreshBefore()))
                        .orElse(policy);
    }

    /** What the Factory's devices read. */
    public static Dialect dialect(FactorySpec spec) {
        return Dialects.of(
                switch (spec.dialect()) {
                    case TUF -> "TUF";
                    case OTA_CONNECT -> "OTAConnect";
                });
    }

    public static Custody custody(FactorySpec spec) {
        return Optional.ofNullable(spec.targets()).map(TargetsPolicy::custody).orElse(Custody.ONLINE);
    }

    public static boolean paused(FactorySpec spec) {
        return Boolean.TRUE.equals(spec.paused());
    }

    public static KeyType keyType(Optional<String> id) {
        return id.flatMap(KeyType::of).orElse(KeyType.ED25519);
    }

    private static RolePolicy role(Optional<OnlineRolePolicy> policy, Duration life) {
        return role(
                policy.map(OnlineRolePolicy::keyType),
                policy.map(OnlineRolePolicy::expiresAfter),
                policy.map(OnlineRolePolicy::refreshBefore),
                life);
    }

    private static RolePolicy role(
            Optional<String> keyType, Optional<String> expiresAfter, Optional<String> refreshBefore, Duration life) {
        var lifetime = duration(expiresAfter, life);
        return new RolePolicy(keyType(keyType), lifetime, duration(refreshBefore, part(lifetime, 3)));
    }

    private static Duration duration(Optional<String> text, Duration otherwise) {
        return text.map(Durations::parse).orElse(otherwise);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration part(Duration whole, int divisor) {
        return Duration.ofSeconds(whole.toSeconds() / divisor);
    }
}
