package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.verify.Verifier;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys that the cluster holds, by keyid. A role may be signed by several: during an overlap the old and the new.
 *
 * @param offline keys that people hold though no root names their holders, as those of an imported root
 */
public record OnlineSigners(Map<KeyId, Signer> byKeyId, Set<KeyId> offline) {

    public OnlineSigners {
        byKeyId = Map.copyOf(byKeyId);
        offline = Set.copyOf(offline);
    }

    public OnlineSigners(Map<KeyId, Signer> byKeyId) {
        this(byKeyId, Set.of());
    }

    /** The keys that root names for the role, that no holder has, and that are not held here. */
    public List<KeyId> missing(Root root, RoleName role) {
        var holders = holders(root, role);
        return root.role(role).keyids().stream()
                .filter(keyid -> !byKeyId.containsKey(keyid) && !holders.contains(keyid))
                .toList();
    }

    /** The keys of the role that people hold. */
    public Set<KeyId> holders(Root root, RoleName role) {
        var named = RootExtras.of(root).holders().keySet();
        return root.role(role).keyids().stream()
                .filter(keyid -> !byKeyId.containsKey(keyid))
                .filter(keyid -> named.contains(keyid) || offline.contains(keyid))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The keys of the role that are held here. */
    public Set<KeyId> held(Root root, RoleName role) {
        return root.role(role).keyids().stream().filter(byKeyId::containsKey).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether as many keys of the role are held here as its threshold asks for. */
    public boolean suffice(Root root, RoleName role) {
        return held(root, role).size() >= root.role(role).threshold();
    }

    /** Whether what is held here is enough with what holders can add. */
    public boolean sufficeWithHolders(Root root, RoleName role) {
        return held(root, role).size() + holders(root, role).size()
                >= root.role(role).threshold();
    }

    /** Whether the role is signed, but not without its holders. */
    public boolean needHolders(Root root, RoleName role) {
        return !suffice(root, role) && sufficeWithHolders(root, role);
    }

    /**
     * Signs with every key held here that any of the roots names for the role.
     *
     * @param roots the one that devices see; during an overlap also the one after or before it
     */
    <T extends Metadata> Signed<T> sign(Dialect dialect, List<Root> roots, T metadata) {
        return sign(dialect, roots, metadata, dialect.canonical(metadata), List.of());
    }

    /** Adds the signatures of the keys held here to those that holders have made, where they alone aren't enough. */
    Signed<Targets> countersign(Dialect dialect, List<Root> roots, Signed<Targets> targets) {
        var enough = roots.stream().allMatch(root -> Verifier.verify(
                        root.role(RoleName.TARGETS), root.keys(), targets.canonical(), targets.signatures())
                .verified());
        return enough ? targets : sign(dialect, roots, targets.metadata(), targets.canonical(), targets.signatures());
    }

    private <T extends Metadata> Signed<T> sign(
            Dialect dialect, List<Root> roots, T metadata, Bytes canonical, List<Signature> before) {
        var signed = before.stream().map(Signature::keyid).collect(Collectors.toSet());
        var fresh = roots.stream()
                .flatMap(root -> root.role(metadata.role()).keyids().stream())
                .distinct()
                .filter(keyid -> !signed.contains(keyid))
                .flatMap(keyid -> Optional.ofNullable(byKeyId.get(keyid)).stream()
                        .map(signer -> dialect.signature(keyid, signer.publicKey(), signer.sign(canonical))));
        @SuppressWarnings("unchecked")
        var type = (Class<T>) metadata.getClass();
        return dialect.assemble(
                type, canonical, Stream.concat(before.stream(), fresh).toList());
    }

    /** Names the keyids only: a record's own toString would print what each signer says of itself. */
    @Override
    public String toString() {
        return "OnlineSigners" + byKeyId.keySet();
    }
}
