package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.Signer;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that the cluster holds, by keyid. A role may be signed by several: during an overlap the old and the new. */
public record OnlineSigners(Map<KeyId, Signer> byKeyId) {

    public OnlineSigners {
        byKeyId = Map.copyOf(byKeyId);
    }

    /** The keys that root names for the role and that are not held here. */
    public List<KeyId> missing(Root root, RoleName role) {
        return root.role(role).keyids().stream()
                .filter(keyid -> !byKeyId.containsKey(keyid))
                .toList();
    }

    /** Whether as many keys of the role are held here as its threshold asks for. */
    public boolean suffice(Root root, RoleName role) {
        var asked = root.role(role);
        return asked.keyids().size() - missing(root, role).size() >= asked.threshold();
    }

    /**
     * Signs with every key held here that any of the roots names for the role.
     *
     * @param roots the one that devices see; during an overlap also the one after or before it
     */
    <T extends Metadata> Signed<T> sign(Dialect dialect, List<Root> roots, T metadata) {
        var canonical = dialect.canonical(metadata);
        var signatures = roots.stream()
                .flatMap(root -> root.role(metadata.role()).keyids().stream())
                .distinct()
                .flatMap(keyid -> Optional.ofNullable(byKeyId.get(keyid)).stream()
                        .map(signer -> dialect.signature(keyid, signer.publicKey(), signer.sign(canonical))))
                .toList();
        @SuppressWarnings("unchecked")
        var type = (Class<T>) metadata.getClass();
        return dialect.assemble(type, canonical, signatures);
    }

    /** Names the keyids only: a record's own toString would print what each signer says of itself. */
    @Override
    public String toString() {
        return "OnlineSigners" + byKeyId.keySet();
    }
}
