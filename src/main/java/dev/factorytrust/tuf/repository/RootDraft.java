package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A root while it is being changed. Used for one proposal, then dropped. */
final class RootDraft {

    /** Ends a proposal from wherever its fault is found; never leaves {@link RootProposal}. */
    static final class RefusedException extends RuntimeException {

        private final String reason;

        RefusedException(String reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    private static final Pattern KEYID_PREFIX = Pattern.compile("[0-9a-f]{8,}");

    private final Dialect dialect;
    private final Optional<Root> current;
    private final Map<KeyId, Key> keys = new HashMap<>();
    private final Map<KeyId, String> holders = new TreeMap<>();
    private final Map<RoleName, Set<KeyId>> keyids = new EnumMap<>(RoleName.class);
    private final Map<RoleName, Integer> thresholds = new EnumMap<>(RoleName.class);
    private final Set<KeyId> added = new TreeSet<>();

    RootDraft(Dialect dialect, Optional<Root> current) {
        this.dialect = dialect;
        this.current = current;
        current.ifPresent(root -> {
            keys.putAll(root.keys());
            holders.putAll(RootExtras.of(root).holders());
        });
        for (var role : RoleName.values()) {
            var before = current.map(root -> root.role(role));
            keyids.put(role, before.map(Role::keyids).map(LinkedHashSet::new).orElseGet(LinkedHashSet::new));
            // Nobody can sign with what keys lacks; holders see it go.
            keyids.get(role).retainAll(keys.keySet());
            thresholds.put(role, before.map(Role::threshold).orElse(1));
        }
    }

    Set<KeyId> added() {
        return added;
    }

    Set<KeyId> holders(RoleName role) {
        return keyids.get(role).stream().filter(holders::containsKey).collect(Collectors.toUnmodifiableSet());
    }

    /** Everything is removed before anything is added, so that a name or a key can pass from one to another. */
    void apply(RootChange change) {
        var named = Set.copyOf(holders.keySet());
        change.newOnlineKeys().keySet().forEach(role -> keyids.get(role).retainAll(named));
        change.root().ifPresent(edit -> remove(RoleName.ROOT, edit.remove()));
        change.targets().ifPresent(edit -> remove(RoleName.TARGETS, edit.remove()));
        change.root().ifPresent(edit -> edit.add().forEach(holder -> add(RoleName.ROOT, holder)));
        change.targets().ifPresent(edit -> edit.add().forEach(holder -> add(RoleName.TARGETS, holder)));
        change.newOnlineKeys().forEach((role, fresh) -> fresh.forEach(key -> put(role, key)));
        change.newOnlineKeys().keySet().forEach(this::fitThreshold);
        change.root().ifPresent(edit -> setThreshold(RoleName.ROOT, edit.threshold()));
        change.targets().ifPresent(edit -> setThreshold(RoleName.TARGETS, edit.threshold()));
        for (var role : RoleName.values()) {
            checkThreshold(role);
        }
    }

    Root root(RootChange change) {
        var roles = new TreeMap<>(current.map(Root::roles).orElse(Map.of()));
        keyids.forEach((role, ids) -> roles.put(
                role.value(),
                new Role(
                        List.copyOf(ids),
                        thresholds.get(role),
                        current.map(root -> root.role(role).unrecognized()).orElse(Map.of()))));
        var used =
                roles.values().stream().flatMap(role -> role.keyids().stream()).collect(Collectors.toSet());
        keys.keySet().retainAll(used);
        holders.keySet().retainAll(used);
        var extras = new RootExtras(change.rotation(), Optional.of(change.factory()), holders);
        return new Root(
                current.map(root -> root.version() + 1).orElse(1L),
                change.expires(),
                current.map(Root::consistentSnapshot).orElse(dialect.rules().consistentSnapshot()),
                new TreeMap<>(keys),
                roles,
                extras.over(current.map(Root::unrecognized).orElse(Map.of())));
    }

    private void remove(RoleName role, List<String> references) {
        var before = current.map(root -> root.role(role).keyids()).orElse(List.of());
        var gone = references.stream()
                .map(reference -> resolve(role, before, reference))
                .collect(Collectors.toSet());
        keyids.get(role).removeAll(gone);
        holders.keySet().removeIf(keyid -> gone.contains(keyid) && !isUsed(keyid));
    }

    private boolean isUsed(KeyId keyid) {
        return keyids.values().stream().anyMatch(ids -> ids.contains(keyid));
    }

    private KeyId resolve(RoleName role, List<KeyId> candidates, String reference) {
        var lowerCase = reference.toLowerCase(Locale.ROOT);
        var exact = candidates.stream()
                .filter(keyid -> reference.equals(holders.get(keyid)) || reference.equals(keyid.value()))
                .findFirst();
        if (exact.isPresent()) {
            return exact.get();
        }
        var beginning = KEYID_PREFIX.matcher(lowerCase).matches()
                ? candidates.stream()
                        .filter(keyid -> keyid.value().startsWith(lowerCase))
                        .toList()
                : List.<KeyId>of();
        return switch (beginning.size()) {
            case 0 ->
                throw new RefusedException(
                        "UnknownKey",
                        "can't remove %s from %s: it has %s"
                                .formatted(quote(reference), role.value(), describe(candidates)));
            case 1 -> beginning.getFirst();
            default ->
                throw new RefusedException(
                        "AmbiguousKey",
                        "can't remove %s from %s: it begins the keyids of %s; give more digits"
                                .formatted(quote(reference), role.value(), describe(beginning)));
        };
    }

    private void add(RoleName role, Holder holder) {
        if (!RootExtras.HOLDER_NAME.matcher(holder.name()).matches()) {
            throw new RefusedException(
                    "InvalidName", "%s is no holder's name: 1 to 32 of a-z, 0-9 and -".formatted(quote(holder.name())));
        }
        if (holders.containsValue(holder.name())) {
            throw new RefusedException(
                    "NameInUse",
                    "this root already has a holder %s: remove that key in the same change, or choose another name"
                            .formatted(holder.name()));
        }
        var keyid = put(role, holder.key());
        holders.put(keyid, holder.name());
        added.add(keyid);
    }

    /** One key has one place in a root: who steals it should not gain two roles, nor count twice in one. */
    private KeyId put(RoleName role, PublicKey fresh) {
        for (var used : RoleName.values()) {
            for (var keyid : keyids.get(used)) {
                if (isMaterialOf(keyid, fresh)) {
                    throw new RefusedException(
                            "KeyInUse",
                            "the key to be added to %s is already in %s, as %s: every role and holder needs a key of their own"
                                    .formatted(role.value(), used.value(), describe(List.of(keyid))));
                }
            }
        }
        var known = keys.keySet().stream()
                .filter(keyid -> isMaterialOf(keyid, fresh))
                .sorted()
                .findFirst();
        var keyid = known.orElseGet(() -> {
            var key = encode(fresh);
            var id = dialect.keyId(key);
            keys.put(id, key);
            return id;
        });
        keyids.get(role).add(keyid);
        return keyid;
    }

    private Key encode(PublicKey key) {
        try {
            return dialect.key(key);
        } catch (IllegalArgumentException unsupported) {
            throw new RefusedException(
                    "UnsupportedKey",
                    "%s can't be used with %s: %s".formatted(key.type().id(), dialect.id(), unsupported.getMessage()));
        }
    }

    private boolean isMaterialOf(KeyId keyid, PublicKey key) {
        return keys.get(keyid)
                .publicKey()
                .filter(usable -> usable.fingerprint().equals(key.fingerprint()))
                .isPresent();
    }

    private void setThreshold(RoleName role, OptionalInt threshold) {
        threshold.ifPresent(value -> thresholds.put(role, value));
    }

    /** An imported role may ask for more signatures than there are new keys; holders see it change before they sign. */
    private void fitThreshold(RoleName role) {
        thresholds.computeIfPresent(
                role, (_, before) -> Math.min(before, keyids.get(role).size()));
    }

    private void checkThreshold(RoleName role) {
        var threshold = thresholds.get(role);
        if (keyids.get(role).isEmpty()) {
            throw new RefusedException(
                    "RoleWithoutKeys", "%s would have no key left: add one in the same change".formatted(role.value()));
        }
        if (threshold < 1) {
            throw new RefusedException(
                    "ThresholdTooLow", "the threshold of %s must be at least 1".formatted(role.value()));
        }
        var distinct = keyids.get(role).stream()
                .flatMap(keyid -> keys.get(keyid).publicKey().stream())
                .map(PublicKey::fingerprint)
                .distinct()
                .count();
        if (threshold > distinct) {
            throw new RefusedException(
                    "ThresholdTooHigh",
                    "%s needs %d signatures, but would have %d keys that can give one: add keys, or lower the threshold in the same change"
                            .formatted(role.value(), threshold, distinct));
        }
    }

    private String describe(List<KeyId> ids) {
        return ids.isEmpty()
                ? "no key"
                : ids.stream()
                        .map(keyid -> holders.containsKey(keyid)
                                ? holders.get(keyid) + " (" + RootDiff.abbreviate(keyid) + ')'
                                : RootDiff.abbreviate(keyid))
                        .collect(Collectors.joining(", "));
    }

    private static String quote(String reference) {
        return '"' + (reference.length() <= 70 ? reference : reference.substring(0, 70) + '…') + '"';
    }
}
